/** HQ's question: how does every mission stand over a period, and which is worst? */
import { addToSums, emptySums, type EnergySums } from '../../energy/share.ts';
import { missionOf } from '../../registry/lookup.ts';
import type { Mission } from '../../registry/types.ts';
import { allCamps } from './expected.ts';
import { readPeriodLedger } from './period-ledger.ts';
import { byWorstGap, summarise } from './summary.ts';
import type { MissionsAnswer, MissionSummary, Period, QueryContext } from './types.ts';

function missionSummary(
  { slug, mission, sums }: { slug: string; mission: Mission; sums: EnergySums },
  { period, now }: { period: Period; now: number },
): MissionSummary {
  const summary = summarise(allCamps(mission), sums, { period, now });
  return { mission: slug, name: mission.name, example: mission.example ?? false, ...summary };
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
  const missions = Object.entries(ctx.registry.missions).map(([slug, mission]) =>
    missionSummary({ slug, mission, sums: sumsByMission.get(slug) ?? emptySums() }, { period, now: ctx.now }),
  );
  return { period, missions: missions.sort(byWorstGap) };
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
  const sums = emptySums();
  for (const entry of entries) addToSums(sums, entry.source, entry);
  return missionSummary({ slug, mission, sums }, { period, now: ctx.now });
}
