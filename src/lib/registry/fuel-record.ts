/**
 * Fuel that people write down: what was delivered to a camp's tanks, and what a dipstick said is in them. As
 * corrections are, a record is never changed: another one supersedes it, or it is withdrawn.
 */
import type { Signature } from './correction.ts';
import { isRealDate } from './fields.ts';

interface Placed {
  readonly mission: string;
  readonly camp: string;
  /** whole mL */
  readonly volumeMl: number;
}

export interface FuelDelivery extends Placed {
  readonly kind: 'delivery';
  /** local date of the mission */
  readonly date: string;
  /** the number of the delivery note: with the camp and the date it tells two deliveries apart */
  readonly reference: string;
}

/** All that is in the camp's tanks together. */
export interface FuelStock extends Placed {
  readonly kind: 'stock';
  /** epoch ms, UTC */
  readonly at: number;
}

export type FuelRecord = FuelDelivery | FuelStock;

/** One on record, with who answers for it. */
export type SignedFuelRecord = FuelRecord &
  Signature & {
    /** ascending in the order they were made */
    readonly id: number;
    readonly supersedes: number | null;
  };

const ML_PER_L = 1_000;
/** 10 million litres: beyond any camp's tanks, so a slip of the unit. */
const MAX_L = 10_000_000;
const MAX_REFERENCE = 120;
const EARLIEST_DATE = '2000-01-01';

export function litresOf({ volumeMl }: Pick<FuelRecord, 'volumeMl'>): number {
  return volumeMl / ML_PER_L;
}

export function millilitresOf(litres: number): number {
  return Math.round(litres * ML_PER_L);
}

export type FuelProblem = 'litres' | 'date' | 'future' | 'reference';

/** What is wrong with a record, in the order of its fields; `today` the mission's local date, `now` epoch ms. */
export function fuelProblems(
  record: FuelRecord,
  { today, now }: { today: string; now: number },
): FuelProblem[] {
  const problems: FuelProblem[] = [];
  const isDelivery = record.kind === 'delivery';
  const least = isDelivery ? 1 : 0;
  const { volumeMl } = record;
  if (isDelivery) {
    if (!isRealDate(record.date) || record.date < EARLIEST_DATE) problems.push('date');
    else if (record.date > today) problems.push('future');
  } else if (!(record.at >= Date.parse(EARLIEST_DATE))) problems.push('date');
  else if (record.at > now) problems.push('future');
  if (!(Number.isSafeInteger(volumeMl) && volumeMl >= least && volumeMl <= MAX_L * ML_PER_L))
    problems.push('litres');
  if (isDelivery && !isReference(record.reference)) problems.push('reference');
  return problems;
}

function isReference(text: string): boolean {
  return text.trim() === text && text !== '' && text.length <= MAX_REFERENCE && !/\p{Cc}/u.test(text);
}

const SENTENCES: Readonly<Record<FuelProblem, string>> = {
  litres: `litres are a number of at most ${String(MAX_L)}, above 0 for a delivery`,
  date: 'the date is none of the calendar since 2000: write 2026-01-31',
  future: 'it lies in the future: nobody can know yet',
  reference: `a delivery has a reference, such as the delivery note's number, of at most ${String(MAX_REFERENCE)} characters`,
};

export function fuelSentence(problem: FuelProblem): string {
  return SENTENCES[problem];
}

/** Whether two records tell of the same delivery or the same dip. */
export function isSameFuel(a: FuelRecord, b: FuelRecord): boolean {
  if (a.camp !== b.camp || a.mission !== b.mission) return false;
  if (a.kind === 'delivery') return b.kind === 'delivery' && a.date === b.date && a.reference === b.reference;
  return b.kind === 'stock' && a.at === b.at;
}
