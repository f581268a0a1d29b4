/** Instants as people write them: RFC 3339 with an offset, or a local date and time of the mission's zone. */
import { isLocalDate, startOfDay } from '#lib/energy/calendar.ts';
import { INSTANT_EXAMPLES, localInstant, type InstantResult } from '#lib/energy/local-instant.ts';
import { parseRfc3339 } from '../decode/rfc3339.ts';

export type { InstantResult };

/** A date alone is its first instant in `zone`. */
export function parseInstant(text: string, zone: string): InstantResult {
  const at = parseRfc3339(text);
  if (!Number.isNaN(at)) return { ok: true, at };
  if (isLocalDate(text)) return { ok: true, at: startOfDay(text, zone) };
  const problem = `"${text}" is no time: write ${INSTANT_EXAMPLES}`;
  return localInstant(text, zone) ?? { ok: false, problem };
}
