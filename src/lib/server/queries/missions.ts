/** HQ's question: how does every mission stand over a period, and which is worst? */
import { addDays, yearBefore } from '../../energy/calendar.ts';
import { dieselShare, onSiteRenewableShare, renewableShare } from '../../energy/share.ts';
import { missionOf } from '../../registry/lookup.ts';
import type { Mission } from '../../registry/types.ts';
import {
  emptyDatedSums,
  factorSetOf,
  ghgKgOf,
  readDatedLedger,
  sumDated,
  sumDatedBy,
  type DatedSums,
} from './emissions.ts';
import { allCamps } from './expected.ts';
import { byWorstGap, electricityOf, fuelLOf, summarise } from './summary.ts';
import type { FinalYear, MissionsAnswer, MissionSummary, Period, QueryContext } from './types.ts';

/** The twelve months before `closedOn`: what a closed mission is remembered by. */
async function finalYear(ctx: QueryContext, slug: string, closedOn: string): Promise<FinalYear> {
  const period = { from: yearBefore(closedOn), to: addDays(closedOn, -1) };
  const scope = { mission: slug, sumCamps: true, sumPeriods: true };
  const sums = sumDated(await readDatedLedger(ctx, period, scope));
  const factors = { date: period.to, factorSets: ctx.factorSets };
  return {
    period,
    electricityWh: electricityOf(sums),
    renewableShare: renewableShare(sums),
    onSiteRenewableShare: onSiteRenewableShare(sums),
    dieselShare: dieselShare(sums),
    fuelL: fuelLOf(sums),
    ghgKg: ghgKgOf(sums, factors),
    factorSet: factorSetOf([sums], factors),
  };
}

async function missionSummary(
  ctx: QueryContext,
  { slug, mission, sums }: { slug: string; mission: Mission; sums: DatedSums },
  period: Period,
): Promise<MissionSummary> {
  const summary = summarise(allCamps(mission), sums, { ...ctx, period });
  const { closedOn } = summary;
  return {
    mission: slug,
    name: mission.name,
    example: mission.example ?? false,
    ...summary,
    finalYear: closedOn === null ? null : await finalYear(ctx, slug, closedOn),
  };
}

/** Every mission of the registry, ranked. `period` is taken as each mission's own local dates. @throws AppError */
export async function missionsAnswer(ctx: QueryContext, period: Period): Promise<MissionsAnswer> {
  const entries = await readDatedLedger(ctx, period, { sumCamps: true, sumPeriods: true });
  const sumsByMission = sumDatedBy(entries, ({ mission }) => mission);
  const found = Object.entries(ctx.registry.missions).map(([slug, mission]) => ({
    slug,
    mission,
    sums: sumsByMission.get(slug) ?? emptyDatedSums(),
  }));
  const missions = await Promise.all(found.map((each) => missionSummary(ctx, each, period)));
  const factors = { date: period.to, factorSets: ctx.factorSets };
  const factorSet = factorSetOf(
    found.map(({ sums }) => sums),
    factors,
  );
  return { period, factorSet, missions: missions.sort(byWorstGap) };
}

/** One mission's summary; undefined when the registry does not know it. @throws AppError */
export async function missionSummaryAnswer(
  ctx: QueryContext,
  { mission: slug, period }: { mission: string; period: Period },
): Promise<MissionSummary | undefined> {
  const mission = missionOf(ctx.registry, slug);
  if (mission === undefined) return undefined;
  const scope = { mission: slug, sumCamps: true, sumPeriods: true };
  const sums = sumDated(await readDatedLedger(ctx, period, scope));
  return missionSummary(ctx, { slug, mission, sums }, period);
}
