/** How often a meter usually speaks, read off its last readings: what a form proposes to somebody who assigns it. */
import type { MeterRef } from '../../energy/reading.ts';
import type { Store } from '../store/store.ts';

const LOOK_BACK_MS = 3_600_000;
/** Enough for a median, few enough that a meter that speaks ten times a second costs little. */
const MOST_READINGS = 500;
/** Intervals that devices are set to, s: a median of 59.8 s means once a minute. */
const COMMON_S = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800] as const;

/** Seconds, the nearest of the usual settings; null when too little was said in the last hour to tell. */
export async function usualIntervalS(store: Store, meter: MeterRef, now: number): Promise<number | null> {
  const readings = await store.readReadings(meter, { from: now - LOOK_BACK_MS, to: now + 1 });
  const recent = readings.slice(-MOST_READINGS);
  const gaps = recent.slice(1).map(({ at }, index) => at - (recent[index]?.at ?? at));
  if (gaps.length < 2) return null;
  const middleS = (gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0) / 1000;
  return COMMON_S.reduce<number>(
    (best, each) => (Math.abs(each - middleS) < Math.abs(best - middleS) ? each : best),
    COMMON_S[0],
  );
}
