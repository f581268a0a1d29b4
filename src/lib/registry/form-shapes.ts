/** Which fields each form of the registry has. A camp's or mission's `to` is typed and not shown: it stands with the meters. */
import { ownShape, type RegistryRights } from '../access/registry-owners.ts';
import type { FieldKind } from './field-text.ts';
import type { FormShape } from './edit.ts';

const GRID = { from: 'text', renewableFraction: 'percent', source: 'text' } as const;
const OWNER = { ownership: 'text', unit: 'text', country: 'capitals' } as const;

export const MISSION_FORM: FormShape = {
  fields: { name: 'text', country: 'capitals', zone: 'text', example: 'flag', to: 'text' },
  lists: { targets: { year: 'number', renewableShare: 'percent' }, grid: GRID },
};

export const CAMP_FORM: FormShape = {
  fields: { name: 'text', 'location.lat': 'number', 'location.lon': 'number', to: 'text' },
  lists: { headcount: { from: 'text', people: 'number' }, grid: GRID },
  ownLists: ['grid'],
};

/** The mission's form for whoever has `rights` in it: what they may not change is not in it. */
export function missionShape(rights: RegistryRights): FormShape {
  return ownShape(MISSION_FORM, ['missions', 'any'], rights);
}

export function campShape(rights: RegistryRights): FormShape {
  return ownShape(CAMP_FORM, ['missions', 'any', 'camps', 'any'], rights);
}

/** What a meter has in one line of a table. */
export const METER_LINE = {
  source: 'text',
  ratedW: 'thousands',
  ...OWNER,
  expectedIntervalS: 'number',
  register: 'register',
  invert: 'flag',
  from: 'text',
  to: 'text',
} as const satisfies Readonly<Record<string, FieldKind>>;
export const METER_LINE_FIELDS = Object.keys(METER_LINE) as (keyof typeof METER_LINE)[];

export const METER_FORM: FormShape = {
  fields: {
    name: 'text',
    ...METER_LINE,
    tankL: 'number',
    'serviced.oilAtH': 'number',
    'serviced.fuelFilterAtH': 'number',
  },
  lists: { owners: { from: 'text', ...OWNER }, events: { at: 'text', kind: 'text', note: 'text' } },
};

/** The meters of a camp, as a table: `meters.pv-1.source`. */
export function metersForm(slugs: readonly string[]): FormShape {
  const fields = slugs.flatMap((slug) =>
    Object.entries(METER_LINE).map(([key, kind]) => [`meters.${slug}.${key}`, kind] as const),
  );
  return { fields: Object.fromEntries(fields), lists: {} };
}

export const PLEDGES_FORM: FormShape = {
  fields: {},
  lists: {
    pledges: {
      country: 'capitals',
      unit: 'text',
      mission: 'text',
      source: 'text',
      ratedW: 'thousands',
      due: 'text',
      reference: 'text',
    },
  },
};

export const FACTORS_FORM: FormShape = {
  fields: {},
  lists: {
    factors: {
      version: 'text',
      from: 'text',
      dieselKgCo2PerL: 'number',
      dieselKgCo2ePerL: 'number',
      gwp: 'text',
      source: 'text',
      vintage: 'number',
    },
  },
};

export const SOURCES_FORM: FormShape = {
  fields: {},
  lists: {
    sources: {
      profile: 'text',
      topic: 'text',
      mission: 'text',
      camp: 'text',
      meter: 'text',
      zone: 'text',
      phases: 'words',
      ctRatio: 'number',
    },
  },
};
