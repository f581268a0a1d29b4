/** What single values of a registry file must look like, and the small steps that its readers share. */
import type { Entry, Report } from './document.ts';
import { nearestWord } from './nearest.ts';

export const SHARE = { min: 0, max: 1, hint: 'A fraction from 0 to 1: write 0.8 for 80 %.' };

/** Ratings up to 10 GW: anything above is a slip of the unit. */
export const WATTS = { min: 1, max: 1e10, hint: 'In watts: write 500000 for 500 kW.' };

export const PEOPLE = {
  min: 0,
  max: 1_000_000,
  integer: true,
  hint: 'How many people live and work in the camp.',
};

export const COUNTRY = {
  matches: (text: string) => /^[A-Z]{2}$/.test(text),
  expected: 'a country code of two capital letters (ISO 3166-1)',
  hint: 'For example SS for South Sudan.',
};

/** Units become tags of InfluxDB's line protocol, where a backslash before a separator cannot be told from an escape. */
export const UNIT = {
  matches: (text: string) => !text.includes('\\'),
  expected: 'the name of a unit, without backslashes',
  hint: 'For example BANBATT-3.',
};

export const ZONE = { matches: isZone, expected: 'an IANA time zone', hint: zoneHint };

/** Whether Intl knows `zone` by name; bare offsets are no zones, because they know no daylight saving. */
function isZone(zone: string): boolean {
  if (!/^(?:UTC|[A-Za-z][A-Za-z_]*(?:\/[A-Za-z0-9_+-]+)+)$/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The zone somebody probably meant. */
function zoneHint(typed: string): string {
  const meant = nearestWord(typed, Intl.supportedValuesOf('timeZone'));
  return meant === undefined ? 'For example Africa/Juba.' : `Did you mean \`${meant}\`?`;
}

/** What to write instead of a name that is no slug. */
export function slugs(key: string): string {
  const proposal = key
    .slice(0, 200)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  const rule = 'Use small letters, digits and hyphens, at most 63, beginning with a letter or digit';
  return proposal === '' ? `${rule}.` : `${rule}: \`${proposal}\`.`;
}

/** The same object without its undefined fields. */
export function compact<T extends object>(fields: { [K in keyof T]-?: T[K] | Undefinable<T, K> }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
type Undefinable<T, K extends keyof T> = object extends Pick<T, K> ? undefined : never;

/** In the order of their dates; the same date twice is a problem. */
export function sortedByDate<T>(
  items: readonly { readonly from: string; readonly place: Entry; readonly value: T }[],
  report: Report,
): T[] {
  const seen = new Set<string>();
  for (const { from, place } of items) {
    if (from !== '' && seen.has(from))
      report.problem(place, `\`${from}\` stands here twice.`, 'Keep one of the two.');
    seen.add(from);
  }
  return [...items]
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
    .map(({ value }) => value);
}
