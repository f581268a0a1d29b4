/** What the page of a camp's unassigned meters is given, and what came of a form that could not be taken. */
import { sourceWord } from '#lib/components/figures/source-words.ts';
import type { FieldView } from '#lib/components/registry/form-views.ts';
import { ownershipWord } from '#lib/components/figures/ownership-words.ts';
import { OWNERSHIPS, SOURCES, type Source } from '#lib/energy/source.ts';
import { m } from '#lib/paraglide/messages.js';
import type { AssignField } from '#lib/registry/assign.ts';
import type { AssignedTogether, LineField } from '#lib/registry/assign-together.ts';
import { fieldLabel, fieldProblem } from './assign-view.ts';
import type { UnassignedMeter } from './unassigned-meter.ts';

export interface TogetherMeter extends UnassignedMeter {
  readonly likely: { readonly source: Source | null; readonly intervalS: number | null };
}

export interface TogetherData {
  readonly mission: string;
  readonly camp: string;
  /** null where the registry does not know it yet */
  readonly missionName: string | null;
  readonly campName: string | null;
  /** epoch ms */
  readonly now: number;
  /** the first of them */
  readonly meters: readonly TogetherMeter[];
  readonly count: number;
  /** to choose from, where the mission is new */
  readonly zones: readonly string[];
  /** where the form would be taken, when this page was opened under another address */
  readonly ownAddress: string | null;
}

/** Why nothing was saved, and what was typed and chosen. */
export type TogetherOutcome = {
  readonly typed: Readonly<Record<string, string>>;
  readonly chosen: readonly string[];
} & (Exclude<AssignedTogether, { ok: true }> | { readonly reason: 'failed'; readonly code: string });

/** The columns of the form, after the meter itself. */
export function togetherColumns(): (FieldView & { readonly field: LineField })[] {
  const view = (field: LineField, key: string) => ({ field, key, label: fieldLabel(field) });
  return [
    {
      ...view('source', 'source'),
      options: [
        { value: '', text: m.assign_choose() },
        ...SOURCES.map((value) => ({ value, text: sourceWord(value) })),
      ],
    },
    { ...view('ratedKw', 'ratedW'), isNumber: true },
    view('name', 'name'),
    {
      ...view('ownership', 'ownership'),
      options: OWNERSHIPS.map((value) => ({ value, text: ownershipWord(value) })),
    },
    { ...view('expectedIntervalS', 'expectedIntervalS'), isNumber: true },
  ];
}

/** A field as the form calls it: whose it is, what it is and what it must look like. */
export function togetherProblem(field: string): string {
  const [first = '', second] = field.split('.');
  const name = (second ?? first) as AssignField;
  const label = second === undefined ? fieldLabel(name) : `${first}, ${fieldLabel(name)}`;
  return `${label}: ${fieldProblem(name)}`;
}
