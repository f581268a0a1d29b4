/** Time, chance and turns of the event loop, as an argument: the simulation drives delivery with its own. */
export interface Clock {
  /** epoch ms, UTC */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Runs `work` after what the event loop already holds, so that all packets of one read join one batch. */
  defer(work: () => void): void;
  /** 0 (inclusive) to 1 (exclusive) */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
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
