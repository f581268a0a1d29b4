/**
 * Whose a device is: a line of the registry's `sources`, and its camp where that is new, read by the very rules of the
 * registry file. Pure: the registry comes in, another one goes out.
 */
import { stringify } from 'yaml';
import { campOf, missionOf } from './lookup.ts';
import { parseRegistry } from './parse.ts';
import { slugify } from './slugify.ts';
import type { DeviceSource, Registry } from './types.ts';

/** The fields of the form, as typed. `place` is `mission/camp`; empty for a camp that is new. */
export const SOURCE_FIELDS = ['place', 'missionName', 'zone', 'campName', 'topic', 'meter'] as const;
export type SourceField = (typeof SOURCE_FIELDS)[number];
export type SourceText = Readonly<Partial<Record<SourceField, string>>>;

export type AddedSource =
  | { readonly ok: true; readonly registry: Registry; readonly mission: string; readonly camp: string }
  /** fields that cannot be read, in the order of the form */
  | { readonly ok: false; readonly fields: readonly SourceField[] };

const PATHS: readonly (readonly [RegExp, SourceField])[] = [
  [/^missions\.[^.]+\.name$/, 'missionName'],
  [/^missions\.[^.]+\.zone$/, 'zone'],
  [/camps/, 'campName'],
  [/topic$/, 'topic'],
  [/meter$/, 'meter'],
];

/** The registry with one line more. The same line a second time changes nothing. */
export function addSource(registry: Registry, profile: string, text: SourceText): AddedSource {
  const typed = (field: SourceField): string => text[field]?.trim() ?? '';
  const [chosenMission = '', chosenCamp = ''] = typed('place').split('/');
  const isNew = chosenMission === '';
  const mission = isNew ? slugify(typed('missionName')) : chosenMission;
  const camp = isNew ? slugify(typed('campName')) : chosenCamp;
  if (mission === undefined || mission === 'live') return { ok: false, fields: ['missionName'] };
  if (camp === undefined) return { ok: false, fields: ['campName'] };
  const known = missionOf(registry, mission);
  if (!isNew && campOf(registry, mission, camp) === undefined) return { ok: false, fields: ['place'] };
  const source = { profile, topic: typed('topic'), mission, camp, meter: typed('meter') };
  const place = {
    [mission]: {
      name: known?.name ?? typed('missionName'),
      zone: known?.zone ?? typed('zone'),
      camps: { [camp]: { name: campOf(registry, mission, camp)?.name ?? typed('campName') } },
    },
  };
  const parsed = parseRegistry(
    stringify({ missions: place, sources: [source] }, { version: '1.2', schema: 'core' }),
  );
  if (!parsed.ok) return { ok: false, fields: fieldsOf(parsed.problems) };
  const [line] = parsed.registry.sources;
  if (line === undefined) return { ok: false, fields: ['topic'] };
  return { ok: true, mission, camp, registry: merged(registry, parsed.registry, line) };
}

function fieldsOf(problems: readonly { path: string }[]): SourceField[] {
  const wrong = new Set(
    problems.map(({ path }) => PATHS.find(([pattern]) => pattern.test(path))?.[1] ?? 'meter'),
  );
  return SOURCE_FIELDS.filter((field) => wrong.has(field));
}

function merged(registry: Registry, added: Registry, line: DeviceSource): Registry {
  const isThere = registry.sources.some((each) => JSON.stringify(each) === JSON.stringify(line));
  const sources = isThere ? registry.sources : [...registry.sources, line];
  const { mission, camp } = line;
  const [known, fresh] = [missionOf(registry, mission), missionOf(added, mission)];
  const newCamp = campOf(added, mission, camp);
  if (campOf(registry, mission, camp) !== undefined || fresh === undefined || newCamp === undefined)
    return { ...registry, sources };
  const next = known === undefined ? fresh : { ...known, camps: { ...known.camps, [camp]: newCamp } };
  return { ...registry, missions: { ...registry.missions, [mission]: next }, sources };
}
