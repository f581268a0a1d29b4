/** An environment officer's question: what moved the share against the period before? Two sums of the ledger. */
import {
  addDays,
  countDays,
  localDateOf,
  periodRange,
  yearBefore,
  type InstantRange,
} from '../../energy/calendar.ts';
import { coverageOf, expectedWs, shareStatus } from '../../energy/coverage.ts';
import { addAmounts, emptyTally, type LedgerEntry, type LedgerTally } from '../../energy/ledger.ts';
import { isSupplySource, SUPPLY_SOURCES, type SupplySource } from '../../energy/source.ts';
import {
  shareOfPeriod,
  whatChanged,
  type MeteredSource,
  type SharePeriod,
} from '../../energy/what-changed.ts';
import { serviceRange } from '../../registry/in-service.ts';
import { campOf, missionOf } from '../../registry/lookup.ts';
import type { Meter } from '../../registry/types.ts';
import { allCamps, expectedMeters, type CampGroup } from './expected.ts';
import { readPeriodLedger } from './period-ledger.ts';
import type { ChangeAgainst, ChangeAnswer, ChangeSide, Period, QueryContext } from './types.ts';

/** Up to this many days the weeks before are of the same season; a longer period is compared with last year's. */
const SAME_SEASON_DAYS = 45;

export interface ChangeQuery {
  readonly mission: string;
  /** undefined: all camps */
  readonly camp?: string | undefined;
  readonly period: Period;
  /** undefined: what fits the length of the period */
  readonly against?: ChangeAgainst | undefined;
}

interface Scope {
  readonly slug: string;
  readonly camp: string | undefined;
  readonly group: CampGroup;
}

/** The period as far as it has come, and what it is compared with: as long, or the same dates a year earlier. */
function periodsOf(
  { period, against }: ChangeQuery,
  today: string,
): { now: Period; before: Period; against: ChangeAgainst } {
  const to = period.to > today && period.from <= today ? today : period.to;
  const now = { from: period.from, to };
  const days = countDays(now);
  const chosen = against ?? (days <= SAME_SEASON_DAYS ? 'before' : 'year');
  const before =
    chosen === 'year'
      ? { from: yearBefore(now.from), to: yearBefore(now.to) }
      : { from: addDays(now.from, -days), to: addDays(now.from, -1) };
  return { now, before, against: chosen };
}

/** From the first to the last instant of the range in which any of the meters was in service. */
function servedRange(meters: readonly Meter[], zone: string, { from, to }: InstantRange): InstantRange {
  const services = meters.map((meter) => serviceRange(meter, zone));
  const first = Math.max(from, Math.min(...services.map((service) => service.from)));
  const last = Math.min(to, Math.max(...services.map((service) => service.to)));
  return { from: first, to: Math.max(first, last) };
}

function metersOf({ camps }: CampGroup, source?: SupplySource): Meter[] {
  return camps
    .flatMap(({ meters }) => Object.values(meters))
    .filter((meter) => (source === undefined ? isSupplySource(meter.source) : meter.source === source));
}

function meteredSource(tally: LedgerTally, coverage: number | null): MeteredSource {
  return {
    usedWh: tally.energyWh - tally.exportedWh,
    renewableWh: tally.renewableWh,
    grossWh: tally.energyWh,
    recoveredWh: tally.recoveredWh,
    coverage,
  };
}

function tallyBySource(entries: readonly LedgerEntry[]): Map<SupplySource, LedgerTally> {
  const tallies = new Map<SupplySource, LedgerTally>();
  for (const entry of entries) {
    if (!isSupplySource(entry.source)) continue;
    const tally = tallies.get(entry.source) ?? emptyTally();
    tallies.set(entry.source, tally);
    addAmounts(tally, entry);
  }
  return tallies;
}

async function readSide(
  ctx: QueryContext,
  { slug, camp, group }: Scope,
  period: Period,
): Promise<{ side: ChangeSide; input: SharePeriod }> {
  const { zone } = group.mission;
  const filter = camp === undefined ? { sumCamps: true } : { camp };
  const entries = await readPeriodLedger(ctx.store, period, { mission: slug, sumPeriods: true, ...filter });
  const whole = periodRange(period, zone);
  const range = servedRange(metersOf(group), zone, { from: whole.from, to: Math.min(whole.to, ctx.now) });
  const seconds = (range.to - range.from) / 1000;
  const expected = (source?: SupplySource): number =>
    expectedWs(
      metersOf(group, source).map((meter) => ({ service: serviceRange(meter, zone), ratedW: meter.ratedW })),
      whole,
      ctx.now,
    );
  const tallies = tallyBySource(entries);
  const sources = SUPPLY_SOURCES.flatMap((source) => {
    const tally = tallies.get(source);
    if (tally === undefined) return [];
    const coverage = coverageOf({ coveredWs: tally.coveredWs, expectedWs: expected(source) });
    return [[source, meteredSource(tally, coverage)] as const];
  });
  const isRated = metersOf(group, 'solar').every(({ ratedW }) => ratedW !== undefined);
  const input: SharePeriod = {
    sources: Object.fromEntries(sources),
    seconds: Math.max(seconds, 1),
    solarRatedW: isRated && seconds > 0 ? expected('solar') / seconds : null,
  };
  const coveredWs = [...tallies.values()].reduce((sum, tally) => sum + tally.coveredWs, 0);
  const coverage = coverageOf({
    coveredWs,
    expectedWs: expectedWs(expectedMeters(group), whole, ctx.now),
  });
  const share = shareOfPeriod(input);
  const usedWh = sources.reduce((sum, [, source]) => sum + source.usedWh, 0);
  const side: ChangeSide = {
    period,
    renewableShare: share,
    coverage,
    status: shareStatus({ share, coverage }),
    meanPowerW: share === null ? null : (usedWh * 3600) / input.seconds,
    servedDays: seconds / 86_400,
  };
  return { side, input };
}

/** Undefined when the registry does not know the mission or the camp. @throws AppError */
export async function changeAnswer(ctx: QueryContext, query: ChangeQuery): Promise<ChangeAnswer | undefined> {
  const mission = missionOf(ctx.registry, query.mission);
  if (mission === undefined) return undefined;
  const camp = query.camp === undefined ? undefined : campOf(ctx.registry, query.mission, query.camp);
  if (query.camp !== undefined && camp === undefined) return undefined;
  const group = camp === undefined ? allCamps(mission) : { mission, camps: [camp] };
  const scope: Scope = { slug: query.mission, camp: query.camp, group };
  const periods = periodsOf(query, localDateOf(ctx.now, mission.zone));
  const [before, now] = await Promise.all([
    readSide(ctx, scope, periods.before),
    readSide(ctx, scope, periods.now),
  ]);
  const parts = whatChanged(before.input, now.input);
  return { against: periods.against, before: before.side, now: now.side, parts };
}
