/**
 * An environment officer's question: which days of which camps are known? Coverage a local day and camp, from the day
 * ledger, so that a bad figure of the whole period can be led back to the camp and the days that made it bad.
 */
import { countDays, dayRange, daysBetween, localDateOf } from '../../energy/calendar.ts';
import { coverageOf, expectedWs } from '../../energy/coverage.ts';
import { isSupplySource } from '../../energy/source.ts';
import { missionOf } from '../../registry/lookup.ts';
import { MAX_DAYS } from './buckets.ts';
import { expectedMeters } from './expected.ts';
import type { Period, QueryContext } from './types.ts';

export interface CampCoverage {
  readonly camp: string;
  readonly name: string;
  /** 0..1 of the whole period so far; null when none of its meters was in service */
  readonly coverage: number | null;
  /** 0..1 a local day, the oldest first; null where no meter was in service */
  readonly days: readonly (number | null)[];
}

export interface CampCoverageQuery {
  readonly mission: string;
  /** undefined: all camps */
  readonly camp?: string | undefined;
  readonly period: Period;
}

/**
 * The days of the period that have begun, camp by camp in the registry's order; none of them before it began.
 * Undefined for an unknown mission or camp and for a period of more days than a page shows. @throws AppError
 */
export async function campCoverageAnswer(
  ctx: QueryContext,
  { mission: slug, camp: only, period }: CampCoverageQuery,
): Promise<readonly CampCoverage[] | undefined> {
  const mission = missionOf(ctx.registry, slug);
  if (mission === undefined || countDays(period) > MAX_DAYS['1d']) return undefined;
  const today = localDateOf(ctx.now, mission.zone);
  const elapsed = { from: period.from, to: period.to < today ? period.to : today };
  const dates = elapsed.from > elapsed.to ? [] : daysBetween(elapsed);
  const camps = Object.entries(mission.camps).filter(([camp]) => only === undefined || camp === only);
  if (camps.length === 0 && only !== undefined) return undefined;
  const entries =
    dates.length === 0
      ? []
      : await ctx.store.readLedger({
          level: 'day',
          mission: slug,
          ...elapsed,
          ...(only !== undefined && { camp: only }),
        });
  const covered = new Map<string, number>();
  for (const { camp, period: date, source, coveredWs } of entries) {
    if (!isSupplySource(source)) continue;
    const key = `${camp} ${date}`;
    covered.set(key, (covered.get(key) ?? 0) + coveredWs);
  }
  return camps.map(([slugOfCamp, camp]) => {
    const meters = expectedMeters({ mission, camps: [camp] });
    const parts = dates.map((date) => ({
      coveredWs: covered.get(`${slugOfCamp} ${date}`) ?? 0,
      expectedWs: expectedWs(meters, dayRange(date, mission.zone), ctx.now),
    }));
    const sum = (pick: (part: (typeof parts)[number]) => number) =>
      parts.reduce((total, part) => total + pick(part), 0);
    return {
      camp: slugOfCamp,
      name: camp.name,
      coverage: coverageOf({
        coveredWs: sum((part) => part.coveredWs),
        expectedWs: sum((part) => part.expectedWs),
      }),
      days: parts.map(coverageOf),
    };
  });
}
