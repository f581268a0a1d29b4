/** One bucket of a mission's energy, as the chart and its table show it. */
import type { ElectricityView, QualityView } from '#lib/components/figures/summary.ts';
import { addDays } from '#lib/energy/calendar.ts';

export type StepView = 'hour' | 'day' | 'week' | 'month';

export interface BucketView {
  /** RFC 3339 with the mission's offset */
  readonly start: string;
  /** the first instant after it, RFC 3339 with the mission's offset */
  readonly end: string;
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

/**
 * The local dates a bucket lies in, both inclusive: of an hour, its day. Read off the text, which carries the mission's
 * own offset; a day, week or month ends where the day after it begins.
 */
export function bucketDates({ start, end }: BucketView, step: StepView): { from: string; to: string } {
  const from = start.slice(0, 10);
  return { from, to: step === 'hour' ? from : addDays(end.slice(0, 10), -1) };
}
