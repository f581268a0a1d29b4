/**
 * On course or not: every mission's complete months, their trend and the next target. Reads the month ledger
 * only, 35 months of it: 24 trailing-twelve-month shares need eleven months before the first.
 */
import { addMonths, localDateOf, monthOf, monthRange, monthsBetween } from '../../energy/calendar.ts';
import { assessCourse, TREND_MONTHS, type MonthlyEnergy } from '../../energy/on-course.ts';
import { addToSums, emptySums, renewableShare, totalWh, type EnergySums } from '../../energy/share.ts';
import { targetsInForce } from '../../energy/targets.ts';
import { serviceRange } from '../../registry/in-service.ts';
import { missionOf } from '../../registry/lookup.ts';
import type { Meter, Mission } from '../../registry/types.ts';
import type { LedgerEntry } from '../../energy/ledger.ts';
import type { MissionTrend, QueryContext } from './types.ts';

const YEAR_MONTHS = 12;

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

/** Mean rated watts in service over the months; null when a solar meter has no rating, or there is none. */
function meanSolarW(
  meters: readonly Meter[],
  zone: string,
  { from, to }: { from: number; to: number },
): number | null {
  let sum = 0;
  for (const meter of meters) {
    const service = serviceRange(meter, zone);
    const seconds = Math.max(0, Math.min(to, service.to) - Math.max(from, service.from));
    if (seconds > 0 && meter.ratedW === undefined) return null;
    sum += (seconds / (to - from)) * (meter.ratedW ?? 0);
  }
  return sum > 0 ? sum : null;
}

/** kWh per kWp the mission's solar gave over twelve months; null unless each of them has solar energy. */
function ownSpecificYield(mission: Mission, byMonth: SumsByMonth, lastMonth: string): number | null {
  const months = monthsBetween(addMonths(lastMonth, 1 - YEAR_MONTHS), lastMonth);
  const solarWh = months.map((month) => byMonth.get(month)?.solarWh ?? 0);
  if (solarWh.some((wh) => wh <= 0)) return null;
  const solar = Object.values(mission.camps).flatMap(({ meters }) =>
    Object.values(meters).filter(({ source }) => source === 'solar'),
  );
  const range = {
    from: monthRange(months[0] ?? lastMonth, mission.zone).from,
    to: monthRange(lastMonth, mission.zone).to,
  };
  const ratedW = meanSolarW(solar, mission.zone, range);
  return ratedW === null ? null : solarWh.reduce((a, b) => a + b, 0) / ratedW;
}

function monthlyEnergy(byMonth: SumsByMonth): MonthlyEnergy[] {
  return [...byMonth].map(([month, sums]) => ({
    month,
    renewableWh: sums.onSiteRenewableWh + sums.gridRenewableWh,
    totalWh: totalWh(sums),
  }));
}

function lastCompleteMonth(now: number, zone: string): string {
  return addMonths(monthOf(localDateOf(now, zone)), -1);
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
      ownSpecificYield: ownSpecificYield(mission, byMonth, lastMonth),
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
