/** Whether a correction comes too late: of days whose raw readings were removed, nothing can be worked out again. */
import { localDateOf, type InstantRange } from '#lib/energy/calendar.ts';
import { utcDayOf } from '#lib/energy/checkpoint.ts';
import { DAY_MS } from '#lib/energy/interval.ts';
import type { MeterRef } from '#lib/energy/reading.ts';
import type { Settings } from '#lib/server/settings.ts';
import type { Store } from '#lib/server/store/store.ts';
import { isClosed } from '../account/closed-days.ts';
import { keptFromIn } from '../retention/kept-from.ts';
import { openToRead } from './opened.ts';

export interface ClosedDays {
  /** What stands in the way of correcting the range, in a sentence; undefined when nothing does. @throws AppError of the store */
  problemOf(meter: MeterRef, range: InstantRange): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Opens the store with the first range that begins before the day from which raw readings are kept: mostly never. */
export function openClosedDays(settings: Settings): ClosedDays {
  const keptFromDay = keptFromIn(settings.dataDir);
  let opening: Promise<Store> | undefined;
  return {
    async problemOf(meter, { from, to }) {
      if (from >= keptFromDay * DAY_MS) return undefined;
      const store = await (opening ??= openToRead(settings));
      for (let day = utcDayOf(from); day < keptFromDay && day * DAY_MS < to; day += 1) {
        if (await isClosed(store, { meter, day }, keptFromDay)) return problem(meter, day, keptFromDay);
      }
      return undefined;
    },
    async close() {
      await (await opening)?.close();
    },
  };
}

function problem({ key }: MeterRef, day: number, keptFromDay: number): string {
  const date = (each: number): string => localDateOf(each * DAY_MS, 'UTC');
  return `${key} was metered on ${date(day)}, and raw readings are only kept from ${date(keptFromDay)} on: earlier days are closed and cannot be corrected`;
}
