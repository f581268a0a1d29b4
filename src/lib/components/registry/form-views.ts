/** How each form of the registry is laid out: its fields in their order, with what may be chosen. */
import { ownershipWord } from '#lib/components/figures/ownership-words.ts';
import { sourceWord } from '#lib/components/figures/source-words.ts';
import { GWP_NAMES } from '#lib/energy/factors.ts';
import { OWNERSHIPS, SOURCES } from '#lib/energy/source.ts';
import type { RegistryRights } from '#lib/access/registry-owners.ts';
import { m } from '#lib/paraglide/messages.js';
import type { FormShape } from '#lib/registry/edit.ts';
import type { FieldKind } from '#lib/registry/field-text.ts';
import {
  campShape,
  FACTORS_FORM,
  METER_FORM,
  METER_LINE_FIELDS,
  METER_LINE,
  missionShape,
  PLEDGES_FORM,
  SOURCES_FORM,
} from '#lib/registry/form-shapes.ts';
import { keyWord } from './registry-words.ts';

export interface FieldView {
  readonly field: string;
  /** the last key of its path */
  readonly key: string;
  readonly label: string;
  readonly hint?: string;
  readonly isNumber?: boolean;
  readonly options?: readonly { value: string; text: string }[];
}

export interface ListView {
  readonly list: string;
  readonly label: string;
  readonly hint?: string;
  readonly columns: readonly FieldView[];
  /** asks whether the list is there at all */
  readonly hasOwn: boolean;
}

export interface FormView {
  readonly fields: readonly FieldView[];
  readonly lists: readonly ListView[];
}

const DATES = ['from', 'to', 'due'];

function optionsOf(key: string, within: string): FieldView['options'] {
  const none = { value: '', text: '–' };
  switch (key) {
    case 'source':
      return within === 'grid' || within === 'factors'
        ? undefined
        : [none, ...SOURCES.map((value) => ({ value, text: sourceWord(value) }))];
    case 'ownership':
      return [none, ...OWNERSHIPS.map((value) => ({ value, text: ownershipWord(value) }))];
    case 'invert':
    case 'example':
      return [
        { value: '', text: m.registry_no() },
        { value: 'true', text: m.registry_yes() },
      ];
    case 'gwp':
      return [none, ...GWP_NAMES.map((value) => ({ value, text: value }))];
    case 'kind':
      return [
        none,
        { value: 'swap', text: m.registry_event_swap() },
        { value: 'ct-change', text: m.registry_event_ct() },
        { value: 'move', text: m.registry_event_move() },
      ];
    default:
      return undefined;
  }
}

/** Dates are typed as they stand in the file: what a browser's own date field cannot read, it forgets. */
function formOf(key: string, kind: FieldKind): string {
  if (DATES.includes(key)) return `, ${m.registry_date_form()}`;
  return kind === 'thousands' ? ', kW' : kind === 'percent' ? ', %' : '';
}

function fieldView(
  field: string,
  kind: FieldKind,
  { within = '', hint }: { within?: string; hint?: string } = {},
): FieldView {
  const key = field.split('.').at(-1) ?? field;
  const options = optionsOf(key, within);
  return {
    field,
    key,
    label: keyWord(key, within) + formOf(key, kind),
    ...(hint !== undefined && { hint }),
    ...(options && { options }),
    ...(['number', 'thousands', 'percent'].includes(kind) && { isNumber: true }),
  };
}

function viewOf(shape: FormShape, hints: Readonly<Record<string, string>> = {}): FormView {
  const hinted = (name: string) => (hints[name] === undefined ? {} : { hint: hints[name] });
  return {
    fields: Object.entries(shape.fields).map(([field, kind]) => fieldView(field, kind, hinted(field))),
    lists: Object.entries(shape.lists).map(([list, columns]) => ({
      list,
      label: keyWord(list),
      ...hinted(list),
      columns: Object.entries(columns).map(([column, kind]) => fieldView(column, kind, { within: list })),
      hasOwn: shape.ownLists?.includes(list) === true,
    })),
  };
}

export const missionView = (rights: RegistryRights) =>
  viewOf(missionShape(rights), {
    zone: m.assign_zone_hint(),
    country: m.registry_mission_country_hint(),
    to: m.registry_close_hint(),
    targets: m.registry_targets_hint(),
    grid: m.registry_grid_hint(),
  });

export const campView = (rights: RegistryRights) =>
  viewOf(campShape(rights), {
    to: m.registry_close_hint(),
    headcount: m.registry_headcount_hint(),
    grid: m.registry_camp_grid_hint(),
  });

export const meterView = () =>
  viewOf(METER_FORM, {
    ratedW: m.assign_rated_hint(),
    register: m.registry_register_hint(),
    invert: m.assign_invert(),
    from: m.assign_from_hint(),
    to: m.registry_to_hint(),
    owners: m.registry_owners_hint(),
    events: m.registry_events_hint(),
  });

export const pledgesView = () => viewOf(PLEDGES_FORM);
export const factorsView = () => viewOf(FACTORS_FORM, { factors: m.registry_factors_hint() });
export const sourcesView = () => viewOf(SOURCES_FORM, { sources: m.registry_sources_hint() });

/** The columns of the table of a camp's meters. */
export const meterColumns = () => METER_LINE_FIELDS.map((key) => fieldView(key, METER_LINE[key]));
