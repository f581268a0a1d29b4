/**
 * A figure as a formula over named sums: the very sums that the ledger holds, so that whoever puts the terms into the
 * formula gets the figure. Formulas are plain arithmetic (`min` is the smaller of two); a share has no value
 * where nothing divides it.
 */
import { totalWh, type EnergySums } from '../../energy/share.ts';
import type { FuelUnderSet } from './emissions.ts';

export const LINEAGE_FIGURES = [
  'renewableShare',
  'dieselShare',
  'electricity',
  'fuel',
  'ghg',
  'coverage',
] as const;
export type LineageFigure = (typeof LINEAGE_FIGURES)[number];

/** Where several factor sets were in force in the period, each has its own three terms, numbered from 1. */
type SetTermName = `${'fuelL' | 'estimatedFuelL' | 'kgCo2ePerL'}${number}`;

type SumName =
  | 'solarWh'
  | 'windWh'
  | 'hydroWh'
  | 'dieselWh'
  | 'gridWh'
  | 'gridRenewableWh'
  | 'exportedWh'
  | 'renewableExportedWh'
  | 'dieselExportedWh'
  | 'fuelL'
  | 'estimatedFuelL'
  | 'kgCo2ePerL'
  | 'coveredWs'
  | 'expectedWs';

export type TermName = SumName | SetTermName;

export interface LineageTerm {
  readonly name: TermName;
  readonly value: number;
  readonly unit: 'Wh' | 'L' | 'kg/L' | 'Ws';
  /** version of the emission factors of a numbered term */
  readonly factorSet?: string;
}

export interface LineageFormula {
  /** arithmetic over the names of `terms` */
  readonly text: string;
  readonly unit: 'share' | 'Wh' | 'L' | 'kg';
  readonly terms: readonly LineageTerm[];
}

/** All that a formula may take its terms from. */
export interface FormulaInput {
  readonly sums: EnergySums;
  /** by factor set, at least one */
  readonly fuel: readonly FuelUnderSet[];
  readonly expectedWs: number;
}

const TOTAL = 'solarWh + windWh + hydroWh + dieselWh + gridWh - exportedWh';
const TOTAL_TERMS = ['solarWh', 'windWh', 'hydroWh', 'dieselWh', 'gridWh', 'exportedWh'] as const;

interface Shape {
  readonly text: string;
  readonly unit: LineageFormula['unit'];
  readonly terms: readonly SumName[];
}

const SHAPES: Readonly<Record<LineageFigure, Shape>> = {
  renewableShare: {
    text: `(solarWh + windWh + hydroWh - renewableExportedWh + gridRenewableWh) / (${TOTAL})`,
    unit: 'share',
    terms: [...TOTAL_TERMS, 'renewableExportedWh', 'gridRenewableWh'],
  },
  dieselShare: {
    text: `(dieselWh - dieselExportedWh) / (${TOTAL})`,
    unit: 'share',
    terms: [...TOTAL_TERMS, 'dieselExportedWh'],
  },
  electricity: { text: TOTAL, unit: 'Wh', terms: TOTAL_TERMS },
  fuel: { text: 'fuelL + estimatedFuelL', unit: 'L', terms: ['fuelL', 'estimatedFuelL'] },
  ghg: {
    text: '(fuelL + estimatedFuelL) * kgCo2ePerL',
    unit: 'kg',
    terms: ['fuelL', 'estimatedFuelL', 'kgCo2ePerL'],
  },
  coverage: { text: 'min(1, coveredWs / expectedWs)', unit: 'share', terms: ['coveredWs', 'expectedWs'] },
};

function termOf(name: SumName, { sums, fuel, expectedWs }: FormulaInput): LineageTerm {
  const wh = (value: number): LineageTerm => ({ name, value, unit: 'Wh' });
  switch (name) {
    case 'renewableExportedWh':
      return wh(sums.solarWh + sums.windWh + sums.hydroWh - sums.onSiteRenewableWh);
    case 'fuelL':
      return { name, value: sums.fuelMl / 1000, unit: 'L' };
    case 'estimatedFuelL':
      return { name, value: sums.estimatedFuelMl / 1000, unit: 'L' };
    case 'kgCo2ePerL':
      return { name, value: fuel[0]?.set.dieselKgCo2ePerL ?? Number.NaN, unit: 'kg/L' };
    case 'coveredWs':
      return { name, value: sums.coveredWs, unit: 'Ws' };
    case 'expectedWs':
      return { name, value: expectedWs, unit: 'Ws' };
    default:
      return wh(sums[name]);
  }
}

/** Each set's litres × its own factor, summed. */
function ghgUnderSets(fuel: readonly FuelUnderSet[]): LineageFormula {
  const parts = fuel.map((_, i) => `(fuelL${i + 1} + estimatedFuelL${i + 1}) * kgCo2ePerL${i + 1}`);
  const terms = fuel.flatMap(({ set, fuelL, estimatedFuelL }, i): LineageTerm[] => [
    { name: `fuelL${i + 1}`, value: fuelL, unit: 'L', factorSet: set.version },
    { name: `estimatedFuelL${i + 1}`, value: estimatedFuelL, unit: 'L', factorSet: set.version },
    { name: `kgCo2ePerL${i + 1}`, value: set.dieselKgCo2ePerL, unit: 'kg/L', factorSet: set.version },
  ]);
  return { text: parts.join(' + '), unit: 'kg', terms };
}

export function formulaOf(figure: LineageFigure, input: FormulaInput): LineageFormula {
  if (figure === 'ghg' && input.fuel.length > 1) return ghgUnderSets(input.fuel);
  const { text, unit, terms } = SHAPES[figure];
  return { text, unit, terms: terms.map((name) => termOf(name, input)) };
}

/** What the supply's meters gave before anything left through the grid. */
export function grossWh(sums: EnergySums): number {
  return totalWh(sums) + sums.exportedWh;
}
