/**
 * The days an account can go on from. A day that a correction filled outside the time the meter ever spoke
 * (before its first reading, or after its newest) starts as if nothing had come before: true of the former,
 * but of the latter only until the meter speaks again, so that one is passed over.
 */
import { utcDayOf } from '#lib/energy/checkpoint.ts';
import { DAY_MS, type MeterDay } from '#lib/energy/interval.ts';
import type { MeterRef } from '#lib/energy/reading.ts';
import type { Store } from '#lib/server/store/store.ts';

/** The newest stored day at or before `day` whose start can be trusted, or undefined. @throws AppError */
export async function lastAccountedDay(
  store: Pick<Store, 'lastMeterDay' | 'readingBefore'>,
  meter: MeterRef,
  day: number,
): Promise<MeterDay | undefined> {
  const found = await store.lastMeterDay(meter, day);
  if (found === undefined || found.start.lastAt !== null) return found;
  const before = await store.readingBefore(meter, found.day * DAY_MS);
  return before === undefined ? found : await lastAccountedDay(store, meter, utcDayOf(before.at));
}
