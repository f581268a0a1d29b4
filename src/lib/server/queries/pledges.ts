/**
 * What became of the pledges: what was promised, what of it stands in the registry, and what its meters gave over
 * the last thirty days. The worst first: overdue, then those that stand and do not deliver.
 */
import { addDays, countDays, localDateOf, monthOf, addMonths, periodRange } from '../../energy/calendar.ts';
import type { LedgerEntry } from '../../energy/ledger.ts';
import { DEFAULT_SPECIFIC_YIELD } from '../../energy/on-course.ts';
import { contributorOf, parseContributor } from '../../energy/owner.ts';
import {
  DELIVERY_DAYS,
  dividePlants,
  pledgeStatus,
  type PledgePart,
  type PledgeStatus,
  type Plant,
} from '../../energy/pledge.ts';
import { isSupplySource, type Source } from '../../energy/source.ts';
import { missionOf } from '../../registry/lookup.ts';
import type { Mission, Pledge } from '../../registry/types.ts';
import { ownedMeters, ownedSeconds, type OwnedMeter } from './contributors.ts';
import { lastCompleteMonth, ownSpecificYield, YEAR_MONTHS } from './specific-yield.ts';
import type { Period, QueryContext } from './types.ts';

const SECONDS_PER_YEAR = 365 * 86_400;

export interface PledgeSummary {
  readonly mission: string;
  readonly missionName: string;
  readonly example: boolean;
  readonly country: string;
  /** null: any unit of the country */
  readonly unit: string | null;
  readonly source: Source;
  readonly pledgedW: number;
  /** local date of the mission, inclusive */
  readonly due: string;
  readonly reference: string | null;
  readonly status: PledgeStatus;
  /** days since the due date; 0 until then, and once all of it stands */
  readonly daysOverdue: number;
  /** rated W of it in service today */
  readonly deployedW: number;
  /** the days over which delivery is judged */
  readonly delivery: Period & {
    readonly deliveredWh: number;
    /** what the same plant would give at the specific yield; null where none is known for its source */
    readonly expectedWh: number | null;
    /** kWh a year per kW rated; `isOwn` when it is the mission's own over twelve months */
    readonly specificYield: { readonly kWhPerKW: number; readonly isOwn: boolean } | null;
  };
}

export interface PledgesAnswer {
  readonly pledges: readonly PledgeSummary[];
  readonly counts: Readonly<Record<PledgeStatus, number>>;
}

interface ContributedPlant extends Plant {
  readonly mission: string;
  readonly source: Source;
  readonly contributor: string;
}

/** A mission's today, the days before it that are judged, and its specific yields. */
interface MissionFacts {
  readonly slug: string;
  readonly mission: Mission;
  readonly today: string;
  readonly window: Period;
  readonly yieldOf: (source: Source) => PledgeSummary['delivery']['specificYield'];
}

function yieldsOf(mission: Mission, months: readonly LedgerEntry[], now: number): MissionFacts['yieldOf'] {
  const lastMonth = lastCompleteMonth(now, mission.zone);
  return (source) => {
    if (!isSupplySource(source)) return null;
    const whByMonth = new Map<string, number>();
    for (const { period, source: of, energyWh } of months) {
      if (of === source) whByMonth.set(period, (whByMonth.get(period) ?? 0) + energyWh);
    }
    const own = ownSpecificYield(mission, { source, whByMonth, lastMonth });
    if (own !== null) return { kWhPerKW: own, isOwn: true };
    return source === 'solar' ? { kWhPerKW: DEFAULT_SPECIFIC_YIELD, isOwn: false } : null;
  };
}

async function missionFacts(ctx: QueryContext, slugs: readonly string[]): Promise<MissionFacts[]> {
  const thisMonth = monthOf(localDateOf(ctx.now, 'UTC'));
  // A month of slack: at a month's turn the zones disagree about which is the last complete one.
  const from = addMonths(thisMonth, -(YEAR_MONTHS + 1));
  const months = await ctx.store.readLedger({ level: 'month', from, to: thisMonth, sumCamps: true });
  const byMission = Map.groupBy(months, ({ mission }) => mission);
  return slugs.flatMap((slug) => {
    const mission = missionOf(ctx.registry, slug);
    if (mission === undefined) return [];
    const today = localDateOf(ctx.now, mission.zone);
    const window = { from: addDays(today, -DELIVERY_DAYS), to: addDays(today, -1) };
    return [{ slug, mission, today, window, yieldOf: yieldsOf(mission, byMission.get(slug) ?? [], ctx.now) }];
  });
}

