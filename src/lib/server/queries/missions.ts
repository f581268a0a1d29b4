/** HQ's question: how does every mission stand over a period, and which is worst? */
import { addDays, yearBefore } from '../../energy/calendar.ts';
import { factorSetOn } from '../../energy/factors.ts';
import {
  addToSums,
  dieselShare,
  emptySums,
  onSiteRenewableShare,
  renewableShare,
  sumEntries,
  type EnergySums,
} from '../../energy/share.ts';
import { missionOf } from '../../registry/lookup.ts';
import type { Mission } from '../../registry/types.ts';
import { allCamps } from './expected.ts';
import { readPeriodLedger } from './period-ledger.ts';
import type { Store } from '../store/store.ts';
import { byWorstGap, electricityOf, fuelLOf, ghgKgOf, summarise } from './summary.ts';
import type { FinalYear, MissionsAnswer, MissionSummary, Period, QueryContext } from './types.ts';

/** The twelve months before `closedOn`: what a closed mission is remembered by. */
async function finalYear(store: Store, slug: string, closedOn: string): Promise<FinalYear> {
  const period = { from: yearBefore(closedOn), to: addDays(closedOn, -1) };
  const scope = { mission: slug, sumCamps: true, sumPeriods: true };
  const sums = sumEntries(await readPeriodLedger(store, period, scope));
  return {
    period,
    electricityWh: electricityOf(sums),
    renewableShare: renewableShare(sums),
    onSiteRenewableShare: onSiteRenewableShare(sums),
    dieselShare: dieselShare(sums),
    fuelL: fuelLOf(sums),
    ghgKg: ghgKgOf(sums, period.to),
    factorSet: factorSetOn(period.to).version,
  };
}

async function missionSummary(
  { slug, mission, sums }: { slug: string; mission: Mission; sums: EnergySums },
  { period, now, store }: { period: Period; now: number; store: Store },
): Promise<MissionSummary> {
  const summary = summarise(allCamps(mission), sums, { period, now });
  const { closedOn } = summary;
  return {
    mission: slug,
    name: mission.name,
    example: mission.example ?? false,
    ...summary,
    finalYear: closedOn === null ? null : await finalYear(store, slug, closedOn),
  };
}

/** Every mission of the registry, ranked. `period` is taken as each mission's own local dates. @throws AppError */
export async function missionsAnswer(ctx: QueryContext, period: Period): Promise<MissionsAnswer> {
  const entries = await readPeriodLedger(ctx.store, period, { sumCamps: true, sumPeriods: true });
  const sumsByMission = new Map<string, EnergySums>();
  for (const entry of entries) {
    const sums = sumsByMission.get(entry.mission) ?? emptySums();
    sumsByMission.set(entry.mission, sums);
    addToSums(sums, entry.source, entry);
  }
  const missions = await Promise.all(
    Object.entries(ctx.registry.missions).map(([slug, mission]) =>
      missionSummary({ slug, mission, sums: sumsByMission.get(slug) ?? emptySums() }, { ...ctx, period }),
    ),
  );
  return { period, factorSet: factorSetOn(period.to).version, missions: missions.sort(byWorstGap) };
}

/** One mission's summary; undefined when the registry does not know it. @throws AppError */
export async function missionSummaryAnswer(
  ctx: QueryContext,
  { mission: slug, period }: { mission: string; period: Period },
): Promise<MissionSummary | undefined> {
  const mission = missionOf(ctx.registry, slug);
  if (mission === undefined) return undefined;
  const entries = await readPeriodLedger(ctx.store, period, {
    mission: slug,
    sumCamps: true,
    sumPeriods: true,
  });
  return missionSummary({ slug, mission, sums: sumEntries(entries) }, { ...ctx, period });
}
