/** The address of the page that takes a figure apart: of a mission or one camp of it, over a period. */
import type { LineageFigure } from '#lib/components/lineage/lineage-view.ts';

export interface LineageScope {
  readonly mission: string;
  /** null or absent: all camps of the mission */
  readonly camp?: string | null;
  /** local dates, both inclusive */
  readonly period: { readonly from: string; readonly to: string };
}

export function lineageHref({ mission, camp = null, period }: LineageScope, figure: LineageFigure): string {
  const place = camp === null ? mission : `${mission}&camp=${camp}`;
  return `/lineage?mission=${place}&from=${period.from}&to=${period.to}&figure=${figure}`;
}
