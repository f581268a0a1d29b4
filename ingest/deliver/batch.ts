/** A batch: what came in while the write before it was under way. It is acknowledged whole, in receipt order. */
import type { Reading } from '#lib/energy/reading.ts';
import type { DeadLetter } from './dead-letters.ts';

export interface Batch {
  readonly readings: Reading[];
  readonly letters: DeadLetter[];
  /** one for each message, in receipt order */
  readonly settles: (() => void)[];
  bytes: number;
  /** epoch ms of the oldest message */
  readonly startedAt: number;
}

export function emptyBatch(startedAt: number): Batch {
  return { readings: [], letters: [], settles: [], bytes: 0, startedAt };
}
