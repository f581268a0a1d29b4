/** The axes of the energy chart: time below, energy on the left, share 0..100 % on the right. Pure. */
import type { ChartOptions } from 'chart.js';
import type { ChartTheme } from './palette.ts';

type Scales = NonNullable<ChartOptions<'bar' | 'line'>['scales']>;

export interface EnergyAxesInput {
  readonly texts: { readonly energyAxis: string; readonly shareAxis: string };
  readonly theme: ChartTheme;
  readonly formatAxis: (units: number) => string;
  readonly formatShare: (share: number) => string;
}

export function energyAxes(input: EnergyAxesInput): Scales {
  const { theme, texts, formatAxis, formatShare } = input;
  const title = (text: string) => ({ display: true, text, color: theme.muted, font: { size: 12 } });
  return {
    x: {
      type: 'category',
      stacked: true,
      grid: { display: false },
      border: { color: theme.line },
      ticks: { color: theme.muted, maxRotation: 0, autoSkipPadding: 16 },
    },
    energy: {
      type: 'linear',
      stacked: true,
      position: 'left',
      beginAtZero: true,
      grid: { color: theme.line },
      border: { display: false },
      ticks: { color: theme.muted, maxTicksLimit: 6, callback: (value) => formatAxis(Number(value)) },
      title: title(texts.energyAxis),
    },
    share: {
      type: 'linear',
      position: 'right',
      min: 0,
      max: 1,
      // One grid is enough; the second axis borrows the first one's lines.
      grid: { drawOnChartArea: false },
      border: { display: false },
      ticks: { color: theme.muted, stepSize: 0.25, callback: (value) => formatShare(Number(value)) },
      title: title(texts.shareAxis),
    },
  };
}