/** Energy of the window, by mission, source and contributor. Missions that share a today share a read. */
async function deliveredWh(ctx: QueryContext, facts: readonly MissionFacts[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const [today, missions] of Map.groupBy(facts, (each) => each.today)) {
    const slugs = new Set(missions.map(({ slug }) => slug));
    const window = { from: addDays(today, -DELIVERY_DAYS), to: addDays(today, -1) };
    const sums = { sumCamps: true, sumPeriods: true, byContributor: true };
    for (const entry of await ctx.store.readLedger({ level: 'day', ...window, ...sums })) {
      if (!slugs.has(entry.mission) || entry.contributor === undefined) continue;
      const key = keyOf(entry.mission, entry.source, entry.contributor);
      found.set(key, (found.get(key) ?? 0) + entry.energyWh);
    }
  }
  return found;
}

function keyOf(mission: string, source: Source, contributor: string): string {
  return `${mission} ${source} ${contributor}`;
}

function plantsOf(
  ctx: QueryContext,
  facts: readonly MissionFacts[],
  delivered: ReadonlyMap<string, number>,
): ContributedPlant[] {
  const bySlug = new Map(facts.map((each) => [each.slug, each]));
  const contributed = ownedMeters(ctx.registry).filter(
    ({ slug, contributor }) => contributor !== undefined && bySlug.has(slug),
  );
  const groups = Map.groupBy(contributed, ({ slug, meter, contributor = '' }) =>
    keyOf(slug, meter.source, contributor),
  );
  return [...groups].flatMap(([key, [first, ...rest]]) => {
    const of = first && bySlug.get(first.slug);
    if (first?.contributor === undefined || of === undefined) return [];
    const { slug: mission, contributor } = first;
    const { source } = first.meter;
    const owned = [first, ...rest];
    const plant = { mission, source, contributor, deliveredWh: delivered.get(key) ?? 0 };
    return [{ ...plant, ratedW: ratedNowW(owned, ctx.now), expectedWh: expectedWh(owned, of) }];
  });
}

function ratedNowW(owned: readonly OwnedMeter[], now: number): number {
  return owned.reduce(
    (sum, { service, meter }) => sum + (service.from <= now && now < service.to ? (meter.ratedW ?? 0) : 0),
    0,
  );
}

function expectedWh(owned: readonly OwnedMeter[], { mission, window, yieldOf }: MissionFacts): number | null {
  const specificYield = yieldOf(owned[0]?.meter.source ?? 'solar');
  if (specificYield === null) return null;
  const range = periodRange(window, mission.zone);
  const ratedWs = owned.reduce((sum, each) => sum + ownedSeconds(each, range) * (each.meter.ratedW ?? 0), 0);
  return (ratedWs / SECONDS_PER_YEAR) * specificYield.kWhPerKW;
}

function mayFulfil(plant: ContributedPlant, pledge: Pledge): boolean {
  if (plant.mission !== pledge.mission || plant.source !== pledge.source) return false;
  if (pledge.unit !== undefined) return plant.contributor === contributorOf(pledge);
  return parseContributor(plant.contributor).country === pledge.country;
}

function summaryOf(pledge: Pledge, part: PledgePart, of: MissionFacts): PledgeSummary {
  const { country, unit, source, ratedW: pledgedW, due, reference } = pledge;
  const status = pledgeStatus({ pledgedW, due, today: of.today, ...part });
  return {
    mission: of.slug,
    missionName: of.mission.name,
    example: of.mission.example ?? false,
    country,
    unit: unit ?? null,
    source,
    pledgedW,
    due,
    reference: reference ?? null,
    status,
    daysOverdue: status === 'overdue' ? countDays({ from: due, to: of.today }) - 1 : 0,
    deployedW: part.deployedW,
    delivery: {
      ...of.window,
      deliveredWh: part.deliveredWh,
      expectedWh: part.expectedWh,
      specificYield: of.yieldOf(source),
    },
  };
}

const ORDER: readonly PledgeStatus[] = ['overdue', 'deployed', 'pledged', 'delivering'];

/** Every pledge of the registry, or of one mission. @throws AppError */
export async function pledges(ctx: QueryContext, filter: { mission?: string } = {}): Promise<PledgesAnswer> {
  const asked = ctx.registry.pledges.filter(
    ({ mission }) => filter.mission === undefined || mission === filter.mission,
  );
  const facts = await missionFacts(ctx, [...new Set(asked.map(({ mission }) => mission))]);
  const plants = plantsOf(ctx, facts, await deliveredWh(ctx, facts));
  const parts = dividePlants(
    asked.map((pledge) => ({
      pledgedW: pledge.ratedW,
      due: pledge.due,
      plants: plants.filter((plant) => mayFulfil(plant, pledge)),
    })),
  );
  const summaries = asked.flatMap((pledge, i) => {
    const of = facts.find(({ slug }) => slug === pledge.mission);
    const part = parts[i];
    return of === undefined || part === undefined ? [] : [summaryOf(pledge, part, of)];
  });
  summaries.sort(
    (a, b) =>
      ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || (a.due < b.due ? -1 : a.due > b.due ? 1 : 0),
  );
  const counts = Object.fromEntries(
    ORDER.map((status) => [status, summaries.filter((each) => each.status === status).length]),
  ) as Record<PledgeStatus, number>;
  return { pledges: summaries, counts };
}
