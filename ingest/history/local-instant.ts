/**
 * Instants as people write them: RFC 3339 with an offset, or a local date and time of the mission's zone. A
 * local time that daylight saving makes ambiguous is never guessed.
 */
import { isLocalDate, startOfDay } from '#lib/energy/calendar.ts';
import { parseRfc3339 } from '../decode/rfc3339.ts';

/** An instant in epoch ms, or a sentence that says why it is none. */
export type InstantResult =
  { readonly ok: true; readonly at: number } | { readonly ok: false; readonly problem: string };

const LOCAL = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?$/;
const EXAMPLES = '2026-11-01T06:30:00Z, 2026-11-01 08:30 or 2026-11-01';

/** A date alone is its first instant in `zone`. */
export function parseInstant(text: string, zone: string): InstantResult {
  const at = parseRfc3339(text);
  if (!Number.isNaN(at)) return { ok: true, at };
  if (isLocalDate(text)) return { ok: true, at: startOfDay(text, zone) };
  const [, date, minutes, seconds = ':00'] = LOCAL.exec(text) ?? [];
  if (date === undefined || minutes === undefined || !isLocalDate(date)) {
    return { ok: false, problem: `"${text}" is no time: write ${EXAMPLES}` };
  }
  return localInstant(`${date}T${minutes}${seconds}`, zone);
}

function localInstant(text: string, zone: string): InstantResult {
  let local: Temporal.PlainDateTime;
  try {
    local = Temporal.PlainDateTime.from(text);
  } catch {
    return { ok: false, problem: `"${text}" is no time of day: write ${EXAMPLES}` };
  }
  const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const later = local.toZonedDateTime(zone, { disambiguation: 'later' });
  const at = earlier.epochMilliseconds;
  if (at === later.epochMilliseconds) return { ok: true, at };
  if (!earlier.toPlainDateTime().equals(local)) {
    return {
      ok: false,
      problem: `${text} does not exist in ${zone}: the clocks went forward over it. Write an offset, as in ${earlier.toString({ timeZoneName: 'never' })}`,
    };
  }
  const either = [earlier, later].map((each) => each.toString({ timeZoneName: 'never' })).join(' or ');
  return { ok: false, problem: `${text} came twice in ${zone}, when the clocks went back: write ${either}` };
}
