/** Where recomputation can begin once older raw readings are gone: with what the first day that is kept starts with. */
import type { AccountState } from '#lib/energy/account-state.ts';
import type { MeterRef } from '#lib/energy/reading.ts';
import type { Store } from '#lib/server/store/store.ts';
import { lastAccountedDay } from './known-day.ts';

export interface Begin {
  /** the UTC day, since 1970-01-01, to begin with, and what it starts with by the rules that stand */
  readonly firstDay: number;
  readonly start: AccountState;
}

/**
 * `begin`, or the first place behind it that all raw readings are kept from: the day `keptFromDay`, or the one before on which
 * the meter last spoke, which is kept too. @throws AppError of the store
 */
export async function beginWhereKept(
  store: Pick<Store, 'readMeterDay' | 'lastMeterDay' | 'readingBefore'>,
  meter: MeterRef,
  { begin, keptFromDay }: { readonly begin: Begin; readonly keptFromDay: number },
): Promise<Begin> {
  if (begin.firstDay >= keptFromDay) return begin;
  const first = await store.readMeterDay(meter, keptFromDay);
  if (first !== undefined && first.start.lastAt !== null)
    return { firstDay: keptFromDay, start: first.start };
  const last = await lastAccountedDay(store, meter, keptFromDay);
  return last === undefined ? begin : { firstDay: last.day, start: last.start };
}
