/**
 * A local date and time as people write it, in the zone it is meant in. A local time that daylight saving makes ambiguous
 * is never guessed.
 */
import { isLocalDate } from './calendar.ts';

/** An instant in epoch ms, or a sentence that says why it is none. */
export type InstantResult =
  { readonly ok: true; readonly at: number } | { readonly ok: false; readonly problem: string };

const LOCAL = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?$/;
export const INSTANT_EXAMPLES = '2026-11-01T06:30:00Z, 2026-11-01 08:30 or 2026-11-01';

/** `2026-11-01 08:30`, with or without seconds, in `zone`; undefined when `text` is not written so. */
export function localInstant(text: string, zone: string): InstantResult | undefined {
  const [, date, minutes, seconds = ':00'] = LOCAL.exec(text) ?? [];
  if (date === undefined || minutes === undefined || !isLocalDate(date)) return undefined;
  return instantOf(`${date}T${minutes}${seconds}`, zone);
}

function instantOf(text: string, zone: string): InstantResult {
  let local: Temporal.PlainDateTime;
  try {
    local = Temporal.PlainDateTime.from(text);
  } catch {
    return { ok: false, problem: `"${text}" is no time of day: write ${INSTANT_EXAMPLES}` };
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
