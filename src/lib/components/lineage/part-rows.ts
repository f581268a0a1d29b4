/** The meters of a figure, or in their place the camps of a mission, as rows of one table. */
import { lineageHref } from '#lib/components/figures/lineage-href.ts';
import type { Source } from '#lib/energy/source.ts';
import type { LineageCampView, LineageFigure, LineageMeterView, LineagePart } from './lineage-view.ts';

export interface PartRow extends LineagePart {
  readonly key: string;
  readonly name: string;
  /** in small under the name: the camp of a meter */
  readonly place: string | null;
  /** where the name leads: the same figure of a camp alone */
  readonly href: string | null;
  readonly source: Source | null;
  /** address of raw readings */
  readonly readings: string | null;
}

export function meterPartRows(
  meters: readonly LineageMeterView[],
  campNames: Readonly<Record<string, string>>,
): PartRow[] {
  return meters.map((each) => ({
    ...each,
    key: `${each.camp}/${each.meter}`,
    place: campNames[each.camp] ?? each.camp,
    href: null,
  }));
}

export function campPartRows(
  camps: readonly LineageCampView[],
  {
    mission,
    period,
    figure,
  }: { mission: string; period: { from: string; to: string }; figure: LineageFigure },
): PartRow[] {
  return camps.map((each) => ({
    ...each,
    key: each.camp,
    place: null,
    href: lineageHref({ mission, camp: each.camp, period }, figure),
    source: null,
    readings: null,
  }));
}
