/**
 * Local times of devices, told without an offset, in patterns such as `dd/MM/yyyy HH:mm:ss` (words stand in
 * single quotes: `HH:mm 'UTC'`); and the instant they mean in an IANA zone. Offsets are asked of Temporal once a quarter of an hour, not once a message.
 */
import { daysInMonth, utcMs, type CivilTime } from './rfc3339.ts';

const SLOT_MS = 15 * 60 * 1000;
const TOKENS = ['yyyy', 'MM', 'dd', 'HH', 'mm', 'ss'] as const;
type Token = (typeof TOKENS)[number];

export interface LocalPattern {
  readonly text: string;
  readonly parts: readonly ({ readonly token: Token } | { readonly literal: string })[];
}

/** The compiled pattern, or a sentence saying what is wrong with it. Year, month and day have to be in it. */
export function parseLocalPattern(text: string): LocalPattern | string {
  const parts = text
    .split(/('[^']*'|yyyy|MM|dd|HH|mm|ss)/)
    .filter((part) => part !== '')
    .map((part) => (isToken(part) ? { token: part } : { literal: part }));
  const has = (token: Token): boolean => parts.some((part) => 'token' in part && part.token === token);
  const stray = parts.find((part) => 'literal' in part && /^[^']*[a-su-zA-SU-Y]/.test(part.literal));
  if (!has('yyyy') || !has('MM') || !has('dd')) return 'a pattern needs yyyy, MM and dd';
  if (stray !== undefined) return "a pattern is made of yyyy MM dd HH mm ss, separators and 'words'";
  return {
    text,
    parts: parts.map((part) => ('literal' in part ? { literal: part.literal.replaceAll("'", '') } : part)),
  };
}

function isToken(part: string): part is Token {
  return (TOKENS as readonly string[]).includes(part);
}

/** The civil time `text` tells; undefined when it does not follow the pattern or is no real date. */
export function parseLocal(pattern: LocalPattern, text: string): CivilTime | undefined {
  const found: Record<Token, number> = { yyyy: 0, MM: 0, dd: 0, HH: 0, mm: 0, ss: 0 };
  let place = 0;
  for (const part of pattern.parts) {
    const expected = 'token' in part ? part.token : part.literal;
    const piece = text.slice(place, place + expected.length);
    place += expected.length;
    if ('literal' in part) {
      if (piece !== part.literal) return undefined;
    } else {
      if (!/^\d+$/.test(piece) || piece.length !== expected.length) return undefined;
      found[part.token] = Number(piece);
    }
  }
  const rest = text.slice(place);
  if (rest !== '' && !/^\.\d+$/.test(rest)) return undefined;
  const { yyyy: year, MM: month, dd: day, HH: hour, mm: minute, ss: second } = found;
  const isReal = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  return isReal && hour < 24 && minute < 60 && second < 60
    ? { year, month, day, hour, minute, second }
    : undefined;
}

/** Local times of one zone → instants. */
export class ZoneClock {
  readonly #zone: string;
  #slot = NaN;
  #offsetMs = 0;

  /** @throws RangeError when `zone` is no IANA zone */
  constructor(zone: string) {
    this.#zone = zone;
    this.#ask(0, 'compatible');
  }

  /**
   * Epoch ms of `time` in the zone. An hour that the clocks repeat: the later of its two instants that is not
   * ahead of `latestAt` (epoch ms). An hour that they skip: the instant the clocks jumped to.
   */
  toInstant(time: CivilTime, latestAt: number): number {
    const asUtc = utcMs(time);
    const slot = Math.floor(asUtc / SLOT_MS);
    if (slot === this.#slot) return asUtc + this.#offsetMs;
    const earlier = this.#ask(asUtc, 'earlier');
    const later = this.#ask(asUtc, 'later');
    if (earlier !== later) return later <= latestAt ? later : earlier;
    this.#slot = slot;
    this.#offsetMs = later - asUtc;
    return later;
  }

  #ask(asUtc: number, disambiguation: 'earlier' | 'later' | 'compatible'): number {
    const civil = Temporal.Instant.fromEpochMilliseconds(asUtc).toZonedDateTimeISO('UTC').toPlainDateTime();
    return civil.toZonedDateTime(this.#zone, { disambiguation }).epochMilliseconds;
  }
}
