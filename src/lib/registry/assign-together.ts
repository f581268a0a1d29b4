/**
 * Several meters of one camp get their places at once, as those of one device do: each by the rules of one alone
 * (assign.ts), all of them or none. Pure: the registry comes in, another one goes out.
 */
import { assignMeter, type AssignField, type AssignText } from './assign.ts';
import type { Meter, Registry } from './types.ts';

/** Said once for all of them, where mission or camp are new. */
export const PLACE_FIELDS = ['missionName', 'zone', 'campName'] as const satisfies readonly AssignField[];
/** Said of each. The rest can wait: it stands in the registry's form of the meter. */
export const LINE_FIELDS = [
  'source',
  'ratedKw',
  'name',
  'ownership',
  'expectedIntervalS',
] as const satisfies readonly AssignField[];
export type LineField = (typeof LINE_FIELDS)[number];

/** What the form calls a meter's field: slugs hold no dots. */
export function lineField(meter: string, field: LineField): string {
  return `${meter}.${field}`;
}

export type AssignedTogether =
  | { readonly ok: true; readonly registry: Registry }
  /** nothing was chosen */
  | { readonly ok: false; readonly reason: 'none' }
  /** fields that cannot be read, each once, as the form calls them */
  | { readonly ok: false; readonly reason: 'fields'; readonly fields: readonly string[] }
  | { readonly ok: false; readonly reason: 'taken'; readonly slug: string; readonly meter: Meter }
  | { readonly ok: false; readonly reason: 'zone'; readonly zone: string };

/** @param typed by the names of the form's fields; `chosen` the slugs to be assigned */
export function assignTogether(
  registry: Registry,
  place: { readonly mission: string; readonly camp: string },
  { chosen, typed }: { chosen: readonly string[]; typed: Readonly<Record<string, string>> },
): AssignedTogether {
  if (chosen.length === 0) return { ok: false, reason: 'none' };
  const ofPlace = Object.fromEntries(PLACE_FIELDS.map((field) => [field, typed[field] ?? '']));
  const wrong = new Set<string>();
  let grown = registry;
  for (const slug of chosen) {
    const line = LINE_FIELDS.map((field) => [field, typed[lineField(slug, field)] ?? '']);
    const text = { ...ofPlace, ...Object.fromEntries(line) } as AssignText;
    const assigned = assignMeter(grown, { ...place, meter: slug }, text);
    if (assigned.ok) grown = assigned.registry;
    else if (assigned.reason === 'taken') return { ...assigned, slug };
    else if (assigned.reason === 'zone') return assigned;
    else for (const field of assigned.fields) wrong.add(formField(slug, field));
  }
  return wrong.size === 0
    ? { ok: true, registry: grown }
    : { ok: false, reason: 'fields', fields: [...wrong] };
}

function formField(slug: string, field: AssignField): string {
  const own = LINE_FIELDS.find((each) => each === field);
  return own === undefined ? field : lineField(slug, own);
}
