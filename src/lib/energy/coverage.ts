/**
 * Coverage: how much of what should have been metered was. Covered seconds ÷ expected seconds of every
 * supply meter in service, each weighted by its rated power. What is expected comes from the registry
 * alone, so a mission that is wholly silent has a coverage of 0, not none.
 */
import type { InstantRange } from './calendar.ts';

export interface CoverageThresholds {
  /** 0..1; at or above: reportable */
  readonly reportable: number;
  /** 0..1; at or above, and below `reportable`: provisional. Below: shown, but withheld from ranking */
  readonly provisional: number;
}

/** No published standard for field camps was found: these are this project's own, and settings for that reason. */
export const COVERAGE_THRESHOLDS: CoverageThresholds = { reportable: 0.95, provisional: 0.8 };

/** Weight in W of a meter without a rating: a mid-sized camp genset, so that its silence shows. */
export const UNRATED_WEIGHT_W = 100_000;

/**
 * What a meter counts for in coverage: its rated power, or {@link UNRATED_WEIGHT_W} where nobody rated it.
 * The latter is fixed, not taken from the meters beside it, so that rating one never changes another's.
 */
export function coverageWeightW(ratedW: number | undefined): number {
  return ratedW !== undefined && ratedW > 0 ? ratedW : UNRATED_WEIGHT_W;
}

export type ShareStatus = 'reportable' | 'provisional' | 'withheld' | 'no-data';

/** A meter that ought to speak: when it is in service (unbounded where open), and how much it weighs. */
export interface ExpectedMeter {
  readonly service: InstantRange;
  readonly ratedW?: number | undefined;
}

/** Σ seconds in service within `range` and before `now` × rated watts: the denominator of coverage, W·s. */
export function expectedWs(meters: Iterable<ExpectedMeter>, range: InstantRange, now: number): number {
  let sum = 0;
  for (const { service, ratedW } of meters) {
    const from = Math.max(range.from, service.from);
    const to = Math.min(range.to, service.to, now);
    if (to > from) sum += ((to - from) / 1000) * coverageWeightW(ratedW);
  }
  return sum;
}

/** 0..1, or null when nothing is expected. Never above 1: a reading that came a moment early adds no certainty. */
export function coverageOf({
  coveredWs,
  expectedWs,
}: {
  coveredWs: number;
  expectedWs: number;
}): number | null {
  return expectedWs > 0 ? Math.min(1, coveredWs / expectedWs) : null;
}

/** What a share may be used for. Without a share there are no data; a share that nothing vouches for is withheld. */
export function shareStatus(
  { share, coverage }: { share: number | null; coverage: number | null },
  thresholds: CoverageThresholds = COVERAGE_THRESHOLDS,
): ShareStatus {
  if (share === null) return 'no-data';
  if (coverage === null || coverage < thresholds.provisional) return 'withheld';
  return coverage < thresholds.reportable ? 'provisional' : 'reportable';
}
