/**
 * Emission and consumption factors: versioned, dated, each with its source, vintage and GWP set. Nothing
 * is typed in that arithmetic can give. Pages quote the set they used.
 */
import { addDays } from './calendar.ts';

export interface GwpSet {
  readonly name: string;
  /** kg CO₂e per kg over 100 years */
  readonly ch4: number;
  readonly n2o: number;
}

export interface FactorSet {
  readonly version: string;
  /** first local date the set is used for */
  readonly from: string;
  readonly source: string;
  readonly vintage: number;
  readonly gwp: GwpSet;
  readonly dieselKgCo2PerL: number;
  readonly dieselKgCo2ePerL: number;
}

/** IPCC Assessment Reports 5 and 6, 100-year values. */
export const GWP_AR5: GwpSet = { name: 'IPCC AR5', ch4: 28, n2o: 265 };
export const GWP_AR6: GwpSet = { name: 'IPCC AR6', ch4: 27, n2o: 273 };
export const GWP_NAMES = ['IPCC AR5', 'IPCC AR6'] as const;
export type GwpName = (typeof GWP_NAMES)[number];
const GWP_BY_NAME: Readonly<Record<GwpName, GwpSet>> = { 'IPCC AR5': GWP_AR5, 'IPCC AR6': GWP_AR6 };

/** A set that an organisation reports with in place of the IPCC's, as its registry holds it. */
export interface OwnFactors extends Omit<FactorSet, 'gwp'> {
  readonly gwp: GwpName;
}

/**
 * Gas/diesel oil in stationary combustion, 2006 IPCC Guidelines, volume 2, tables 1.2 (net calorific value)
 * and 2.2 (kg of gas per TJ, energy industries), and a density of 0.84 kg/L. The density moves the
 * result more than the choice of GWP does.
 */
export const IPCC_2006_DIESEL = {
  co2KgPerTJ: 74_100,
  ch4KgPerTJ: 3,
  n2oKgPerTJ: 0.6,
  netCalorificValueTJPerGg: 43.0,
  densityKgPerL: 0.84,
} as const;

const KG_PER_GG = 1_000_000;

function ipcc2006(version: string, from: string, gwp: GwpSet): FactorSet {
  const fuel = IPCC_2006_DIESEL;
  const tjPerL = (fuel.densityKgPerL * fuel.netCalorificValueTJPerGg) / KG_PER_GG;
  return {
    version,
    from,
    source: '2006 IPCC Guidelines for National Greenhouse Gas Inventories, volume 2, stationary combustion',
    vintage: 2006,
    gwp,
    dieselKgCo2PerL: fuel.co2KgPerTJ * tjPerL,
    dieselKgCo2ePerL: (fuel.co2KgPerTJ + fuel.ch4KgPerTJ * gwp.ch4 + fuel.n2oKgPerTJ * gwp.n2o) * tjPerL,
  };
}

/** 2.676 kg CO₂ and 2.685 kg CO₂e per litre. */
export const IPCC_2006_AR5 = ipcc2006('ipcc-2006-ar5', '1970-01-01', GWP_AR5);
/** The same fuel data under AR6: equal to three digits. Here for comparison; not in force. */
export const IPCC_2006_AR6 = ipcc2006('ipcc-2006-ar6', '1970-01-01', GWP_AR6);

/** The sets in force, ascending by `from`. A new set gets a new version and a new date; an old one never changes. */
export const FACTOR_SETS: readonly FactorSet[] = [IPCC_2006_AR5];

/** With an organisation's own sets: from the day one begins it is in force in place of the one before. Ascending. */
export function factorSetsWith(own: readonly OwnFactors[] = []): readonly FactorSet[] {
  const sets = own.map((set): FactorSet => ({ ...set, gwp: GWP_BY_NAME[set.gwp] }));
  return [...FACTOR_SETS, ...sets].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}

