/**
 * The energy chart on the canvas that the server left for it. What is drawn stands beside the canvas as data, in the
 * reader's words already; here it only gets the formats of its numbers and the theme's colours.
 */
import { energyUnitFor, formatEnergy, formatNumber, formatShare, whPer } from '../format/number.ts';
import { energyChart, type EnergyChartTexts, type EnergyColumn } from './energy-chart.ts';
import { hatchPattern } from './hatch.ts';
import { mountChart } from './mount-chart.ts';

export interface EnergyChartView {
  readonly locale: string;
  readonly columns: readonly EnergyColumn[];
  readonly texts: EnergyChartTexts;
  /** the column of each numbered fact, in their order; -1 for one outside of the chart */
  readonly marks: readonly number[];
}

/** The unit of the left axis: the one in which the largest column reads best. */
export function energyAxisUnit(columns: readonly EnergyColumn[]) {
  const totals = columns.map(({ energyWh }) =>
    Object.values(energyWh ?? {}).reduce((sum, wh) => sum + wh, 0),
  );
  return energyUnitFor(Math.max(0, ...totals));
}

function draw(canvas: HTMLCanvasElement): void {
  const { columns, texts, marks, locale } = JSON.parse(
    canvas.dataset['energyChart'] ?? '',
  ) as EnergyChartView;
  const attach = mountChart(
    (theme) =>
      energyChart({
        columns,
        texts,
        marks,
        theme,
        hatch: hatchPattern(theme.ink),
        whPerUnit: whPer(energyAxisUnit(columns)),
        formatEnergy: (energyWh) => formatEnergy(energyWh, locale),
        formatAxis: (units) => formatNumber(units, locale, Number.isInteger(units) ? 0 : 1),
        formatShare: (share) => formatShare(share, locale, Number.isInteger(share * 100) ? 0 : 1),
      }),
    {
      onFailure: () => {
        const frame = canvas.closest<HTMLElement>('[data-chart-frame]');
        frame?.setAttribute('hidden', '');
        frame?.nextElementSibling?.removeAttribute('hidden');
      },
    },
  );
  attach(canvas);
}

/** Draws every energy chart of the page. */
export function energyCanvas(root: Document): void {
  for (const canvas of root.querySelectorAll<HTMLCanvasElement>('canvas[data-energy-chart]')) draw(canvas);
}
