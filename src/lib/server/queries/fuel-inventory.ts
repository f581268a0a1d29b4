/**
 * What was delivered beside what was burnt and what the tanks still hold. Deliveries are known by the day, so the
 * balance runs from midnight to midnight: from the one nearest a stock reading at the period's beginning to the one
 * nearest a reading at its end. Its own dates stand beside it.
 */
import { addDays, countDays, localDateOf, startOfDay, toLocalTimestamp } from '../../energy/calendar.ts';
import { COVERAGE_THRESHOLDS } from '../../energy/coverage.ts';
import {
  checkInventory,
  MAX_STOCK_OFFSET_DAYS,
  type InventoryGap,
} from '../../energy/fuel-reconciliation.ts';
import { tankLitres } from '../../energy/genset.ts';
import type { LedgerEntry } from '../../energy/ledger.ts';
import { meterRef } from '../../energy/reading.ts';
import { longestSilenceMs } from '../../energy/silence.ts';
import { litresOf } from '../../registry/fuel-record.ts';
import { isInService } from '../../registry/in-service.ts';
import type { Meter } from '../../registry/types.ts';
import type { FuelScope } from './fuel-scope.ts';
import type { Period, QueryContext } from './types.ts';

/** The longest period whose days are read one by one. */
export const MAX_FUEL_DAYS = 400;
const ML_PER_L = 1_000;

export interface TankStock {
  readonly litres: number;
  /** RFC 3339 with the mission's offset: when it was read */
  readonly at: string;
  /** a person with a dipstick, or the tanks' own meters */
  readonly by: 'dip' | 'meters';
}

export interface InventoryAnswer {
  /** whole local days that are balanced; null where no stock is known near the period's ends */
  readonly period: Period | null;
  readonly issuedL: number | null;
  readonly burntL: number | null;
  /** the part of `burntL` that no meter told: by the default curves */
  readonly estimatedL: number | null;
  readonly stockAtStart: TankStock | null;
  readonly stockAtEnd: TankStock | null;
  readonly levelChangeL: number | null;
  /** above 0: delivered, and neither burnt nor in the tanks */
  readonly unexplainedL: number | null;
  readonly toleranceL: number | null;
  readonly isFinding: boolean;
  readonly withheld: InventoryGap | 'period-too-long' | null;
}

interface Ends {
  readonly period: Period;
  readonly start: TankStock;
  readonly end: TankStock;
}

const NOTHING: Omit<InventoryAnswer, 'withheld'> = {
  period: null,
  issuedL: null,
  burntL: null,
  estimatedL: null,
  stockAtStart: null,
  stockAtEnd: null,
  levelChangeL: null,
  unexplainedL: null,
  toleranceL: null,
  isFinding: false,
};

/** A stock with the midnight it stands for: the beginning of the local day `date`. */
interface DatedStock {
  readonly date: string;
  readonly stock: TankStock;
}

/** `days`: the period's whole days so far. @throws AppError */
export async function inventoryAnswer(
  ctx: QueryContext,
  scope: FuelScope,
  days: Period | null,
): Promise<InventoryAnswer> {
  if (days === null) return { ...NOTHING, withheld: 'level-unknown' };
  if (countDays(days) > MAX_FUEL_DAYS) return { ...NOTHING, withheld: 'period-too-long' };
  const ends = dippedEnds(scope, days) ?? (await meteredEnds(ctx, scope, days));
  const balanced = ends?.period ?? days;
  const issuedL = issuedLitres(scope, balanced);
  const entries = await ctx.store.readLedger({ level: 'day', ...balanced, ...scope.slugs });
  const burnt = burntLitres(
    entries.filter(({ source }) => source === 'diesel'),
    balanced,
  );
  const found = {
    issuedL,
    burntL: burnt?.burntL ?? null,
    estimatedL: burnt?.estimatedL ?? null,
    stockAtStart: ends?.start ?? null,
    stockAtEnd: ends?.end ?? null,
  };
  const check = checkInventory({
    issuedL,
    burntL: found.burntL,
    levelAtStartL: ends?.start.litres ?? null,
    levelAtEndL: ends?.end.litres ?? null,
    days: countDays(balanced),
  });
  const period = ends?.period ?? null;
  if (!check.ok) return { ...NOTHING, ...found, period, withheld: check.reason };
  const { levelChangeL, unexplainedL, toleranceL, isFinding } = check;
  return { ...found, period, levelChangeL, unexplainedL, toleranceL, isFinding, withheld: null };
}

