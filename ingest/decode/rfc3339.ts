/**
 * RFC 3339 instants, strictly, without a regular expression or a `Date`: this stands in front of every
 * native message. `Date.parse` would not do: it takes "2026-02-30" for 2 March and local times for UTC.
 */
const MINUTE_MS = 60_000;
const ZERO = 48;

/**
 * Epoch ms, UTC, of `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`; `t` and `z` may be lower-case, digits beyond
 * the millisecond are cut off. NaN when `text` is anything else: no offset, a day the month does not have,
 * hour 24. A leap second (23:59:60 UTC) is read as 23:59:59.999, the last instant Unix time has before it.
 */
export function parseRfc3339(text: string): number {
  if (text.length < 20) return NaN;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return NaN;
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return NaN;
  const separators =
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    (text.charCodeAt(10) | 32) === 116 &&
    text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58;
  if (!separators) return NaN;

  let place = 19;
  let ms = 0;
  if (text.charCodeAt(place) === 46) {
    const start = ++place;
    for (let weight = 100; isDigit(text.charCodeAt(place)); place++) {
      ms += (text.charCodeAt(place) - ZERO) * weight;
      weight = weight === 100 ? 10 : weight === 10 ? 1 : 0;
    }
    if (place === start) return NaN;
  }
  const offsetMs = parseOffset(text, place);
  const at = utcMs({ year, month, day, hour, minute, second: 0 }) - offsetMs;
  return second === 60 ? leapSecond(at) : at + second * 1000 + ms;
}

export interface CivilTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Epoch ms of a civil time read as UTC. Days from civil: Howard Hinnant, "chrono-compatible low-level date algorithms". */
export function utcMs(time: CivilTime): number {
  const year = time.month <= 2 ? time.year - 1 : time.year;
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * (time.month + (time.month > 2 ? -3 : 9)) + 2) / 5) + time.day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146_097 + dayOfEra - 719_468;
  return ((days * 24 + time.hour) * 60 + time.minute) * MINUTE_MS + time.second * 1000;
}

export function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** The offset in ms that begins at `place` and ends the text, or NaN. */
function parseOffset(text: string, place: number): number {
  const sign = text.charCodeAt(place);
  if ((sign | 32) === 122) return place + 1 === text.length ? 0 : NaN;
  if ((sign !== 43 && sign !== 45) || text.length !== place + 6 || text.charCodeAt(place + 3) !== 58)
    return NaN;
  const hours = twoDigits(text, place + 1);
  const minutes = twoDigits(text, place + 4);
  if (!(hours <= 23 && minutes <= 59)) return NaN;
  return (sign === 43 ? 1 : -1) * (hours * 60 + minutes) * MINUTE_MS;
}

function leapSecond(minuteStart: number): number {
  const isLastMinuteOfDay = (minuteStart / MINUTE_MS + 1) % (24 * 60) === 0;
  return isLastMinuteOfDay ? minuteStart + 59_999 : NaN;
}

function twoDigits(text: string, place: number): number {
  const tens = text.charCodeAt(place);
  const ones = text.charCodeAt(place + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : NaN;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 57;
}
