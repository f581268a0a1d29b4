/**
 * What each supply meter gave to a period: its quarters of an hour of the days it was in service, as the ledger
 * counts them, a month at a time, the event loop turning between. Kept for five minutes: the six figures of one
 * page have the same meters.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import {
  countDays,
  daysBetween,
  dayRange,
  localDateOf,
  monthOf,
  monthPeriod,
  monthsBetween,
  periodRange,
} from '../../energy/calendar.ts';
import { coverageWeightW } from '../../energy/coverage.ts';
import { INTERVAL_MS, type EnergyInterval } from '../../energy/interval.ts';
import { splitCampDay } from '../../energy/ledger-split.ts';
import { emptyTally, type LedgerAmounts, type LedgerTally } from '../../energy/ledger.ts';
import { meterRef, type MeterRef } from '../../energy/reading.ts';
import { sumEntries } from '../../energy/share.ts';
import { isSupplySource } from '../../energy/source.ts';
import { campDay } from '../../registry/camp-day.ts';
import { isInService } from '../../registry/in-service.ts';
import type { Meter, Mission, Registry } from '../../registry/types.ts';
import type { Store } from '../store/store.ts';
import { readDatedLedger, type DatedEntry } from './emissions.ts';
import { grossWh } from './lineage-formula.ts';
import type { Period, QueryContext } from './types.ts';

/** The longest period whose quarters of an hour are read meter by meter. */
const MAX_DAYS = 400;
/**
 * And the most of them: 20 meters' year, 770,000 quarters. A camp keeps within it, a mission of many camps does not and
 * is told by camp.
 */
export const MAX_METER_DAYS = 8_000;
const KEPT_MS = 5 * 60 * 1000;
const MAX_KEPT = 32;

export interface PartScope {
  readonly slug: string;
  readonly mission: Mission;
  /** undefined: all camps */
  readonly camp?: string | undefined;
  readonly period: Period;
}

export interface MeterAmounts {
  readonly ref: MeterRef;
  readonly meter: Meter;
  readonly amounts: LedgerAmounts;
}

export interface MeterParts {
  /** ascending by the meter's key */
  readonly meters: readonly MeterAmounts[];
  /** what the ledger held of the same meters when they were read */
  readonly ledgerWh: number;
}

interface Kept {
  readonly at: number;
  readonly registry: Registry;
  readonly parts: MeterParts;
}

const keptByStore = new WeakMap<Store, Map<string, Kept>>();

interface Tallied {
  readonly ref: MeterRef;
  readonly meter: Meter;
  readonly amounts: LedgerTally;
}

function supplyMeters({ slug, mission, camp }: PartScope): Tallied[] {
  return Object.entries(mission.camps).flatMap(([campSlug, { meters }]) =>
    camp !== undefined && camp !== campSlug
      ? []
      : Object.entries(meters)
          .filter(([, { source }]) => isSupplySource(source))
          .map(([name, meter]) => ({ ref: meterRef(slug, campSlug, name), meter, amounts: emptyTally() })),
  );
}

/** The period in pieces of one month at most, none of them wholly in the future. */
function piecesOf({ from, to }: Period, today: string): Period[] {
  const last = to < today ? to : today;
  if (from > last) return [];
  return monthsBetween(monthOf(from), monthOf(last)).map((month) => {
    const whole = monthPeriod(month);
    return { from: whole.from < from ? from : whole.from, to: whole.to > last ? last : whole.to };
  });
}

async function addPiece(ctx: QueryContext, scope: PartScope, piece: Period, meters: readonly Tallied[]) {
  const range = periodRange(piece, scope.mission.zone);
  const byMeter = new Map<string, Map<number, EnergyInterval>>();
  const refs = meters.map(({ ref }) => ref);
  for (const interval of await ctx.store.readIntervals(refs, range)) {
    const known = byMeter.get(interval.meter.key) ?? new Map<number, EnergyInterval>();
    byMeter.set(interval.meter.key, known);
    known.set(interval.start, interval);
  }
  for (const each of meters) {
    const known = byMeter.get(each.ref.key);
    if (known === undefined) continue;
    for (const date of daysBetween(piece)) {
      if (isInService(each.meter, date)) addDay(ctx.registry, scope.mission.zone, { ...each, known, date });
    }
  }
}

