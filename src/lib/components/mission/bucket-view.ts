/** One bucket of a mission's energy, as the chart and its table show it. */
import type { ElectricityView, QualityView } from '#lib/components/figures/summary.ts';

export type StepView = 'hour' | 'day' | 'week' | 'month';

export interface BucketView {
  /** RFC 3339 with the mission's offset */
  readonly start: string;
  readonly electricityWh: ElectricityView;
  readonly renewableShare: number | null;
  readonly dieselShare: number | null;
  readonly pathShare: number | null;
  readonly fuelL: number;
  readonly estimatedFuelL: number;
  readonly coverage: number | null;
  readonly quality: QualityView;
}

/** The step in the words of `format`. */
export const FORMAT_STEP = { hour: '1h', day: '1d', week: '1w', month: '1mo' } as const;

/** Whether anything was heard of the bucket: without energy there is no share, and no zero either. */
export function isKnownBucket({ renewableShare }: BucketView): boolean {
  return renewableShare !== null;
}
