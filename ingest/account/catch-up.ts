/**
 * The first thing after a start: each meter the store knows goes on from its saved state when that is exactly
 * at the meter's newest reading, with the newest day back in memory; any other has its newest day recomputed.
 */
import { utcDayOf } from '#lib/energy/checkpoint.ts';
import type { MeterRef } from '#lib/energy/reading.ts';
import type { SeenMeter, Store } from '#lib/server/store/store.ts';
import type { Bookmarks } from './bookmarks.ts';
import { lastAccountedDay } from './known-day.ts';
import { isLate, noteLate, noteLateDay, type MeterAccount } from './meter-account.ts';
import type { Pace } from './pace.ts';

/** Questions to the store at the same time. */
const MAX_IN_FLIGHT = 8;

export interface CatchUpParts {
  readonly store: Pick<Store, 'listMeters' | 'lastMeterDay' | 'readingBefore' | 'readingFrom'>;
  readonly bookmarks: Pick<Bookmarks, 'savedState' | 'write'>;
  readonly accountOf: (meter: MeterRef) => MeterAccount;
  readonly pace: Pace;
}

/** @throws AppError; Stopped. Doing it again after a fault does no harm. */
export async function catchUp(parts: CatchUpParts): Promise<void> {
  const seen = (await parts.store.listMeters()).values();
  const workers = Array.from({ length: MAX_IN_FLIGHT }, async () => {
    for (const each of seen) {
      await goOnFrom(each, parts);
      await parts.pace.rest();
    }
  });
  await Promise.all(workers);
}

async function goOnFrom({ meter, lastAt }: SeenMeter, parts: CatchUpParts): Promise<void> {
  const account = parts.accountOf(meter);
  if (account.state !== null || isLate(account)) return;
  const saved = parts.bookmarks.savedState(meter.key);
  const newest = await lastAccountedDay(parts.store, meter, utcDayOf(lastAt));
  // What came in while the store was asked is recomputed.
  if (isLate(account)) return;
  if (newest === undefined) {
    await noteAll(account, lastAt, parts);
  } else if (saved?.lastAt === lastAt && newest.day === utcDayOf(lastAt)) {
    account.state = saved;
    account.days.set(newest.day, newest);
  } else {
    noteLate(account, lastAt);
  }
}

/** Readings that were never accounted: marked, for a crash in the middle would leave only the newest days. */
async function noteAll(
  account: MeterAccount,
  lastAt: number,
  { store, bookmarks }: CatchUpParts,
): Promise<void> {
  const firstAt = (await store.readingFrom(account.meter, 0))?.at ?? lastAt;
  const [fromDay, toDay] = [utcDayOf(firstAt), utcDayOf(lastAt)];
  bookmarks.write([{ meter: account.meter.key, fromDay, toDay }]);
  noteLateDay(account, fromDay);
}
