/**
 * Sums of ledger entries that keep fuel apart by factor set: a litre is counted with the set in force on the
 * local day it was burnt on, whatever period is asked for. Where a new set begins within a period, the ledger is
 * read up to that day and from it on; as a rule there is one set and one read.
 */
import { dieselKgCo2e, FACTOR_SETS, factorSetOn, factorSpans, type FactorSet } from '../../energy/factors.ts';
import type { LedgerAmounts, LedgerEntry } from '../../energy/ledger.ts';
import { addToSums, emptySums, type EnergySums } from '../../energy/share.ts';
import type { Source } from '../../energy/source.ts';
import { readPeriodLedger, type LedgerScope } from './period-ledger.ts';
import type { Period, QueryContext } from './types.ts';

const ML_PER_L = 1000;

/** Diesel burnt while one set was in force, mL. */
interface Burnt {
  fuelMl: number;
  estimatedFuelMl: number;
}

export interface DatedSums extends EnergySums {
  readonly burnt: Map<FactorSet, Burnt>;
}

/** A ledger entry of days that have one set. */
export interface DatedEntry extends LedgerEntry {
  readonly factors: FactorSet;
}

/** Diesel burnt while one set was in force, L. */
export interface FuelUnderSet {
  readonly set: FactorSet;
  readonly fuelL: number;
  readonly estimatedFuelL: number;
}

/** Which sets there are, and the local date whose set is named where nothing is known of the period. */
export interface FactorChoice {
  readonly date: string;
  readonly factorSets?: readonly FactorSet[] | undefined;
}

export function emptyDatedSums(): DatedSums {
  return { ...emptySums(), burnt: new Map() };
}

export function addDated(
  sums: DatedSums,
  entry: LedgerAmounts & { readonly source: Source; readonly factors: FactorSet },
): void {
  const before = { fuelMl: sums.fuelMl, estimatedFuelMl: sums.estimatedFuelMl };
  addToSums(sums, entry.source, entry);
  const burnt = sums.burnt.get(entry.factors) ?? { fuelMl: 0, estimatedFuelMl: 0 };
  sums.burnt.set(entry.factors, burnt);
  burnt.fuelMl += sums.fuelMl - before.fuelMl;
  burnt.estimatedFuelMl += sums.estimatedFuelMl - before.estimatedFuelMl;
}

export function sumDated(entries: Iterable<DatedEntry>): DatedSums {
  const sums = emptyDatedSums();
  for (const entry of entries) addDated(sums, entry);
  return sums;
}

/** Sums by what `keyOf` says of an entry. */
export function sumDatedBy<K>(
  entries: Iterable<DatedEntry>,
  keyOf: (entry: DatedEntry) => K,
): Map<K, DatedSums> {
  return new Map([...Map.groupBy(entries, keyOf)].map(([key, ofKey]) => [key, sumDated(ofKey)]));
}

/** Entries of the period; none of them reaches over the day a set begins on. @throws AppError from the store */
export async function readDatedLedger(
  { store, factorSets }: Pick<QueryContext, 'store' | 'factorSets'>,
  period: Period,
  scope: LedgerScope,
): Promise<DatedEntry[]> {
  const read = factorSpans(period, factorSets).map(async ({ set, from, to }) => {
    const entries = await readPeriodLedger(store, { from, to }, scope);
    return entries.map((entry) => ({ ...entry, factors: set }));
  });
  return (await Promise.all(read)).flat();
}

/**
 * The sets under which the sums came in, by the date they begin, each with its fuel; where nothing came in,
 * the set in force on `date` with none.
 */
export function fuelBySet({ burnt }: DatedSums, { date, factorSets }: FactorChoice): FuelUnderSet[] {
  const sets = factorSets ?? FACTOR_SETS;
  const used = sets.filter((set) => burnt.has(set));
  return (used.length === 0 ? [factorSetOn(date, sets)] : used).map((set) => ({
    set,
    fuelL: (burnt.get(set)?.fuelMl ?? 0) / ML_PER_L,
    estimatedFuelL: (burnt.get(set)?.estimatedFuelMl ?? 0) / ML_PER_L,
  }));
}

/**
 * kg CO₂e, scope 1: litres, metered and estimated for gensets without a fuel meter, × the factor of the day they were
 * burnt on. Scope 2 is left out: no grid intensity with a source has been registered, and a made-up one
 * would be worse than none.
 */
export function ghgKgOf(sums: DatedSums, choice: FactorChoice): number {
  return fuelBySet(sums, choice).reduce(
    (kg, { set, fuelL, estimatedFuelL }) => kg + dieselKgCo2e(fuelL + estimatedFuelL, set),
    0,
  );
}

/** The versions used in any of the sums, by the date they begin: `ipcc-2006-ar5`, or `old + new`. */
export function factorSetOf(sums: readonly DatedSums[], choice: FactorChoice): string {
  const burnt = new Map(sums.flatMap((each) => [...each.burnt]));
  return joined(fuelBySet({ ...emptyDatedSums(), burnt }, choice).map(({ set }) => set));
}

/** The versions in force on the days of a period, in the same form. */
export function factorSetsIn(period: Period, sets: FactorChoice['factorSets']): string {
  return joined(factorSpans(period, sets).map(({ set }) => set));
}

function joined(sets: readonly FactorSet[]): string {
  return [...new Set(sets.map(({ version }) => version))].join(' + ');
}
