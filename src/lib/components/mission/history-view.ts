/** A mission or a camp over a period, as its history page shows it. */
import type { SummaryView } from '#lib/components/figures/summary.ts';
import type { CampCoverageView } from '#lib/components/meters/coverage-grades.ts';
import type { PeriodChoice } from '#lib/components/period/period-choice.ts';
import type { LoadDuration } from '#lib/energy/load-duration.ts';
import type { DatedFact } from '#lib/registry/facts.ts';
import type { BucketView, StepView } from './bucket-view.ts';
import type { ChangeView } from './change-view.ts';
import type { DayView } from './day-view.ts';

interface Dates {
  readonly from: string;
  readonly to: string;
}

export interface DurationView {
  readonly period: Dates;
  /** how many days that is */
  readonly days: number;
  /** whether the curve is of the whole period, and whether it could be */
  readonly isWhole: boolean;
  readonly canBeWhole: boolean;
  readonly curve: LoadDuration | null;
  readonly knownTime: number;
}

export interface HistoryView {
  readonly mission: string;
  /** null: all camps of the mission */
  readonly camp: string | null;
  readonly period: Dates;
  readonly zone: string;
  readonly step: StepView;
  readonly steps: readonly StepView[];
  readonly summary: SummaryView;
  /** local date */
  readonly today: string;
  /** what the registry dates and people noted in the period, ascending */
  readonly facts: readonly DatedFact[];
  readonly buckets: readonly BucketView[];
  readonly change: ChangeView;
  readonly duration: DurationView;
  /** null when the period has more than `maxDays` */
  readonly days: readonly DayView[] | null;
  /** coverage by camp and day so far; null when the period has more than `maxDays` */
  readonly known: readonly CampCoverageView[] | null;
  readonly maxDays: number;
  readonly choices: readonly PeriodChoice[];
}

/** Addresses of this page with one choice changed, and of its exports: whatever is chosen stays in them. */
export function historyLinks({ mission, camp, period, step, change, duration }: HistoryView) {
  const range = `from=${period.from}&to=${period.to}`;
  const ofCamp = camp === null ? '' : `&camp=${camp}`;
  const load = duration.isWhole && duration.canBeWhole ? '&load=all' : '';
  const page = (chosen: { step?: StepView; against?: string; load?: string }) =>
    `?${range}&step=${chosen.step ?? step}&against=${chosen.against ?? change.against}${chosen.load ?? load}`;
  const csv = (name: string, more = '') => `/missions/${mission}/${name}.csv?${range}${ofCamp}${more}`;
  return {
    // What was chosen is come back to: the page is drawn anew.
    action: (name: string) => `?/${name}&${page({}).slice(1)}`,
    camp: (slug: string) => `/missions/${mission}/${slug}`,
    step: (chosen: StepView) => `${page({ step: chosen })}#energy-heading`,
    against: {
      before: `${page({ against: 'before' })}#change-heading`,
      year: `${page({ against: 'year' })}#change-heading`,
    },
    wholeLoad: `${page({ load: '&load=all' })}#duration-heading`,
    energyCsv: csv('energy', `&step=${step}`),
    daysCsv: csv('energy', '&step=day'),
    changesCsv: csv('changes', `&against=${change.against}`),
    durationCsv: csv('duration', load),
  };
}
