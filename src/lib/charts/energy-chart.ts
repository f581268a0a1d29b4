/**
 * A mission's energy over time → a Chart.js configuration: sources stacked, the renewable share and its target
 * path as lines on an axis of their own. Pure: theme, texts and formats are arguments, so that a test reads the
 * result without a canvas. A bucket nobody measured has no bar and no share; it never stands at zero.
 */
import type { ChartConfiguration, ChartDataset, TooltipItem } from 'chart.js';
import { factMarks } from './fact-marks.ts';
import { energyAxes } from './energy-axes.ts';
import { SOURCE_COLOURS, STACK_ORDER, type ChartTheme } from './palette.ts';

type SourceWh = Readonly<Record<(typeof STACK_ORDER)[number], number>>;

/** One column of the chart. */
export interface EnergyColumn {
  readonly label: string;
  /** Wh by source; null where nothing was heard */
  readonly energyWh: SourceWh | null;
  /** the part of the column that was recovered or estimated, Wh */
  readonly uncertainWh: number;
  /** 0..1 */
  readonly renewableShare: number | null;
  readonly pathShare: number | null;
}

export interface EnergyChartTexts {
  readonly sources: Readonly<Record<(typeof STACK_ORDER)[number], string>>;
  readonly uncertain: string;
  readonly renewableShare: string;
  readonly targetPath: string;
  readonly energyAxis: string;
  readonly shareAxis: string;
}

export interface EnergyChartInput {
  readonly columns: readonly EnergyColumn[];
  readonly texts: EnergyChartTexts;
  /** the column of each numbered fact, in their order; -1 for one outside of the chart */
  readonly marks?: readonly number[];
  readonly theme: ChartTheme;
  /** Wh in one unit of the left axis */
  readonly whPerUnit: number;
  readonly formatEnergy: (energyWh: number) => string;
  readonly formatAxis: (units: number) => string;
  readonly formatShare: (share: number) => string;
  /** what fills the recovered and estimated part; a canvas pattern in the browser */
  readonly hatch: CanvasPattern | string;
}

type Mixed = 'bar' | 'line';
export type EnergyChartConfiguration = ChartConfiguration<
  Mixed,
  (number | [number, number] | null)[],
  string
>;
type Dataset = ChartDataset<Mixed, (number | [number, number] | null)[]>;

export function energyChart(input: EnergyChartInput): EnergyChartConfiguration {
  const { columns, theme } = input;
  return {
    type: 'bar',
    data: {
      labels: columns.map(({ label }) => label),
      datasets: [...shareLines(input), uncertainBars(input), ...sourceBars(input)],
    },
    plugins: [factMarks(input.marks ?? [], theme)],
    options: {
      responsive: true,
      maintainAspectRatio: false,
      // An instrument shows its value; it does not perform. This also serves readers who asked for no motion.
      animation: false,
      interaction: { mode: 'index', intersect: false },
      font: { family: 'system-ui, sans-serif' },
      scales: energyAxes(input),
      plugins: {
        // The legend is HTML beside the chart: it can be read, translated, printed and enlarged.
        legend: { display: false },
        tooltip: {
          backgroundColor: theme.ink,
          titleColor: theme.surface,
          bodyColor: theme.surface,
          padding: 12,
          itemSort: (a, b) => b.datasetIndex - a.datasetIndex,
          filter: (item) => item.raw !== null && item.dataset.label !== undefined,
          callbacks: { label: (item) => tooltipLine(item, input) },
        },
      },
    },
  };
}

/** Sources that gave nothing in the whole period take no place in the stack. */
function sourceBars({ columns, texts, theme, whPerUnit }: EnergyChartInput): Dataset[] {
  return STACK_ORDER.filter((source) => columns.some(({ energyWh }) => (energyWh?.[source] ?? 0) > 0)).map(
    (source) => ({
      type: 'bar',
      label: texts.sources[source],
      data: columns.map(({ energyWh }) => (energyWh === null ? null : energyWh[source] / whPerUnit)),
      backgroundColor: SOURCE_COLOURS[source],
      // A hairline in the page's colour tells neighbours apart without relying on hue.
      borderColor: source === 'diesel' ? theme.dieselEdge : theme.surface,
      borderWidth: source === 'diesel' ? 1 : 0.5,
      borderSkipped: false,
      stack: 'energy',
      yAxisID: 'energy',
      categoryPercentage: 0.86,
      barPercentage: 1,
      order: 2,
    }),
  );
}

/** Laid over the foot of the column: how much of it is not measured, which says nothing about the source. */
function uncertainBars({ columns, texts, theme, whPerUnit, hatch }: EnergyChartInput): Dataset {
  return {
    type: 'bar',
    label: texts.uncertain,
    data: columns.map(({ energyWh, uncertainWh }) =>
      energyWh === null || uncertainWh <= 0 ? null : [0, uncertainWh / whPerUnit],
    ),
    backgroundColor: hatch,
    borderColor: theme.ink,
    borderWidth: { top: 1, right: 0, bottom: 0, left: 0 },
    borderSkipped: false,
    stack: 'uncertain',
    grouped: false,
    yAxisID: 'energy',
    categoryPercentage: 0.86,
    barPercentage: 1,
    order: 1,
  };
}

/** Each line lies on a wider one in the page's colour, so that it is seen on every source's bars. */
function shareLines({ columns, texts, theme }: EnergyChartInput): Dataset[] {
  const line = { type: 'line', yAxisID: 'share', spanGaps: false, tension: 0, pointRadius: 0 } as const;
  const share = columns.map(({ renewableShare }) => renewableShare);
  const path = columns.map(({ pathShare }) => pathShare);
  const halo = { ...line, order: 0.5, borderColor: theme.surface, borderWidth: 5 };
  return [
    {
      ...line,
      label: texts.renewableShare,
      data: share,
      order: 0,
      borderColor: theme.accent,
      backgroundColor: theme.accent,
      borderWidth: 2.5,
      pointRadius: columns.length > 45 ? 0 : 2.5,
    },
    {
      ...line,
      label: texts.targetPath,
      data: path,
      order: 0,
      borderColor: theme.ink,
      backgroundColor: theme.ink,
      borderWidth: 1.5,
      borderDash: [6, 4],
    },
    { ...halo, data: share },
    { ...halo, data: path, borderWidth: 3.5 },
  ];
}

function tooltipLine(
  item: TooltipItem<Mixed>,
  { formatEnergy, formatShare, whPerUnit }: EnergyChartInput,
): string {
  const raw: unknown = item.raw;
  // A floating bar carries its two ends.
  const value = Array.isArray(raw) ? Number(raw[1]) - Number(raw[0]) : Number(raw);
  const isShare = item.dataset.yAxisID === 'share';
  return `${item.dataset.label ?? ''}: ${isShare ? formatShare(value) : formatEnergy(value * whPerUnit)}`;
}
