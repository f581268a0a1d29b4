/**
 * The buckets of a period: where each begins and ends in the mission's own calendar. Days, months and hours
 * are local, so a day has 23, 24 or 25 hours, and the last hour of a 24.5-hour day is half as long.
 */
import {
  countDays,
  dayRange,
  daysBetween,
  monthOf,
  monthPeriod,
  monthsBetween,
  periodRange,
  type InstantRange,
} from '../../energy/calendar.ts';
import type { EnergyStep, Period } from './types.ts';

const MINUTE_MS = 60_000;
/** The steps that are finer than a day, and how long they are. */
export const FINE_STEP_MS = { '15m': 15 * MINUTE_MS, '1h': 60 * MINUTE_MS } as const;

/**
 * The longest period each step may be asked for, in days: about 400 rows a series (388 quarters of four days, one of
 * 25 hours). A chart of more is not read but guessed at.
 */
export const MAX_DAYS: Readonly<Record<EnergyStep, number>> = {
  '15m': 4,
  '1h': 16,
  '1d': 400,
  '1mo': 12_000,
};

export type FineStep = keyof typeof FINE_STEP_MS;

export function isFineStep(step: EnergyStep): step is FineStep {
  return step === '15m' || step === '1h';
}

export interface Bucket extends InstantRange {
  /** the local date its last instant lies in: its year decides where the target path stands */
  readonly date: string;
  /** ledger buckets: the day or month it stands for */
  readonly key: string;
}

/** The step when nobody asks for one: days as long as there are not too many. */
export function defaultStep(period: Period): EnergyStep {
  return countDays(period) <= MAX_DAYS['1d'] ? '1d' : '1mo';
}

function monthBucket(month: string, period: Period, zone: string): Bucket {
  const whole = monthPeriod(month);
  const part = {
    from: whole.from < period.from ? period.from : whole.from,
    to: whole.to > period.to ? period.to : whole.to,
  };
  return { ...periodRange(part, zone), date: part.to, key: month };
}

function fineBuckets(date: string, stepMs: number, zone: string): Bucket[] {
  const { from, to } = dayRange(date, zone);
  return Array.from({ length: Math.ceil((to - from) / stepMs) }, (_, i) => ({
    from: from + i * stepMs,
    to: Math.min(from + (i + 1) * stepMs, to),
    date,
    key: String(from + i * stepMs),
  }));
}

/** All buckets of an inclusive period, ascending. Months at the edges are cut to the period. */
export function bucketsOf(period: Period, step: EnergyStep, zone: string): Bucket[] {
  if (step === '1mo') {
    return monthsBetween(monthOf(period.from), monthOf(period.to)).map((month) =>
      monthBucket(month, period, zone),
    );
  }
  const days = daysBetween(period);
  if (step === '1d') return days.map((date) => ({ ...dayRange(date, zone), date, key: date }));
  return days.flatMap((date) => fineBuckets(date, FINE_STEP_MS[step], zone));
}
