/** How long a meter may say nothing before its silence means something. */

/** A meter that nobody registered is expected once a minute. */
export const DEFAULT_EXPECTED_INTERVAL_S = 60;
const MISSED_REPORTS = 3;
const SHORTEST_MS = 5 * 60 * 1000;

/** Three times the meter's expected interval, at least five minutes. Power is never integrated across more; a page then calls the meter stale. */
export function longestSilenceMs(expectedIntervalS: number = DEFAULT_EXPECTED_INTERVAL_S): number {
  return Math.max(SHORTEST_MS, MISSED_REPORTS * expectedIntervalS * 1000);
}

/** How it is known that a meter has fallen silent. `silence`: it is overdue, and nobody said why. */
export type SilenceCause = 'last-will' | 'heartbeat-lost' | 'device-gone' | 'death-certificate';

/** What the worker knows of a meter's silence. */
export interface MeterSilence {
  /** null: nothing says that it has gone. `since` in epoch ms */
  readonly silent: { readonly since: number; readonly cause: SilenceCause } | null;
  /** how long the last value of a device that publishes on change holds, ms; null for one that publishes regularly */
  readonly expireAfterMs: number | null;
}
