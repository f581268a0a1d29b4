/** How well a day was covered, in the grades that strips draw and tables count. */
import { COVERAGE_THRESHOLDS } from '#lib/energy/coverage.ts';

/** `out`: nothing was in service */
export type CoverageGrade = 'whole' | 'most' | 'little' | 'none' | 'out';

/** A camp's days; the query's answer has this shape. */
export interface CampCoverageView {
  readonly camp: string;
  readonly name: string;
  readonly coverage: number | null;
  /** 0..1 a day, the oldest first; null where nothing was in service */
  readonly days: readonly (number | null)[];
}

export function coverageGrade(day: number | null): CoverageGrade {
  if (day === null) return 'out';
  if (day === 0) return 'none';
  if (day >= COVERAGE_THRESHOLDS.reportable) return 'whole';
  return day >= COVERAGE_THRESHOLDS.provisional ? 'most' : 'little';
}

export function countGrades(days: readonly (number | null)[]): Readonly<Record<CoverageGrade, number>> {
  const counts = { whole: 0, most: 0, little: 0, none: 0, out: 0 };
  for (const day of days) counts[coverageGrade(day)] += 1;
  return counts;
}
