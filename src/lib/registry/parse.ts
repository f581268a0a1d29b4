/**
 * The registry file, read: YAML in, a `Registry` out, or every problem at once with its line and what to do
 * about it. A file with any problem is refused as a whole. What is allowed but probably not meant comes
 * back as warnings. Objects are built in one fixed key order, so equal registries are equal as JSON too.
 */
import { isSlug } from '../energy/reading.ts';
import { keyPlace, readDocument, type Entry, type RegistryProblem, type Report } from './document.ts';
import { Fields } from './fields.ts';
import { readFactors } from './parse-factors.ts';
import { readMeter } from './parse-meter.ts';
import { COUNTRY, compact, PEOPLE, SHARE, ZONE, slugs, sortedByDate } from './rules.ts';
import { readPledge, readSource } from './parse-lists.ts';
import type { Camp, GridFraction, Headcount, Meter, Mission, Registry, Target } from './types.ts';

export type { RegistryProblem } from './document.ts';

export type ParsedRegistry =
  | { readonly ok: true; readonly registry: Registry; readonly warnings: readonly RegistryProblem[] }
  | { readonly ok: false; readonly problems: readonly RegistryProblem[] };

/** Reads a registry file. Never throws. */
export function parseRegistry(yamlText: string): ParsedRegistry {
  const { root, report } = readDocument(yamlText);
  if (!root) return { ok: false, problems: report.problems };
  const fields = new Fields(root, ['missions', 'pledges', 'sources', 'factors'], report);
  fields.required('missions', 'Begin the file with `missions:`.');
  const missions = readRecord(fields.map('missions'), report, readMission);
  const pledges = fields.list('pledges').map((entry) => readPledge(entry, missions, report));
  const sources = fields.list('sources').map((entry) => readSource(entry, missions, report));
  const factors = readFactors(fields, report);
  if (report.problems.length > 0) {
    return { ok: false, problems: report.problems.sort((a, b) => a.line - b.line || a.column - b.column) };
  }
  return {
    ok: true,
    registry: compact<Registry>({ missions, pledges, sources, factors }),
    warnings: report.warnings,
  };
}

/** A map from slugs to what `read` makes of each entry. */
function readRecord<T>(
  entries: ReadonlyMap<string, Entry>,
  report: Report,
  read: (entry: Entry, report: Report) => T,
): Record<string, T> {
  const record: Record<string, T> = {};
  for (const [key, entry] of entries) {
    const value = read(entry, report);
    if (isSlug(key)) record[key] = value;
    else report.problem(keyPlace(entry), `\`${key}\` cannot be used as a name in topics.`, slugs(key));
  }
  return record;
}

function readMission(entry: Entry, report: Report): Mission {
  const fields = new Fields(
    entry,
    ['name', 'country', 'zone', 'example', 'to', 'targets', 'grid', 'camps'],
    report,
  );
  fields.required('name', 'The name as pages show it.');
  fields.required('zone', 'The time zone of its local days, e.g. Africa/Juba.');
  return compact<Mission>({
    name: fields.text('name') ?? '',
    country: fields.textLike('country', COUNTRY),
    zone: fields.textLike('zone', ZONE) ?? '',
    example: fields.boolean('example'),
    targets: readTargets(fields, report),
    grid: readGrid(fields, report),
    camps: closeCamps(readRecord(fields.map('camps'), report, readCamp), fields, report),
  });
}

function readTargets(fields: Fields, report: Report): Target[] {
  const targets = fields.list('targets').map((entry) => {
    const target = new Fields(entry, ['year', 'renewableShare'], report);
    target.required('year', 'The year the target is set for.');
    target.required('renewableShare', SHARE.hint);
    const year =
      target.number('year', { min: 2000, max: 2100, integer: true, hint: 'For example 2030.' }) ?? 0;
    return {
      from: String(year),
      place: entry,
      value: { year, renewableShare: target.number('renewableShare', SHARE) ?? 0 },
    };
  });
  return sortedByDate(targets, report);
}

function readGrid(fields: Fields, report: Report): GridFraction[] {
  const fractions = fields.list('grid').map((entry) => {
    const fraction = new Fields(entry, ['from', 'renewableFraction', 'source'], report);
    fraction.required('from', 'The first local date it holds for.');
    fraction.required('renewableFraction', SHARE.hint);
    const from = fraction.date('from') ?? '';
    const renewableFraction = fraction.number('renewableFraction', SHARE) ?? 0;
    const value = compact<GridFraction>({ from, renewableFraction, source: fraction.text('source') });
    return { from, place: entry, value };
  });
  return sortedByDate(fractions, report);
}

function readCamp(entry: Entry, report: Report): Camp {
  const fields = new Fields(entry, ['name', 'location', 'to', 'headcount', 'grid', 'meters'], report);
  fields.required('name', 'The name as pages show it.');
  return compact<Camp>({
    name: fields.text('name') ?? '',
    location: fields.has('location') ? readLocation(fields.place('location'), report) : undefined,
    headcount: readHeadcount(fields, report),
    grid: fields.has('grid') ? readGrid(fields, report) : undefined,
    meters: closeMeters(readRecord(fields.map('meters'), report, readMeter), fields, report),
  });
}

/** A mission's `to` is the closing date of all its camps. */
function closeCamps(camps: Record<string, Camp>, fields: Fields, report: Report): Record<string, Camp> {
  const closed = Object.entries(camps).map(([slug, camp]): [string, Camp] => [
    slug,
    { ...camp, meters: closeMeters(camp.meters, fields, report) },
  ]);
  return Object.fromEntries(closed);
}

/** A camp's `to` ends the service of all its meters: it is kept with them, where accounting and coverage look for it. */
function closeMeters(
  meters: Readonly<Record<string, Meter>>,
  fields: Fields,
  report: Report,
): Record<string, Meter> {
  const to = fields.date('to');
  if (to === undefined) return { ...meters };
  const closed = Object.entries(meters).map(([slug, meter]): [string, Meter] => {
    if (meter.from !== undefined && meter.from >= to) {
      const message = `\`${slug}\` goes into service on ${meter.from}, when this is closed already.`;
      report.problem(fields.place('to'), message, '`to` is the first date out of service.');
    }
    return [slug, closedOn(meter, to)];
  });
  return Object.fromEntries(closed);
}

/** With `to` in its place among the keys, so that equal registries are equal as JSON. */
function closedOn({ events, tankL, ...meter }: Meter, to: string): Meter {
  const end = meter.to !== undefined && meter.to < to ? meter.to : to;
  return { ...meter, to: end, events, ...(tankL !== undefined && { tankL }) };
}

function readLocation(entry: Entry, report: Report): { lat: number; lon: number } {
  const fields = new Fields(entry, ['lat', 'lon'], report);
  fields.required('lat', 'Degrees, north positive.');
  fields.required('lon', 'Degrees, east positive.');
  return {
    lat: fields.number('lat', { min: -90, max: 90, hint: 'Degrees, north positive.' }) ?? 0,
    lon: fields.number('lon', { min: -180, max: 180, hint: 'Degrees, east positive.' }) ?? 0,
  };
}

function readHeadcount(fields: Fields, report: Report): Headcount[] {
  const counts = fields.list('headcount').map((entry) => {
    const count = new Fields(entry, ['from', 'people'], report);
    count.required('from', 'The first local date it holds for.');
    count.required('people', PEOPLE.hint);
    const from = count.date('from') ?? '';
    return { from, place: entry, value: { from, people: count.number('people', PEOPLE) ?? 0 } };
  });
  return sortedByDate(counts, report);
}
