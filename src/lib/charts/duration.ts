/** Load duration as SVG paths in a box of its own units, for the server to draw. Pure. */
import type { DurationPoint } from '../energy/load-duration.ts';
import { niceTicks } from './trace.ts';

export interface DurationShape {
  /** closed areas under the curves */
  readonly demand: string;
  readonly diesel: string;
  /** the upper edge of the demand alone */
  readonly edge: string;
  readonly ticks: readonly { readonly powerW: number; readonly y: number }[];
}

export function durationShape(
  points: readonly DurationPoint[],
  { width, height }: { width: number; height: number },
): DurationShape {
  const ticks = niceTicks(0, Math.max(...points.map(({ demandW, dieselW }) => Math.max(demandW, dieselW))));
  const topW = ticks.at(-1) ?? 1;
  const round = (value: number): string => String(Math.round(value * 10) / 10);
  const y = (powerW: number): number => height * (1 - Math.max(0, powerW) / topW);
  const line = (pick: (point: DurationPoint) => number): string =>
    points
      .map((point, i) => `${i === 0 ? 'M' : 'L'}${round(point.time * width)} ${round(y(pick(point)))}`)
      .join('');
  const area = (pick: (point: DurationPoint) => number): string =>
    `${line(pick)}L${round(width)} ${round(height)}L0 ${round(height)}Z`;
  return {
    demand: area(({ demandW }) => demandW),
    diesel: area(({ dieselW }) => dieselW),
    edge: line(({ demandW }) => demandW),
    ticks: ticks.map((powerW) => ({ powerW, y: Math.round(y(powerW) * 10) / 10 })),
  };
}
