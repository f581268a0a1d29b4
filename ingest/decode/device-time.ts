/**
 * What devices tell as their time → instants. A rule may list several forms; the first that fits counts.
 * Whether the instant can be believed is decided by the caller, who knows when the message came.
 */
import { parseLocal, parseLocalPattern, ZoneClock, type LocalPattern } from './local-time.ts';
import type { TimeReader } from './profile.ts';
import type { TimeSpec } from './profile-schema.ts';
import { parseRfc3339 } from './rfc3339.ts';

type FormReader = (told: unknown, clock: ZoneClock, latestAt: number) => number | undefined;

/** The reader for a zone, or undefined when the rule is "receipt". */
export function timeReader(spec: TimeSpec | undefined): ((zone: string) => TimeReader) | undefined {
  if (spec === undefined || spec === 'receipt' || spec.path === null) return undefined;
  const forms = [spec.format ?? 'rfc3339'].flat().map(formReader);
  return (zone) => {
    const clock = new ZoneClock(zone);
    return (told, latestAt) => {
      for (const read of forms) {
        const at = read(told, clock, latestAt);
        if (at !== undefined) return at;
      }
      return undefined;
    };
  };
}

function formReader(format: string): FormReader {
  if (format === 'unix-s') return (told) => epoch(told, 1000);
  if (format === 'unix-ms') return (told) => epoch(told, 1);
  if (format === 'rfc3339') {
    return (told) => {
      const at = typeof told === 'string' ? parseRfc3339(told) : NaN;
      return Number.isNaN(at) ? undefined : at;
    };
  }
  const pattern = parseLocalPattern(format);
  if (typeof pattern === 'string') throw new Error(`${format}: ${pattern}: the profile was not checked`);
  return localReader(pattern);
}

function localReader(pattern: LocalPattern): FormReader {
  return (told, clock, latestAt) => {
    const civil = typeof told === 'string' ? parseLocal(pattern, told) : undefined;
    return civil === undefined ? undefined : clock.toInstant(civil, latestAt);
  };
}

function epoch(told: unknown, unitMs: number): number | undefined {
  const isNumeric = typeof told === 'string' && /^\d{1,16}(\.\d+)?$/.test(told);
  const number = typeof told === 'number' ? told : isNumeric ? Number(told) : NaN;
  // A device's seconds carry two decimals: 1661517385.44 × 1000 must not become …439.9.
  return Number.isFinite(number) ? Math.round(number * unitMs) : undefined;
}
