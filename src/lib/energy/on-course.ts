/**
 * Is a mission on course for its next target? The share of the trailing twelve months, which the seasons
 * do not move, and the least-squares line through its values of the last 24 months, carried on to the end
 * of the target's year. The gap is told in percentage points, in renewable Wh a year at today's
 * consumption, and in watts of solar that would yield them.
 *
 * The line is drawn through trailing-twelve-month shares, not through monthly ones: over 24 months a
 * seasonal swing of ±10 points would bend a line through monthly shares by up to 5 points a year.
 */
import { addMonths, monthsBetween } from './calendar.ts';
import type { ShareTarget } from './targets.ts';

const YEAR_MONTHS = 12;
export const TREND_MONTHS = 24;
/** Fewer trailing-twelve-month values than this (17 months of data) say too little about years to come. */
export const MIN_TREND_POINTS = 6;
/** kWh a year of a kilowatt-peak, so also Wh of a watt: for missions with no year of solar of their own. */
export const DEFAULT_SPECIFIC_YIELD = 1400;

export interface MonthlyEnergy {
  /** `YYYY-MM` */
  readonly month: string;
  readonly renewableWh: number;
  /** energy consumed: the denominator of the share */
  readonly totalWh: number;
}

export interface OnCourseInput {
  /** any order; months without energy may be absent */
  readonly months: readonly MonthlyEnergy[];
  /** the last complete month */
  readonly lastMonth: string;
  /** ascending by year */
  readonly targets: readonly ShareTarget[];
  /** kWh a year per kWp the mission's own plant gave over the trailing twelve months; null when it has no year of it */
  readonly ownSpecificYield: number | null;
  /** the mission is closed, and `lastMonth` its last whole month: its figures stand, and nothing is carried on */
  readonly isClosed?: boolean;
}

export interface OnCourse {
  readonly trailingShare: number | null;
  /** months with energy among the twelve */
  readonly trailingMonths: number;
  /** null with fewer than {@link MIN_TREND_POINTS} trailing-twelve-month values */
  readonly trendPpPerYear: number | null;
  readonly target: ShareTarget | null;
  /** 0..1 at the end of the target's year if the trend holds; null without one */
  readonly projectedShare: number | null;
  readonly verdict: 'on-course' | 'off-course' | 'unknown';
  /** the projection, or without one today's share, against the target: negative when it falls short */
  readonly gapPp: number | null;
  /** renewable Wh a year that are missing at today's consumption; 0 when none are */
  readonly missingWhPerYear: number | null;
  readonly missingSolarW: number | null;
  readonly specificYield: { readonly kWhPerKWp: number; readonly isOwn: boolean };
}

interface Trailing {
  readonly share: number;
  readonly totalWh: number;
  readonly months: number;
}

function trailingYear(byMonth: ReadonlyMap<string, MonthlyEnergy>, last: string): Trailing | null {
  let renewable = 0;
  let total = 0;
  let months = 0;
  for (const month of monthsBetween(addMonths(last, 1 - YEAR_MONTHS), last)) {
    const energy = byMonth.get(month);
    if (energy === undefined || energy.totalWh <= 0) continue;
    renewable += energy.renewableWh;
    total += energy.totalWh;
    months += 1;
  }
  return months === 0 ? null : { share: renewable / total, totalWh: total, months };
}

/** Ordinary least squares. Null with fewer than two different x. */
export function leastSquares(
  points: readonly (readonly [x: number, y: number])[],
): { slope: number; at(x: number): number } | null {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const sxx = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (!(sxx > 0)) return null;
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / sxx;
  return { slope, at: (x) => meanY + slope * (x - meanX) };
}

/** Trailing-twelve-month shares of the last 24 month ends; x in months, 0 at the last. Only windows with all twelve months. */
function trendOf(
  byMonth: ReadonlyMap<string, MonthlyEnergy>,
  lastMonth: string,
): ReturnType<typeof leastSquares> {
  const points: [number, number][] = [];
  for (let x = 1 - TREND_MONTHS; x <= 0; x += 1) {
    const window = trailingYear(byMonth, addMonths(lastMonth, x));
    if (window?.months === YEAR_MONTHS) points.push([x, window.share]);
  }
  return points.length < MIN_TREND_POINTS ? null : leastSquares(points);
}

function monthsUntilEndOf(year: number, lastMonth: string): number {
  return (year - Number(lastMonth.slice(0, 4))) * 12 + 12 - Number(lastMonth.slice(5, 7));
}

/**
 * Judges by the trend where there is one, by today's share where there is none; `unknown` without share or target,
 * and for a closed mission, which has no course any more.
 */
export function assessCourse(input: OnCourseInput): OnCourse {
  const { months, lastMonth, ownSpecificYield, isClosed = false } = input;
  const targets = isClosed ? [] : input.targets;
  const byMonth = new Map(months.map((energy) => [energy.month, energy]));
  const trailing = trailingYear(byMonth, lastMonth);
  const trend = trailing === null ? null : trendOf(byMonth, lastMonth);
  const year = Number(addMonths(lastMonth, 1).slice(0, 4));
  const target = targets.find((candidate) => candidate.year >= year) ?? targets.at(-1) ?? null;

  const projectedShare =
    trend === null || target === null
      ? null
      : Math.min(1, Math.max(0, trend.at(Math.max(0, monthsUntilEndOf(target.year, lastMonth)))));
  const judged = projectedShare ?? trailing?.share ?? null;
  const gap = judged === null || target === null ? null : judged - target.renewableShare;
  const yearWh = trailing === null ? null : (trailing.totalWh * YEAR_MONTHS) / trailing.months;
  const missingWhPerYear = gap === null || yearWh === null ? null : Math.max(0, -gap) * yearWh;
  const kWhPerKWp = ownSpecificYield ?? DEFAULT_SPECIFIC_YIELD;
  return {
    trailingShare: trailing?.share ?? null,
    trailingMonths: trailing?.months ?? 0,
    trendPpPerYear: trend === null ? null : trend.slope * YEAR_MONTHS * 100,
    target,
    projectedShare,
    verdict: gap === null ? 'unknown' : gap >= 0 ? 'on-course' : 'off-course',
    gapPp: gap === null ? null : gap * 100,
    missingWhPerYear,
    missingSolarW: missingWhPerYear === null ? null : missingWhPerYear / kWhPerKWp,
    specificYield: { kWhPerKWp, isOwn: ownSpecificYield !== null },
  };
}
