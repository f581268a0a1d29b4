/** What the page of one meter is given, and the words of what can be wrong with what somebody typed. */
import { ownershipWord } from '#lib/components/figures/ownership-words.ts';
import { sourceWord } from '#lib/components/figures/source-words.ts';
import type { Quantity } from '#lib/energy/quantity.ts';
import type { Values } from '#lib/energy/reading.ts';
import type { Source } from '#lib/energy/source.ts';
import { formatPower } from '#lib/format/number.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { m } from '#lib/paraglide/messages.js';
import type { AssignField, AssignText } from '#lib/registry/assign.ts';
import type { Meter } from '#lib/registry/types.ts';

export interface AssignData {
  readonly mission: string;
  readonly camp: string;
  readonly meter: string;
  /** null where the registry does not know it yet */
  readonly missionName: string | null;
  readonly campName: string | null;
  /** epoch ms */
  readonly now: number;
  readonly registered: Meter | null;
  readonly seen: {
    readonly at: number;
    readonly values: Values;
    /** epoch ms of values older than the newest reading */
    readonly toldAt?: Readonly<Partial<Record<Quantity, number>>>;
  } | null;
  readonly likely: { readonly source: Source | null; readonly intervalS: number | null };
  /** to choose from, where the mission is new */
  readonly zones: readonly string[];
  /** where the form would be taken, when this page was opened under another address */
  readonly ownAddress: string | null;
}

/** What the page's script needs to go on with what the meter says. */
export type LiveValuesData = Pick<AssignData, 'mission' | 'camp' | 'meter' | 'now' | 'seen'> & {
  readonly intervalS: number | null;
};

export function liveValuesOf({ mission, camp, meter, now, seen, likely }: AssignData): LiveValuesData {
  return { mission, camp, meter, now, seen, intervalS: likely.intervalS };
}

/** Why nothing was saved, and what was typed. */
export type AssignOutcome = { readonly typed: AssignText } & (
  | { readonly reason: 'fields'; readonly fields: readonly AssignField[] }
  | { readonly reason: 'taken'; readonly meter: Meter }
  | { readonly reason: 'zone'; readonly zone: string }
  | { readonly reason: 'failed'; readonly code: string }
);

const LABELS: Readonly<Record<AssignField, () => string>> = {
  missionName: m.assign_mission_name,
  zone: m.assign_zone,
  campName: m.assign_camp_name,
  name: m.assign_name,
  source: m.assign_source,
  ratedKw: m.assign_rated,
  ownership: m.assign_ownership,
  unit: m.assign_unit,
  country: m.assign_country,
  expectedIntervalS: m.assign_interval,
  tankL: m.assign_tank,
  from: m.assign_from,
  invert: m.assign_invert,
};

export function fieldLabel(field: AssignField): string {
  return LABELS[field]();
}

/** What a field must look like. */
export function fieldProblem(field: AssignField): string {
  switch (field) {
    case 'missionName':
    case 'campName':
      return m.assign_bad_missing();
    case 'name':
    case 'unit':
      return m.assign_bad_name();
    case 'zone':
      return m.assign_bad_zone();
    case 'source':
    case 'ownership':
    case 'invert':
      return m.assign_bad_choice();
    case 'ratedKw':
    case 'tankL':
      return m.assign_bad_number();
    case 'expectedIntervalS':
      return m.assign_bad_interval();
    case 'country':
      return m.assign_bad_country();
    case 'from':
      return m.assign_bad_date();
  }
}

/** What stands in the registry of a meter. */
export function meterInWords({ name, source, ratedW, ownership }: Meter): string {
  const power = ratedW === undefined ? undefined : formatPower(ratedW, getLocale());
  return [name, sourceWord(source), power, ownershipWord(ownership)]
    .filter((word) => word !== undefined)
    .join(', ');
}
