/**
 * A meter that publishes gets its place in the registry: what somebody typed on a page, read by the very rules of the
 * registry file, so that page and file never disagree about what is allowed. Pure: the registry comes in, another one goes out.
 */
import { stringify } from 'yaml';
import type { MeterRef } from '../energy/reading.ts';
import { campOf, meterOf, missionOf } from './lookup.ts';
import { parseRegistry } from './parse.ts';
import type { Meter, Registry } from './types.ts';

/** The fields of the form, each with where the registry file keeps it. */
const FIELDS = {
  missionName: 'missions.*.name',
  zone: 'missions.*.zone',
  campName: 'missions.*.camps.*.name',
  name: 'missions.*.camps.*.meters.*.name',
  source: 'missions.*.camps.*.meters.*.source',
  ratedKw: 'missions.*.camps.*.meters.*.ratedW',
  ownership: 'missions.*.camps.*.meters.*.ownership',
  unit: 'missions.*.camps.*.meters.*.unit',
  country: 'missions.*.camps.*.meters.*.country',
  expectedIntervalS: 'missions.*.camps.*.meters.*.expectedIntervalS',
  tankL: 'missions.*.camps.*.meters.*.tankL',
  from: 'missions.*.camps.*.meters.*.from',
  invert: 'missions.*.camps.*.meters.*.invert',
} as const;

export type AssignField = keyof typeof FIELDS;
export const ASSIGN_FIELDS = Object.keys(FIELDS) as AssignField[];

/** As typed; a field that is missing or blank says nothing. */
export type AssignText = Readonly<Partial<Record<AssignField, string>>>;

export type Assigned =
  | { readonly ok: true; readonly registry: Registry }
  /** fields that cannot be read, each once, in the order of the form */
  | { readonly ok: false; readonly reason: 'fields'; readonly fields: readonly AssignField[] }
  /** somebody was faster, and registered it as something else */
  | { readonly ok: false; readonly reason: 'taken'; readonly meter: Meter }
  /** somebody registered the mission meanwhile, in another time zone */
  | { readonly ok: false; readonly reason: 'zone'; readonly zone: string };

type Ref = Pick<MeterRef, 'mission' | 'camp' | 'meter'>;

/**
 * The registry with one meter more, and with its mission and camp where these are new. The same meter a second time,
 * with the same values, is no conflict: nothing changes.
 */
export function assignMeter(registry: Registry, ref: Ref, text: AssignText): Assigned {
  const mission = missionOf(registry, ref.mission);
  const camp = campOf(registry, ref.mission, ref.camp);
  const typed = (field: AssignField): string | undefined => text[field]?.trim() || undefined;
  if (mission !== undefined && typed('zone') !== undefined && typed('zone') !== mission.zone)
    return { ok: false, reason: 'zone', zone: mission.zone };
  const place = {
    missions: {
      [ref.mission]: {
        name: mission?.name ?? typed('missionName'),
        zone: mission?.zone ?? typed('zone'),
        camps: {
          [ref.camp]: {
            name: camp?.name ?? typed('campName'),
            meters: { [ref.meter]: meterMap(typed) },
          },
        },
      },
    },
  };
  const parsed = parseRegistry(stringify(place, { version: '1.2', schema: 'core' }));
  if (!parsed.ok) return { ok: false, reason: 'fields', fields: fieldsOf(parsed.problems) };
  const known = meterOf(registry, ref);
  const meter = meterOf(parsed.registry, ref);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(meter))
    return { ok: false, reason: 'taken', meter: known };
  return { ok: true, registry: known === undefined ? merged(registry, parsed.registry, ref) : registry };
}

function meterMap(typed: (field: AssignField) => string | undefined): Record<string, unknown> {
  const kilowatts = numeral(typed('ratedKw'));
  return {
    name: typed('name'),
    source: typed('source'),
    ratedW: typeof kilowatts === 'number' ? Math.round(kilowatts * 1000) : kilowatts,
    ownership: typed('ownership'),
    unit: typed('unit'),
    country: typed('country')?.toUpperCase(),
    expectedIntervalS: numeral(typed('expectedIntervalS')),
    invert: typed('invert') === undefined ? undefined : true,
    from: typed('from'),
    tankL: numeral(typed('tankL')),
  };
}

/**
 * A number as people write it, with a point or a comma. "1,500" is a thousand and a half to some and one and a half to
 * others: such a text stays a text, which the registry's rules refuse, rather than be guessed at.
 */
export function numeral(text: string | undefined): number | string | undefined {
  if (text === undefined) return undefined;
  const plain = text.replace(/[\s\u00a0\u202f]/g, '');
  if (/^\d+$/.test(plain) || /^\d+\.\d+$/.test(plain)) return Number(plain);
  return /^\d+,\d{1,2}$/.test(plain) ? Number(plain.replace(',', '.')) : text;
}

function fieldsOf(problems: readonly { path: string }[]): AssignField[] {
  const wrong = new Set(problems.map(({ path }) => genericPath(path)));
  return ASSIGN_FIELDS.filter((field) => wrong.has(FIELDS[field]));
}

/** `missions.unmiss.camps.juba.meters.pv-1.ratedW` → `missions.*.camps.*.meters.*.ratedW`; slugs hold no dots. */
function genericPath(path: string): string {
  return path.replace(/\b(missions|camps|meters)\.[^.]+/g, '$1.*');
}

function merged(registry: Registry, added: Registry, ref: Ref): Registry {
  const mission = missionOf(registry, ref.mission);
  const camp = campOf(registry, ref.mission, ref.camp);
  const newMission = missionOf(added, ref.mission);
  const newCamp = campOf(added, ref.mission, ref.camp);
  if (newMission === undefined || newCamp === undefined) return registry;
  const nextCamp = camp === undefined ? newCamp : { ...camp, meters: { ...camp.meters, ...newCamp.meters } };
  const nextMission =
    mission === undefined ? newMission : { ...mission, camps: { ...mission.camps, [ref.camp]: nextCamp } };
  return { ...registry, missions: { ...registry.missions, [ref.mission]: nextMission } };
}