interface MeterOnDay extends Tallied {
  readonly known: ReadonlyMap<number, EnergyInterval>;
  readonly date: string;
}

/** One meter's local day, as the ledger counts it. Exports are the whole camp's and stand in no meter's part. */
function addDay(registry: Registry, zone: string, { ref, meter, amounts, known, date }: MeterOnDay): void {
  const { from, to } = dayRange(date, zone);
  const weightW = coverageWeightW(meter.ratedW);
  let fuelMl = 0;
  for (let start = Math.ceil(from / INTERVAL_MS) * INTERVAL_MS; start < to; start += INTERVAL_MS) {
    const interval = known.get(start);
    if (interval === undefined) continue;
    amounts.energyWh += interval.forwardWh;
    amounts.recoveredWh += interval.recoveredWh;
    amounts.estimatedWh += interval.estimatedWh;
    amounts.manualWh += interval.manualWh;
    amounts.implausibleWh += interval.implausibleWh;
    amounts.coveredWs += interval.coveredS * weightW;
    fuelMl += interval.fuelMl;
  }
  amounts.fuelMl += fuelMl;
  if (meter.source === 'diesel' && fuelMl === 0) {
    amounts.estimatedFuelMl += estimatedFuelMl({ registry, ref, date, known });
  }
}

/** What the ledger's split estimates for a genset whose meter told no fuel that day. */
function estimatedFuelMl(on: {
  registry: Registry;
  ref: MeterRef;
  date: string;
  known: ReadonlyMap<number, EnergyInterval>;
}): number {
  const { registry, ref, date, known } = on;
  const { mission, camp, meter } = ref;
  const day = campDay({ registry, mission, camp, date, intervals: new Map([[meter, known]]) });
  const cells = day === undefined ? [] : splitCampDay(day);
  return cells.reduce((sum, { amounts }) => sum + amounts.estimatedFuelMl, 0);
}

async function readParts(ctx: QueryContext, scope: PartScope): Promise<MeterParts> {
  const meters = supplyMeters(scope).sort((a, b) => (a.ref.key < b.ref.key ? -1 : 1));
  for (const piece of piecesOf(scope.period, localDateOf(ctx.now, scope.mission.zone))) {
    await addPiece(ctx, scope, piece, meters);
    await turnOfTheLoop();
  }
  return { meters, ledgerWh: grossWh(sumEntries(await readScopeLedger(ctx, scope))) };
}

/** The ledger of the scope, summed over its period. @throws AppError */
export function readScopeLedger(ctx: QueryContext, { slug, camp, period }: PartScope): Promise<DatedEntry[]> {
  const filter = camp === undefined ? { sumCamps: true } : { camp };
  return readDatedLedger(ctx, period, { mission: slug, sumPeriods: true, ...filter });
}

/** Meters × days so far that {@link meterParts} would read. */
function meterDays(scope: PartScope, today: string): number {
  return (
    piecesOf(scope.period, today).reduce((sum, piece) => sum + countDays(piece), 0) *
    supplyMeters(scope).length
  );
}

/**
 * Every registered supply meter of the scope; null where that is more than can be read at once, more than 400 days or
 * {@link MAX_METER_DAYS} meters × days. @throws AppError
 */
export async function meterParts(ctx: QueryContext, scope: PartScope): Promise<MeterParts | null> {
  const today = localDateOf(ctx.now, scope.mission.zone);
  if (countDays(scope.period) > MAX_DAYS || meterDays(scope, today) > MAX_METER_DAYS) return null;
  const { slug, camp = '', period } = scope;
  const kept = keptByStore.get(ctx.store) ?? new Map<string, Kept>();
  keptByStore.set(ctx.store, kept);
  const key = [slug, camp, period.from, period.to].join(' ');
  const known = kept.get(key);
  const isFresh = known?.registry === ctx.registry && known.at <= ctx.now && ctx.now - known.at < KEPT_MS;
  if (known !== undefined && isFresh) return known.parts;
  const parts = await readParts(ctx, scope);
  kept.delete(key);
  kept.set(key, { at: ctx.now, registry: ctx.registry, parts });
  const oldest = kept.keys().next().value;
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  return parts;
}
