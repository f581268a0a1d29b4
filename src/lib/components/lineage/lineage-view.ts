/** Where a figure comes from, as the lineage page shows it; the query's answer has this shape. */
import type { CorrectionEffect } from '#lib/energy/correction.ts';
import type { ShareStatus } from '#lib/energy/coverage.ts';
import type { Ownership, Source } from '#lib/energy/source.ts';
import type { QualityView } from '#lib/components/figures/summary.ts';

export type LineageFigure = 'renewableShare' | 'dieselShare' | 'electricity' | 'fuel' | 'ghg' | 'coverage';

export interface TermView {
  readonly name: string;
  readonly value: number;
  readonly unit: 'Wh' | 'L' | 'kg/L' | 'Ws';
  /** version of the emission factors, where the period has several */
  readonly factorSet?: string;
}

/** A figure with its formula, and the factors in it. */
export interface FormulaView {
  readonly figure: LineageFigure;
  readonly value: number | null;
  readonly status: ShareStatus;
  readonly formula: { readonly terms: readonly TermView[] };
  /** by camp slug, of camps with a grid meter */
  readonly factors: { readonly gridRenewableFractions: Readonly<Record<string, number>> };
  /** used for the period, by the local date each begins */
  readonly factorSets: readonly {
    readonly version: string;
    readonly from: string;
    readonly source: string;
    readonly gwp: string;
  }[];
  readonly links: { readonly methodology: string };
}

export interface LineageCorrectionView {
  readonly id: number;
  readonly name: string;
  /** RFC 3339, half-open */
  readonly from: string;
  readonly to: string;
  readonly effect: CorrectionEffect;
  readonly author: string;
  readonly reason: string;
  readonly madeAt: string;
}

/** What a meter or a camp gave to a figure. */
export interface LineagePart {
  readonly energyWh: number;
  readonly quality: QualityView;
  readonly implausibleWh: number;
  readonly fuelL: number;
  readonly estimatedFuelL: number;
  readonly coverage: number | null;
}

export interface LineageCampView extends LineagePart {
  readonly camp: string;
  readonly name: string;
}

export interface LineageMeterView extends LineagePart {
  readonly camp: string;
  readonly meter: string;
  readonly name: string;
  readonly source: Source;
  readonly ownership: Ownership;
  /** address of raw readings */
  readonly readings: string;
}

/** What a figure is made of: meters, or camps in their place, or neither where both are too many. */
export interface BreakdownView {
  readonly mission: string;
  readonly period: { readonly from: string; readonly to: string };
  readonly figure: LineageFigure;
  readonly meters: readonly LineageMeterView[] | null;
  readonly camps: readonly LineageCampView[] | null;
  /** Wh */
  readonly check: { readonly metersWh: number; readonly ledgerWh: number } | null;
}
