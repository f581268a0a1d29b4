/** An environment officer's question: how do the camps of a mission stand beside each other? */
import { energyBalance, type Balance } from '../../energy/balance.ts';
import { totalWh, type EnergySums } from '../../energy/share.ts';
import { campOf, missionOf } from '../../registry/lookup.ts';
import type { Camp, Mission } from '../../registry/types.ts';
import {
  emptyDatedSums,
  factorSetOf,
  readDatedLedger,
  sumDated,
  sumDatedBy,
  type DatedSums,
} from './emissions.ts';
import { byWorstGap, summarise, type SummaryAt } from './summary.ts';
import type { CampsAnswer, CampSummary, Period, QueryContext } from './types.ts';

interface CampSubject {
  readonly slugs: { readonly mission: string; readonly camp: string };
  readonly mission: Mission;
  readonly camp: Camp;
}

function balanceOf(camp: Camp, sums: EnergySums): Balance | null {
  if (!Object.values(camp.meters).some(({ source }) => source === 'load')) return null;
  return energyBalance({
    supplyWh: totalWh(sums) + sums.exportedWh,
    exportWh: sums.gridExportWh,
    dischargedWh: sums.dischargedWh,
    chargedWh: sums.chargedWh,
    loadWh: sums.loadWh,
  });
}

function campSummary({ slugs, mission, camp }: CampSubject, sums: DatedSums, at: SummaryAt): CampSummary {
  const summary = summarise({ mission, camps: [camp] }, sums, at);
  return { ...slugs, name: camp.name, ...summary, balance: balanceOf(camp, sums) };
}

/** Every registered camp of a mission, worst gap first; undefined when the registry does not know the mission. @throws AppError */
export async function campsAnswer(
  ctx: QueryContext,
  { mission: slug, period }: { mission: string; period: Period },
): Promise<CampsAnswer | undefined> {
  const mission = missionOf(ctx.registry, slug);
  if (mission === undefined) return undefined;
  const entries = await readDatedLedger(ctx, period, { mission: slug, sumPeriods: true });
  const sumsByCamp = sumDatedBy(entries, ({ camp }) => camp);
  const camps = Object.entries(mission.camps).map(([campSlug, camp]) => {
    const subject = { slugs: { mission: slug, camp: campSlug }, mission, camp };
    return campSummary(subject, sumsByCamp.get(campSlug) ?? emptyDatedSums(), { ...ctx, period });
  });
  const factors = { date: period.to, factorSets: ctx.factorSets };
  const factorSet = factorSetOf([...sumsByCamp.values()], factors);
  return { mission: slug, period, factorSet, camps: camps.sort(byWorstGap) };
}

/** One camp's summary; undefined when the registry does not know it. @throws AppError */
export async function campSummaryAnswer(
  ctx: QueryContext,
  { mission: slug, camp: campSlug, period }: { mission: string; camp: string; period: Period },
): Promise<CampSummary | undefined> {
  const mission = missionOf(ctx.registry, slug);
  const camp = campOf(ctx.registry, slug, campSlug);
  if (mission === undefined || camp === undefined) return undefined;
  const slugs = { mission: slug, camp: campSlug };
  const sums = sumDated(await readDatedLedger(ctx, period, { ...slugs, sumPeriods: true }));
  return campSummary({ slugs, mission, camp }, sums, { ...ctx, period });
}
