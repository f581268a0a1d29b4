/**
 * Fuel of one camp over a period: what was delivered, what the tanks held, what was burnt and what the energy
 * should have taken; each withheld, with the reason, where one side is not known.
 */
import { addDays, localDateOf, toLocalTimestamp } from '../../energy/calendar.ts';
import { litresOf, type SignedFuelRecord } from '../../registry/fuel-record.ts';
import { campOf, missionOf } from '../../registry/lookup.ts';
import { burnAnswer, type BurnAnswer } from './fuel-burn.ts';
import { inventoryAnswer, type InventoryAnswer } from './fuel-inventory.ts';
import type { FuelScope } from './fuel-scope.ts';
import type { Period, QueryContext } from './types.ts';

interface Recorded {
  /** its number, by which it is withdrawn */
  readonly id: number;
  readonly litres: number;
  readonly author: string;
  readonly reason: string;
  /** RFC 3339 with the mission's offset */
  readonly recordedAt: string;
}

export interface DeliveryAnswer extends Recorded {
  readonly date: string;
  readonly reference: string;
}

export interface StockAnswer extends Recorded {
  /** RFC 3339 with the mission's offset */
  readonly at: string;
}

export interface FuelAnswer {
  readonly mission: string;
  readonly camp: string;
  readonly name: string;
  readonly zone: string;
  readonly period: Period;
  /** in force, of the period, ascending by date */
  readonly deliveries: readonly DeliveryAnswer[];
  readonly stocks: readonly StockAnswer[];
  readonly inventory: InventoryAnswer;
  readonly burn: BurnAnswer;
}

export interface FuelQuery {
  readonly mission: string;
  readonly camp: string;
  readonly period: Period;
}

function recorded(record: SignedFuelRecord, zone: string): Recorded {
  const { id, author, reason, madeAt } = record;
  return { id, litres: litresOf(record), author, reason, recordedAt: toLocalTimestamp(madeAt, zone) };
}

function deliveriesOf({ records, period, mission: { zone } }: FuelScope): DeliveryAnswer[] {
  return records
    .flatMap((record) => {
      if (record.kind !== 'delivery' || record.date < period.from || record.date > period.to) return [];
      return [{ ...recorded(record, zone), date: record.date, reference: record.reference }];
    })
    .sort((a, b) => (a.date === b.date ? a.id - b.id : a.date < b.date ? -1 : 1));
}

function stocksOf({ records, period, mission: { zone } }: FuelScope): StockAnswer[] {
  return records
    .flatMap((record) => {
      if (record.kind !== 'stock') return [];
      const date = localDateOf(record.at, zone);
      if (date < period.from || date > period.to) return [];
      return [{ record, answer: { ...recorded(record, zone), at: toLocalTimestamp(record.at, zone) } }];
    })
    .sort((a, b) => a.record.at - b.record.at)
    .map(({ answer }) => answer);
}

/** The period's whole days so far: a day that still runs cannot be balanced. Null when none has ended. */
function endedDays({ period, mission }: FuelScope, now: number): Period | null {
  const yesterday = addDays(localDateOf(now, mission.zone), -1);
  const to = period.to < yesterday ? period.to : yesterday;
  return to < period.from ? null : { from: period.from, to };
}

/** Undefined when the registry does not know the camp. @throws AppError */
export async function fuelAnswer(ctx: QueryContext, query: FuelQuery): Promise<FuelAnswer | undefined> {
  const mission = missionOf(ctx.registry, query.mission);
  const camp = campOf(ctx.registry, query.mission, query.camp);
  if (mission === undefined || camp === undefined) return undefined;
  const slugs = { mission: query.mission, camp: query.camp };
  const records = (ctx.fuelRecords ?? []).filter(
    (each) => each.mission === query.mission && each.camp === query.camp,
  );
  const scope: FuelScope = { slugs, mission, camp, records, period: query.period };
  const days = endedDays(scope, ctx.now);
  const [inventory, burn] = await Promise.all([
    inventoryAnswer(ctx, scope, days),
    burnAnswer(ctx, scope, days),
  ]);
  return {
    ...slugs,
    name: camp.name,
    zone: mission.zone,
    period: query.period,
    deliveries: deliveriesOf(scope),
    stocks: stocksOf(scope),
    inventory,
    burn,
  };
}

/** Whether there is anything about a camp's fuel to tell: a genset, or a record. */
export function hasFuel(ctx: QueryContext, { mission, camp }: { mission: string; camp: string }): boolean {
  const meters = Object.values(campOf(ctx.registry, mission, camp)?.meters ?? {});
  return (
    meters.some(({ source }) => source === 'diesel') ||
    (ctx.fuelRecords ?? []).some((each) => each.mission === mission && each.camp === camp)
  );
}
