/**
 * The simulator at work: catches up with the present, then stays in it. One loop does both: whatever quarter-
 * hours have begun and were not yet published go first, live readings only when there are none. So a
 * restart, a suspended machine or a broker's outage leaves no hole, only readings that come late.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { History } from './history.ts';
import { Live } from './live.ts';
import type { Publisher } from './publisher.ts';
import type { Scenario } from './scenario.ts';
import type { SimulatorState } from './state-file.ts';

const TICK_MS = 250;
const SAVE_EVERY_MS = 1000;
const REPORT_EVERY_MS = 200;

/** What the one who started the simulator may want to show. */
export type SimulatorEvent =
  | { readonly progress: number; readonly day: string; readonly readings: number }
  | { readonly live: true; readonly readings: number };

export interface Run {
  readonly scenario: Scenario;
  readonly publisher: Publisher;
  /** everything up to here was published by an earlier run */
  readonly lastAt: number;
  readonly isHistoryOnly: boolean;
  readonly now: () => number;
  readonly report: (event: SimulatorEvent) => void;
  readonly save: (state: SimulatorState) => void;
  readonly signal: AbortSignal;
}

/** Resolves when `signal` aborts, or when history is complete and nothing else was asked for. */
export async function run(options: Run): Promise<void> {
  const { scenario, publisher, now, signal, report } = options;
  const history = new History(scenario);
  if (options.lastAt >= scenario.startAt) history.skipTo(options.lastAt);
  const live = new Live(scenario, history);
  const save = every(SAVE_EVERY_MS, () => {
    options.save({ startAt: scenario.startAt, seed: scenario.seed, lastAt: publisher.acknowledgedUntil });
  });

  let readings = await catchUp(options, history, save);
  if (signal.aborted) return;
  report({ live: true, readings });
  let spokenUntil = now();
  while (!signal.aborted && !options.isHistoryOnly) {
    await sleep(TICK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted || !publisher.isConnected) continue;
    readings += await catchUp(options, history, save);
    const at = now();
    for (const { topic, payload } of live.between(Math.max(spokenUntil, at - 2 * TICK_MS), at)) {
      await publisher.send(topic, payload);
    }
    publisher.milestone(at);
    spokenUntil = at;
    save();
  }
}

/** Publishes every quarter-hour that has begun; readings published. */
async function catchUp(
  { scenario, publisher, now, report, signal }: Run,
  history: History,
  save: () => void,
): Promise<number> {
  let readings = 0;
  let until = 0;
  const tell = every(REPORT_EVERY_MS, () => {
    const progress = Math.min(1, Math.max(0, (until - scenario.startAt) / (now() - scenario.startAt)));
    report({
      progress: Math.round(progress * 1000) / 1000,
      day: new Date(until).toISOString().slice(0, 10),
      readings,
    });
  });
  for (const item of history.upTo(now())) {
    if (signal.aborted) break;
    if (item.kind === 'message') {
      readings += item.readings;
      await publisher.send(item.topic, item.payload);
    } else {
      publisher.milestone(item.until);
      until = item.until;
      tell();
      save();
      // Lets acknowledgements in and signals through, however fast the broker is.
      await sleep(0);
    }
  }
  return readings;
}

/** `action`, but no oftener than every `ms`. */
function every(ms: number, action: () => void): () => void {
  let last = -Infinity;
  return () => {
    if (performance.now() - last < ms) return;
    last = performance.now();
    action();
  };
}
