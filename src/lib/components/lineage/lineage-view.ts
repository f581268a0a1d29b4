/** Where a figure comes from, as the lineage page shows it; the query's answer has this shape. */
import type { CorrectionEffect } from '#lib/energy/correction.ts';
import type { Ownership, Source } from '#lib/energy/source.ts';
import type { QualityView } from '#lib/components/figures/summary.ts';

export type LineageFigure = 'renewableShare' | 'dieselShare' | 'electricity' | 'fuel' | 'ghg' | 'coverage';

export interface TermView {
  readonly name: string;
  readonly value: number;
  readonly unit: 'Wh' | 'L' | 'kg/L' | 'Ws';
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

export interface LineageMeterView {
  readonly camp: string;
  readonly meter: string;
  readonly name: string;
  readonly source: Source;
  readonly ownership: Ownership;
  readonly energyWh: number;
  readonly quality: QualityView;
  readonly implausibleWh: number;
  readonly fuelL: number;
  readonly estimatedFuelL: number;
  readonly coverage: number | null;
  /** address of raw readings */
  readonly readings: string;
}
