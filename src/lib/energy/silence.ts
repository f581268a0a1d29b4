/** How long a meter may say nothing before its silence means something. */

/** A meter that nobody registered is expected once a minute. */
export const DEFAULT_EXPECTED_INTERVAL_S = 60;
const MISSED_REPORTS = 3;
const SHORTEST_MS = 5 * 60 * 1000;

/** Three times the meter's expected interval, at least five minutes. Power is never integrated across more; a page then calls the meter stale. */
export function longestSilenceMs(expectedIntervalS: number = DEFAULT_EXPECTED_INTERVAL_S): number {
  return Math.max(SHORTEST_MS, MISSED_REPORTS * expectedIntervalS * 1000);
}

/** How it is known that a meter has fallen silent. */
export const SILENCE_CAUSES = ['last-will', 'heartbeat-lost', 'device-gone', 'death-certificate'] as const;
export type SilenceCause = (typeof SILENCE_CAUSES)[number];

/** What the worker knows of a meter's silence. */
export interface MeterSilence {
  /** null: nothing says that it has gone. `since` in epoch ms */
  readonly silent: { readonly since: number; readonly cause: SilenceCause } | null;
  /** how long the last value of a device that publishes on change holds, ms; null for one that publishes regularly */
  readonly expireAfterMs: number | null;
}

/** Since when a meter says nothing, epoch ms, and why that means something. `overdue`: nobody said that it has gone. */
export interface Staleness {
  readonly since: number;
  readonly cause: SilenceCause | 'overdue';
}

/** How long this meter may say nothing, ms. */
export function patienceMs(expectedIntervalS: number | undefined, known: MeterSilence | undefined): number {
  return Math.max(longestSilenceMs(expectedIntervalS), known?.expireAfterMs ?? 0);
}

/**
 * Whether a meter that spoke last at `lastAt` is silent at `now` (both epoch ms): from when its device is known to have
 * gone, or else from when its last value no longer holds. Null while it counts as speaking.
 */
export function staleness(
  {
    lastAt,
    expectedIntervalS,
    known,
  }: {
    readonly lastAt: number;
    readonly expectedIntervalS: number | undefined;
    readonly known: MeterSilence | undefined;
  },
  now: number,
): Staleness | null {
  const gone = known?.silent ?? null;
  // A reading that comes after the end tells of a beginning.
  if (gone !== null && lastAt <= gone.since) return gone;
  const endsAt = lastAt + patienceMs(expectedIntervalS, known);
  return now > endsAt ? { since: endsAt, cause: 'overdue' } : null;
}