/** The first local date on which two lists have emissions counted differently; undefined when there is none. */
export function firstDateOfOtherFactors(
  before: readonly FactorSet[],
  after: readonly FactorSet[],
): string | undefined {
  const begins = [...new Set([...before, ...after].map(({ from }) => from))].sort();
  const onDate = (date: string, sets: readonly FactorSet[]) => JSON.stringify(factorSetOn(date, sets));
  return begins.find((date) => onDate(date, before) !== onDate(date, after));
}

/** The set in force on a local date: the newest that had begun. */
export function factorSetOn(date: string, sets: readonly FactorSet[] = FACTOR_SETS): FactorSet {
  const begun = sets.filter((set) => set.from <= date);
  const set = begun.at(-1) ?? sets[0];
  if (set === undefined) throw new RangeError('There must be at least one factor set.');
  return set;
}

/** Inclusive local dates that one set is in force on. */
export interface FactorSpan {
  readonly set: FactorSet;
  readonly from: string;
  readonly to: string;
}

/** The inclusive period cut where another set begins; ascending, one span as a rule. */
export function factorSpans(
  { from, to }: { readonly from: string; readonly to: string },
  sets: readonly FactorSet[] = FACTOR_SETS,
): FactorSpan[] {
  const begins = sets.map((set) => set.from).filter((date) => date > from && date <= to);
  const firsts = [from, ...new Set(begins)];
  return firsts.map((first, i) => {
    const next = firsts[i + 1];
    return { set: factorSetOn(first, sets), from: first, to: next === undefined ? to : addDays(next, -1) };
  });
}

/** kg CO₂e of diesel burnt. Scope 1. */
export function dieselKgCo2e(litres: number, set: FactorSet): number {
  return litres * set.dieselKgCo2ePerL;
}

/** Load points of the default curves, fractions of rated prime power. */
const LOADS = [0.25, 0.5, 0.75, 1] as const;
/**
 * Default specific consumption in L/kWh at 25, 50, 75 and 100 % load, typical of diesel sets of that size.
 * Used only where a set's fuel is not metered, and every litre so found is marked estimated.
 */
const CURVES = [
  { ratedW: 20_000, litresPerKWh: [0.46, 0.34, 0.33, 0.31] },
  { ratedW: 100_000, litresPerKWh: [0.39, 0.31, 0.29, 0.28] },
  { ratedW: 500_000, litresPerKWh: [0.33, 0.28, 0.27, 0.27] },
] as const;

/** A set nobody has rated is taken for one of 100 kW at 75 % load. */
const UNRATED_W = 100_000;
const UNRATED_LOAD = 0.75;

/** Straight line between the points of an ascending scale; the end values beyond its ends. */
function interpolate(scale: readonly number[], values: readonly number[], x: number): number {
  const last = scale.length - 1;
  const above = scale.findIndex((point) => point >= x);
  if (above === 0) return values[0] ?? Number.NaN;
  if (above === -1) return values[last] ?? Number.NaN;
  const [x0 = 0, x1 = 1] = scale.slice(above - 1, above + 1);
  const [y0 = 0, y1 = 0] = values.slice(above - 1, above + 1);
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

/**
 * Default specific fuel consumption, L/kWh, of a set of `ratedW` at `meanPowerW`: straight lines between
 * the curves in both directions, the nearest curve or load point beyond them.
 */
export function defaultLitresPerKWh({
  ratedW,
  meanPowerW,
}: {
  ratedW?: number | undefined;
  meanPowerW: number;
}): number {
  const rated = ratedW !== undefined && ratedW > 0 ? ratedW : undefined;
  const load = rated === undefined ? UNRATED_LOAD : meanPowerW / rated;
  const atLoad = CURVES.map((curve) => interpolate(LOADS, curve.litresPerKWh, load));
  return interpolate(
    CURVES.map((curve) => curve.ratedW),
    atLoad,
    rated ?? UNRATED_W,
  );
}
