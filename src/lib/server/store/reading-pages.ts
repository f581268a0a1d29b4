/** One meter's raw readings page by page: some days at a time, as many as make a page of bounded size. */
import { DAY_MS } from '../../energy/interval.ts';
import type { MeterRef, Reading } from '../../energy/reading.ts';
import type { Store } from './store.ts';

/** A page of about this many readings at most, so that no single one holds up the event loop. */
const PAGE_READINGS = 10_000;
const MAX_PAGE_DAYS = 16;

/** All readings from an instant on, ascending; silent months are leapt over. @throws AppError */
export async function* readingPages(
  store: Pick<Store, 'readReadings' | 'readingFrom'>,
  meter: MeterRef,
  from: number,
): AsyncGenerator<Reading[]> {
  let pageDays = 1;
  for (let at = from; ;) {
    const to = at + pageDays * DAY_MS;
    const page = await store.readReadings(meter, { from: at, to });
    at = to;
    if (page.length > 0) {
      yield page;
      if (page.length * 2 <= PAGE_READINGS) pageDays = Math.min(MAX_PAGE_DAYS, pageDays * 2);
      else if (page.length > PAGE_READINGS) pageDays = Math.max(1, Math.floor(pageDays / 2));
      continue;
    }
    const next = await store.readingFrom(meter, to);
    if (next === undefined) return;
    at = Math.floor(next.at / DAY_MS) * DAY_MS;
  }
}
