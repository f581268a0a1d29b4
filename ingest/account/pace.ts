/**
 * Long accounting in short slices. The embedded store answers within the same turn of the event loop, so
 * work that only awaits the store would let no message through until it is done: `rest` lets the loop turn.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

const SLICE_MS = 8;

/** Accounting was told to stop in the middle. Nothing is lost: what was not settled is recomputed. */
export class Stopped extends Error {
  constructor() {
    super('Accounting was stopped before it had ended; it goes on at the next start.');
    this.name = 'Stopped';
  }
}

export class Pace {
  readonly #sliceMs: number;
  #restedAt = performance.now();
  #isStopped = false;

  /** @param sliceMs how long work may go on without letting the event loop turn; 0 rests every time */
  constructor(sliceMs = SLICE_MS) {
    this.#sliceMs = sliceMs;
  }

  /** To be awaited between two pieces of work. @throws Stopped after {@link stop} */
  async rest(): Promise<void> {
    this.assertGoing();
    if (performance.now() - this.#restedAt < this.#sliceMs) return;
    await nextTurn();
    this.#restedAt = performance.now();
    this.assertGoing();
  }

  assertGoing(): void {
    if (this.#isStopped) throw new Stopped();
  }

  stop(): void {
    this.#isStopped = true;
  }
}

/** The results of all, once every one of them has ended. @throws whatever the first that failed threw */
export async function allSettled<T>(works: readonly Promise<T>[]): Promise<T[]> {
  const ended = await Promise.allSettled(works);
  return ended.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}