/** Whoever wrote down one delivery is taken to keep the book from then on; before that, none may have been written down. */
function issuedLitres({ records }: FuelScope, { from, to }: Period): number | null {
  const deliveries = records.filter((each) => each.kind === 'delivery');
  if (!deliveries.some(({ date }) => date <= to)) return null;
  return deliveries
    .filter(({ date }) => date >= from && date <= to)
    .reduce((sum, delivery) => sum + litresOf(delivery), 0);
}

/** Null where the gensets said nothing on more of the days than a provisional share may lack. */
function burntLitres(
  entries: readonly LedgerEntry[],
  period: Period,
): { readonly burntL: number; readonly estimatedL: number } | null {
  const known = entries.filter(({ coveredWs, energyWh }) => coveredWs > 0 || energyWh > 0);
  const knownDays = new Set(known.map((entry) => entry.period)).size;
  if (knownDays < countDays(period) * COVERAGE_THRESHOLDS.provisional) return null;
  const sum = (name: 'fuelMl' | 'estimatedFuelMl') =>
    entries.reduce((total, entry) => total + entry[name], 0) / ML_PER_L;
  const estimatedL = sum('estimatedFuelMl');
  return { burntL: sum('fuelMl') + estimatedL, estimatedL };
}

/** The two dips nearest the period's ends. */
function dippedEnds({ records, mission: { zone } }: FuelScope, days: Period): Ends | null {
  const dips = records.flatMap((record): DatedStock[] => {
    if (record.kind !== 'stock') return [];
    const { at } = record;
    const date = localDateOf(at, zone);
    const next = addDays(date, 1);
    const isLate = at - startOfDay(date, zone) >= startOfDay(next, zone) - at;
    const stock = { litres: litresOf(record), at: toLocalTimestamp(at, zone), by: 'dip' } as const;
    return [{ date: isLate ? next : date, stock }];
  });
  return endsOf(nearest(dips, days.from), nearest(dips, addDays(days.to, 1)));
}

function nearest(stocks: readonly DatedStock[], wanted: string): DatedStock | null {
  const offset = ({ date }: DatedStock) => Math.abs(countDays({ from: wanted, to: date }) - 1);
  const [best] = stocks
    .filter((stock) => offset(stock) <= MAX_STOCK_OFFSET_DAYS)
    .sort((a, b) => offset(a) - offset(b));
  return best ?? null;
}

function endsOf(start: DatedStock | null, end: DatedStock | null): Ends | null {
  if (start === null || end === null || start.date >= end.date) return null;
  return { period: { from: start.date, to: addDays(end.date, -1) }, start: start.stock, end: end.stock };
}

/** What the meters of all tanks told around the period's two midnights; a dip counts all tanks, so the two are never mixed. */
async function meteredEnds(ctx: QueryContext, scope: FuelScope, days: Period): Promise<Ends | null> {
  const [start, end] = await Promise.all([
    meteredStock(ctx, scope, days.from),
    meteredStock(ctx, scope, addDays(days.to, 1)),
  ]);
  return endsOf(start, end);
}

async function meteredStock(ctx: QueryContext, scope: FuelScope, date: string): Promise<DatedStock | null> {
  const { zone } = scope.mission;
  const at = startOfDay(date, zone);
  const tanks = Object.entries(scope.camp.meters).filter(
    ([, meter]) => meter.tankL !== undefined && isInService(meter, date),
  );
  const levels = await Promise.all(tanks.map(([slug, meter]) => levelAt(ctx, scope, { slug, meter, at })));
  if (levels.length === 0 || levels.includes(null)) return null;
  const litres = levels.reduce((sum: number, level) => sum + (level ?? 0), 0);
  return { date, stock: { litres, at: toLocalTimestamp(at, zone), by: 'meters' } };
}

/** The level told nearest to `at`, within the meter's longest plausible silence; null where none was. */
async function levelAt(
  { store }: QueryContext,
  { slugs }: FuelScope,
  { slug, meter, at }: { slug: string; meter: Meter; at: number },
): Promise<number | null> {
  const within = longestSilenceMs(meter.expectedIntervalS);
  const ref = meterRef(slugs.mission, slugs.camp, slug);
  const readings = await store.readReadings(ref, { from: at - within, to: at + within + 1 });
  const told = readings.flatMap((reading) => {
    const litres = tankLitres(reading.values, meter.tankL);
    return litres === undefined ? [] : [{ litres, away: Math.abs(reading.at - at) }];
  });
  return told.sort((a, b) => a.away - b.away)[0]?.litres ?? null;
}
