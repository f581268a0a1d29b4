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
import { allCamps, closedBy } from './expected.ts';
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

/** The mission's last whole month, and whether it is closed: a closed one is told of up to its last. */
function lastMonthOf(mission: Mission, now: number): { lastMonth: string; closedOn: string | null } {
  const closedOn = closedBy(allCamps(mission), { to: localDateOf(now, mission.zone) }, now);
  const current = lastCompleteMonth(now, mission.zone);
  const lastWhole = closedOn === null ? current : addMonths(monthOf(closedOn), -1);
  return { lastMonth: lastWhole < current ? lastWhole : current, closedOn };
}

function missionTrend(slug: string, mission: Mission, byMonth: SumsByMonth, now: number): MissionTrend {
  const { lastMonth, closedOn } = lastMonthOf(mission, now);
  const months = monthsBetween(addMonths(lastMonth, 1 - TREND_MONTHS), lastMonth);
  return {
    mission: slug,
    name: mission.name,
    months: months.map((month) => {
      const sums = byMonth.get(month) ?? emptySums();
      return { month, renewableShare: renewableShare(sums), totalWh: totalWh(sums) };
    }),
    closedOn,
    course: assessCourse({
      months: monthlyEnergy(byMonth),
      lastMonth,
      targets: targetsInForce(mission.targets),
      ownSpecificYield: ownSpecificYield(mission, {
        source: 'solar',
        whByMonth: new Map([...byMonth].map(([month, { solarWh }]) => [month, solarWh])),
        lastMonth,
      }),
      isClosed: closedOn !== null,
    }),
  };
}

/** Trends of all missions, or of one, in the registry's order; none for an unknown mission. @throws AppError */
export async function trendsAnswer(
  ctx: QueryContext,
  filter: { mission?: string } = {},
): Promise<MissionTrend[]> {
  const slugs = filter.mission === undefined ? Object.keys(ctx.registry.missions) : [filter.mission];
  const missions = slugs.flatMap((slug) => {
    const mission = missionOf(ctx.registry, slug);
    return mission === undefined ? [] : [{ slug, mission }];
  });
  const lastMonths = missions.map(({ mission }) => lastMonthOf(mission, ctx.now).lastMonth).sort();
  const [first] = lastMonths;
  const last = lastMonths.at(-1);
  if (first === undefined || last === undefined) return [];
  const entries = await ctx.store.readLedger({
    level: 'month',
    from: addMonths(first, 2 - TREND_MONTHS - YEAR_MONTHS),
    to: last,
    sumCamps: true,
    ...filter,
  });
  const byMission = Map.groupBy(entries, (entry) => entry.mission);
  return missions.map(({ slug, mission }) =>
    missionTrend(slug, mission, sumByMonth(byMission.get(slug) ?? []), ctx.now),
  );
}
