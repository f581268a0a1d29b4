/**
 * The colours of the sources: the same in every chart, table and diagram, told apart by colour-blind eyes. A
 * battery is an outline only, because it makes no energy.
 */
import type { SupplySource } from '../energy/source.ts';

export const SOURCE_COLOURS: Readonly<Record<SupplySource, string>> = {
  solar: '#e6a700',
  wind: '#2a9d8f',
  hydro: '#2b6cb0',
  grid: '#7a6ff0',
  diesel: '#5b4a42',
};

/** From the axis upwards: what burns lies at the bottom, what shines on top. */
export const STACK_ORDER = [
  'diesel',
  'grid',
  'hydro',
  'wind',
  'solar',
] as const satisfies readonly SupplySource[];

/** What a chart needs of the theme; resolved colours, because a canvas knows no custom properties. */
export interface ChartTheme {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  /** the outline that keeps diesel's brown visible on a dark page */
  readonly dieselEdge: string;
}
