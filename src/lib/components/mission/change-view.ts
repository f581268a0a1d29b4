/** What changed a share between two periods, as the waterfall shows it; the query's answer has this shape. */
import type { ShareStatus } from '#lib/energy/coverage.ts';
import type { ChangePart } from '#lib/energy/what-changed.ts';

export interface ChangeViewSide {
  readonly period: { readonly from: string; readonly to: string };
  readonly renewableShare: number | null;
  readonly status: ShareStatus;
  readonly meanPowerW: number | null;
  readonly servedDays: number;
}

export interface ChangeView {
  readonly against: 'before' | 'year';
  readonly before: ChangeViewSide;
  readonly now: ChangeViewSide;
  readonly parts: readonly ChangePart[] | null;
}
