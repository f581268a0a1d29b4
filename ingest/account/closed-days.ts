/** Days whose raw readings are gone: what is stored of them stands, whatever is recomputed beside them. */
import { FLAG, type MeterDay } from '#lib/energy/interval.ts';
import type { Store } from '#lib/server/store/store.ts';
import type { LateInstants, MeterAccount } from './meter-account.ts';

/** The late days that can be recomputed, as a copy. */
export function openLateDays({ late }: MeterAccount, keptFromDay: number): Map<number, LateInstants> {
  return new Map([...late].filter(([day]) => day >= keptFromDay));
}

/**
 * Whether the store holds the day as it was metered, and it can't be worked out again. A day that only a correction filled
 * is no such day: no raw reading belongs to it. @throws AppError
 */
export async function isClosed(
  store: Pick<Store, 'readMeterDay'>,
  { meter, day }: Pick<MeterDay, 'meter' | 'day'>,
  keptFromDay: number,
): Promise<boolean> {
  if (day >= keptFromDay) return false;
  const stored = await store.readMeterDay(meter, day);
  if (stored === undefined) return false;
  const isMetered = stored.intervals.some((each) => each !== null && (each.flags & FLAG.corrected) === 0);
  return stored.start.lastAt !== null || isMetered;
}
