/**
 * On course or not: every mission's complete months, their trend and the next target. Reads the month ledger
 * only, 35 months of it: 24 trailing-twelve-month shares need eleven months before the first.
 */
import { addMonths, localDateOf, monthOf, monthsBetween } from '../../energy/calendar.ts';
import { assessCourse, TREND_MONTHS, type MonthlyEnergy } from '../../energy/on-course.ts';
import { addToSums, emptySums, renewableShare, totalWh, type EnergySums } from '../../energy/share.ts';
import { targetsInForce } from '../../energy/targets.ts';
import { missionOf } from '../../registry/lookup.ts';
import type { Mission } from '../../registry/types.ts';
import type { LedgerEntry } from '../../energy/ledger.ts';
import { lastCompleteMonth, ownSpecificYield, YEAR_MONTHS } from './specific-yield.ts';
import type { MissionTrend, QueryContext } from './types.ts';

type SumsByMonth = ReadonlyMap<string, EnergySums>;

function sumByMonth(entries: readonly LedgerEntry[]): Map<string, EnergySums> {
  const byMonth = new Map<string, EnergySums>();
  for (const entry of entries) {
    const sums = byMonth.get(entry.period) ?? emptySums();
    byMonth.set(entry.period, sums);
    addToSums(sums, entry.source, entry);
  }
  return byMonth;
}

function monthlyEnergy(byMonth: SumsByMonth): MonthlyEnergy[] {
  return [...byMonth].map(([month, sums]) => ({
    month,
    renewableWh: sums.onSiteRenewableWh + sums.gridRenewableWh,
    totalWh: totalWh(sums),
  }));
}

function missionTrend(slug: string, mission: Mission, byMonth: SumsByMonth, now: number): MissionTrend {
  const lastMonth = lastCompleteMonth(now, mission.zone);
  const months = monthsBetween(addMonths(lastMonth, 1 - TREND_MONTHS), lastMonth);
  return {
    mission: slug,
    name: mission.name,
    months: months.map((month) => {
      const sums = byMonth.get(month) ?? emptySums();
      return { month, renewableShare: renewableShare(sums), totalWh: totalWh(sums) };
    }),
    course: assessCourse({
      months: monthlyEnergy(byMonth),
      lastMonth,
      targets: targetsInForce(mission.targets),
      ownSpecificYield: ownSpecificYield(mission, {
        source: 'solar',
        whByMonth: new Map([...byMonth].map(([month, { solarWh }]) => [month, solarWh])),
        lastMonth,
      }),
    }),
  };
}

/** Trends of all missions, or of one, in the registry's order; none for an unknown mission. @throws AppError */
export async function trendsAnswer(
  ctx: QueryContext,
  filter: { mission?: string } = {},
): Promise<MissionTrend[]> {
  const thisMonth = monthOf(localDateOf(ctx.now, 'UTC'));
  const entries = await ctx.store.readLedger({
    level: 'month',
    // One month of slack: at a month's turn the zones disagree about which is the last complete one.
    from: addMonths(thisMonth, -(TREND_MONTHS + YEAR_MONTHS)),
    to: thisMonth,
    sumCamps: true,
    ...filter,
  });
  const byMission = Map.groupBy(entries, ({ mission }) => mission);
  const slugs = filter.mission === undefined ? Object.keys(ctx.registry.missions) : [filter.mission];
  return slugs.flatMap((slug) => {
    const mission = missionOf(ctx.registry, slug);
    if (mission === undefined) return [];
    return [missionTrend(slug, mission, sumByMonth(byMission.get(slug) ?? []), ctx.now)];
  });
}
