/** Time that passes only when everything that could happen now has happened. */
import type { Clock } from '../../../../ingest/deliver/clock.ts';
import type { Random } from './random.ts';

export interface VirtualTime {
  readonly clock: Clock;
  now(): number;
  after(ms: number, work: () => void): void;
  /** Lets the next thing happen, and all that follows from it without time passing. False when there is none. */
  step(): Promise<boolean>;
  /** Lets things happen until `untilAt`, epoch ms. */
  runUntil(untilAt: number): Promise<void>;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly work: () => void;
}

/** An `await` costs one turn; the deepest chain of them in delivery is far shorter. */
const TURNS = 24;

export function createVirtualTime(startAt: number, random: Random): VirtualTime {
  let now = startAt;
  let order = 0;
  const events: Event[] = [];

  function after(ms: number, work: () => void): void {
    const event = { at: now + Math.ceil(Math.max(0, ms)), order: (order += 1), work };
    let index = events.length;
    while (index > 0 && comesBefore(event, events[index - 1] as Event)) index -= 1;
    events.splice(index, 0, event);
  }

  async function step(): Promise<boolean> {
    const event = events.shift();
    if (event === undefined) return false;
    now = event.at;
    event.work();
    for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
    return true;
  }

  return {
    clock: {
      now: () => now,
      sleep: (ms, wake) =>
        new Promise((resolve) => {
          after(ms, resolve);
          wake?.addEventListener('abort', () => {
            resolve();
          });
        }),
      defer: (work) => {
        after(0, work);
      },
      random: () => random.next(),
    },
    now: () => now,
    after,
    step,
    async runUntil(untilAt) {
      for (let next = events[0]; next !== undefined && next.at <= untilAt; next = events[0]) await step();
      now = Math.max(now, untilAt);
    },
  };
}

function comesBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
