/** Time, chance and turns of the event loop, as an argument: the simulation drives delivery with its own. */
import { AppError } from '#lib/server/errors.ts';

export interface Clock {
  /** epoch ms, UTC */
  now(): number;
  /** Resolves after `ms`, or as soon as `wake` is aborted. Never rejects. */
  sleep(ms: number, wake?: AbortSignal): Promise<void>;
  /** Runs `work` after what the event loop already holds, so that all packets of one read join one batch. */
  defer(work: () => void): void;
  /** 0 (inclusive) to 1 (exclusive) */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, wake) =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        wake?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      wake?.addEventListener('abort', end);
      if (wake?.aborted === true) end();
    }),
  defer: (work) => {
    setImmediate(work);
  },
  random: () => Math.random(),
};

const RETRY_FLOOR_MS = 200;
const RETRY_CEILING_MS = 30_000;

/** Exponential backoff with full jitter, 0.2 to 30 s, for the `attempt`-th failure in a row (1, 2, ...). */
export function retryDelayMs(attempt: number, clock: Pick<Clock, 'random'>): number {
  const ceiling = Math.min(RETRY_CEILING_MS, RETRY_FLOOR_MS * 2 ** Math.min(attempt, 20));
  return RETRY_FLOOR_MS + clock.random() * (ceiling - RETRY_FLOOR_MS);
}

/** What the other side asked for when it did, otherwise {@link retryDelayMs}. */
export function delayAfter(error: unknown, attempt: number, clock: Pick<Clock, 'random'>): number {
  const asked = error instanceof AppError ? error.retryAfterMs : undefined;
  return asked ?? retryDelayMs(attempt, clock);
}

/** Sleeps that can be cut short: nobody who is asked to end waits for a retry that is half a minute away. */
export class Sleeper {
  readonly #clock: Clock;
  #wake = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sleep(ms: number): Promise<void> {
    return this.#clock.sleep(ms, this.#wake.signal);
  }

  /** Ends every sleep that is under way. */
  wake(): void {
    const woken = this.#wake;
    this.#wake = new AbortController();
    woken.abort();
  }
}
