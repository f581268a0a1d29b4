/**
 * The calendar: local dates, months and years of a zone, and the instants they begin and end. Everything
 * is stored in UTC; this is the one place where a day becomes a range of instants, so that ledger, pages
 * and API agree on what "today" means. Days of 23, 24.5 and 25 hours are normal, and so is a midnight that
 * does not exist (Asia/Beirut in March).
 *
 * Runs on the server and in the worker only: it needs `Temporal`. A local date is `YYYY-MM-DD`, a local
 * month `YYYY-MM`, an instant epoch ms UTC, a zone an IANA name (an unknown one throws RangeError).
 */
import { DAY_MS } from './interval.ts';

/** Inclusive local dates. */
export interface DatePeriod {
  readonly from: string;
  readonly to: string;
}

/** Half-open instants, epoch ms UTC. */
export interface InstantRange {
  readonly from: number;
  readonly to: number;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** Each zone keeps the midnights it was asked for: about ten years of days, then it starts afresh. */
const MIDNIGHTS_KEPT = 4_000;
const midnightsByZone = new Map<string, Map<string, number>>();
const segmentsByZone = new Map<string, Map<number, readonly DaySegment[]>>();

/** From `from` on, and until the next segment, the zone's calendar shows `date`. */
interface DaySegment {
  readonly from: number;
  readonly date: string;
}

/** Whether `text` is a date of the calendar: 2026-02-30 is not. */
export function isLocalDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

/** Whether the runtime knows the IANA zone `zone`. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function cacheOf<K, V>(caches: Map<string, Map<K, V>>, zone: string): Map<K, V> {
  let cache = caches.get(zone);
  if (cache === undefined || cache.size >= MIDNIGHTS_KEPT) {
    cache = new Map();
    caches.set(zone, cache);
  }
  return cache;
}

/** The first instant of a local day. Where midnight does not exist, the first instant after it. */
export function startOfDay(date: string, zone: string): number {
  const cache = cacheOf(midnightsByZone, zone);
  let at = cache.get(date);
  if (at === undefined) {
    at = Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
    cache.set(date, at);
  }
  return at;
}

export function dayRange(date: string, zone: string): InstantRange {
  return { from: startOfDay(date, zone), to: startOfDay(addDays(date, 1), zone) };
}

/** The instants from the first of `from` to the last of `to`. */
export function periodRange(period: DatePeriod, zone: string): InstantRange {
  return { from: startOfDay(period.from, zone), to: startOfDay(addDays(period.to, 1), zone) };
}

/** The local date at an instant. Agrees with {@link dayRange} by construction, and is cheap enough to ask for every reading. */
export function localDateOf(at: number, zone: string): string {
  const utcDay = Math.floor(at / DAY_MS);
  const cache = cacheOf(segmentsByZone, zone);
  let segments = cache.get(utcDay);
  if (segments === undefined) {
    segments = segmentsOf(utcDay, zone);
    cache.set(utcDay, segments);
  }
  let date = '';
  for (const segment of segments) {
    if (segment.from > at) break;
    date = segment.date;
  }
  return date;
}

/** The local days that overlap a UTC day: two as a rule, three where a short day lies wholly inside it. */
function segmentsOf(utcDay: number, zone: string): DaySegment[] {
  const from = utcDay * DAY_MS;
  let date = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).toPlainDate().toString();
  const segments: DaySegment[] = [{ from, date }];
  for (;;) {
    date = addDays(date, 1);
    const start = startOfDay(date, zone);
    if (start >= from + DAY_MS) return segments;
    segments.push({ from: start, date });
  }
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days an inclusive period has; 0 or less when `to` lies before `from`. */
export function countDays({ from, to }: DatePeriod): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
}

/** Every local date of an inclusive period, ascending. */
export function daysBetween({ from, to }: DatePeriod): string[] {
  return Array.from({ length: Math.max(0, countDays({ from, to })) }, (_, i) => addDays(from, i));
}

export function monthOf(date: string): string {
  return date.slice(0, 7);
}

export function yearOf(dateOrMonth: string): number {
  return Number(dateOrMonth.slice(0, 4));
}

export function addMonths(month: string, months: number): string {
  const index = yearOf(month) * 12 + Number(month.slice(5, 7)) - 1 + months;
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`;
}

/** The same date a year before; of 29 February, the 28th. */
export function yearBefore(date: string): string {
  return Temporal.PlainDate.from(date).subtract({ years: 1 }).toString();
}

/** The first and the last date of a month. */
export function monthPeriod(month: string): DatePeriod {
  return { from: `${month}-01`, to: addDays(`${addMonths(month, 1)}-01`, -1) };
}

export function monthRange(month: string, zone: string): InstantRange {
  return periodRange(monthPeriod(month), zone);
}

/** Every month from `from` to `to`, both inclusive, ascending. */
export function monthsBetween(from: string, to: string): string[] {
  const months: string[] = [];
  for (let month = from; month <= to; month = addMonths(month, 1)) months.push(month);
  return months;
}

export function calendarYear(year: number): DatePeriod {
  return { from: `${year}-01-01`, to: `${year}-12-31` };
}

/** The UN peacekeeping budget year that begins in `startYear`: 1 July to 30 June. */
export function unBudgetYear(startYear: number): DatePeriod {
  return { from: `${startYear}-07-01`, to: `${startYear + 1}-06-30` };
}

/** The first year of the UN budget year that a local date lies in. */
export function unBudgetYearOf(date: string): number {
  return Number(date.slice(5, 7)) >= 7 ? yearOf(date) : yearOf(date) - 1;
}

/** RFC 3339 with the zone's own offset at that instant: `2026-11-24T00:00:00+02:00`. */
export function toLocalTimestamp(at: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ timeZone: zone });
}
