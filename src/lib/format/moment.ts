/**
 * Instants, local dates and ages as people read them. Pure: locale, zone and the present are arguments.
 * A local date (`2026-11-24`) has no zone and is never shifted by one.
 */

/** English dates are written as the United Nations writes them, the day before the month. */
function dateLocale(locale: string): string {
  return locale === 'en' ? 'en-GB' : locale;
}

/** An instant in a place's own time: "24 Nov 2026, 14:05". `at` in epoch ms. */
export function formatInstant(at: number, { locale, zone }: { locale: string; zone: string }): string {
  return new Intl.DateTimeFormat(dateLocale(locale), {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone,
  }).format(at);
}

/** The hour, minute and second in a place's own time. `at` in epoch ms. */
export function formatClock(at: number, { locale, zone }: { locale: string; zone: string }): string {
  return new Intl.DateTimeFormat(dateLocale(locale), {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(at);
}

/** A local date, `2026-11-24` → "24 Nov 2026". Anything else comes back as it is. */
export function formatLocalDate(date: string, locale: string): string {
  const at = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(at)) return date;
  return new Intl.DateTimeFormat(dateLocale(locale), { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
}

/** The month of a local date, in short: `2026-11-24` → "Nov". */
export function formatMonth(date: string, locale: string): string {
  const at = Date.parse(`${date}T00:00:00Z`);
  return new Intl.DateTimeFormat(dateLocale(locale), { month: 'short', timeZone: 'UTC' }).format(at);
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** How long ago, in words: "3 minutes ago". Ages in ms; a negative age (a clock ahead of ours) counts as now. */
export function formatAge(ageMs: number, locale: string): string {
  const age = Math.max(0, ageMs);
  const [unit, sizeMs] = UNITS.find(([, size]) => age >= size) ?? ['second', 1_000];
  return new Intl.RelativeTimeFormat(dateLocale(locale), { numeric: 'auto', style: 'short' }).format(
    -Math.floor(age / sizeMs),
    unit,
  );
}

/**
 * The label of a bucket that starts at an RFC 3339 instant carrying the mission's own offset. Its local date
 * and hour are read off the text, so that no zone data are needed and none can be wrong.
 */
export function formatBucket(
  start: string,
  step: '15m' | '1h' | '1d' | '1w' | '1mo',
  locale: string,
): string {
  const wall = Date.parse(`${start.slice(0, 19)}Z`);
  if (Number.isNaN(wall)) return start;
  const day = { day: 'numeric', month: 'short' } as const;
  const options: Intl.DateTimeFormatOptions =
    step === '1mo'
      ? { month: 'short', year: 'numeric' }
      : step === '1d' || step === '1w'
        ? day
        : { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  return new Intl.DateTimeFormat(dateLocale(locale), { ...options, timeZone: 'UTC' }).format(wall);
}
