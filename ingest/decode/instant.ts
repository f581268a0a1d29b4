/** When an instant can be believed: one rule for what meters and devices say about their own time. */
import type { RejectionReason } from './message.ts';

/** 2020-01-01T00:00:00Z: nothing Bluewatt watches is older, and a clock that lost its battery says 1970 or 2000. */
export const EARLIEST_AT = 1_577_836_800_000;
/** Clocks drift; this much ahead of the receipt is forgiven. */
export const AHEAD_MAX_MS = 10 * 60 * 1000;

/** Undefined when `at` (epoch ms) can be believed of something received at `receivedAt`. */
export function instantFault(at: number, receivedAt: number): RejectionReason | undefined {
  if (at < EARLIEST_AT) return 'time-too-old';
  return at > receivedAt + AHEAD_MAX_MS ? 'time-in-future' : undefined;
}
