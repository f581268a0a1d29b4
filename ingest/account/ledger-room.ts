/**
 * From changed meter days to the ledger entries they move: every local day of a camp that a changed UTC day
 * reaches into, and the months of those days, built anew from interval energy.
 */
import { DAY_MS, INTERVAL_MS, type EnergyInterval, type MeterDay } from '#lib/energy/interval.ts';
import { dayRange, localDateOf, monthOf, monthPeriod } from '#lib/energy/calendar.ts';
import { buildLedgerMonth } from '#lib/energy/ledger-build.ts';
import type { LedgerEntry } from '#lib/energy/ledger.ts';
import { meterRef, type MeterRef } from '#lib/energy/reading.ts';
import { buildCampLedgerDay } from '#lib/registry/camp-day.ts';
import { campOf, missionOf } from '#lib/registry/lookup.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { Store, TimeRange } from '#lib/server/store/store.ts';
import type { Pace } from './pace.ts';

/** Days of one camp's local month. */
export interface CampMonth {
  readonly mission: string;
  readonly camp: string;
  /** `YYYY-MM`, local */
  readonly month: string;
  /** local dates of the mission, in that month */
  readonly dates: ReadonlySet<string>;
}

/** A day of a meter as the accounts hold it in memory, or undefined when only the store has it. */
export type HeldDay = (meter: MeterRef, day: number) => MeterDay | undefined;

export interface LedgerSources {
  readonly registry: Registry;
  /** newer than the store */
  readonly held: HeldDay;
  readonly store: Pick<Store, 'readIntervals' | 'readLedger'>;
}

export interface LedgerOfMonth {
  /** of the dates asked for */
  readonly days: readonly LedgerEntry[];
  /** of the whole month */
  readonly month: readonly LedgerEntry[];
  /** dates that have lost an entry: what the store has of them must go, not merely be written over */
  readonly shrunk: ReadonlySet<string>;
}

/** The camps' local days that these meter days reach into, by month. Camps that nobody registered have none. */
export function campMonthsOf(days: readonly MeterDay[], registry: Registry): CampMonth[] {
  const found = new Map<string, CampMonth & { readonly dates: Set<string> }>();
  for (const { meter, day } of days) {
    const { mission, camp } = meter;
    const zone = missionOf(registry, mission)?.zone;
    if (zone === undefined || campOf(registry, mission, camp) === undefined) continue;
    for (const at of [day * DAY_MS, (day + 1) * DAY_MS - 1]) {
      const date = localDateOf(at, zone);
      const month = monthOf(date);
      const key = `${mission}/${camp}/${month}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { mission, camp, month, dates: new Set([date]) });
      else known.dates.add(date);
    }
  }
  return [...found.values()];
}

/** The entries of a camp's changed days, and of their month with the stored days that did not change. */
export async function ledgerOfMonth(
  { mission, camp, month, dates }: CampMonth,
  sources: LedgerSources,
  pace: Pace,
): Promise<LedgerOfMonth> {
  const days: LedgerEntry[] = [];
  for (const date of [...dates].sort()) {
    await pace.rest();
    days.push(...(await ledgerOfDay({ mission, camp, date }, sources)));
  }
  const stored = await sources.store.readLedger({
    level: 'day',
    ...monthPeriod(month),
    mission,
    camp,
    byContributor: true,
  });
  const kept = stored.filter(({ period }) => !dates.has(period));
  const fresh = new Set(days.map(keyOf));
  const lost = stored.filter((entry) => dates.has(entry.period) && !fresh.has(keyOf(entry)));
  return {
    days,
    month: buildLedgerMonth([...kept, ...days]),
    shrunk: new Set(lost.map(({ period }) => period)),
  };
}

function keyOf({ period, source, ownership, contributor = '' }: LedgerEntry): string {
  return `${period} ${source} ${ownership} ${contributor}`;
}

/** The ledger entries of one camp's local day. */
async function ledgerOfDay(
  at: { readonly mission: string; readonly camp: string; readonly date: string },
  { registry, held, store }: LedgerSources,
): Promise<LedgerEntry[]> {
  const mission = missionOf(registry, at.mission);
  const camp = campOf(registry, at.mission, at.camp);
  if (mission === undefined || camp === undefined) return [];
  const range = dayRange(at.date, mission.zone);
  const meters = Object.keys(camp.meters).map((slug) => meterRef(at.mission, at.camp, slug));
  const elsewhere = meters.filter((meter) => daysOf(range).some((day) => held(meter, day) === undefined));
  const intervals = new Map<string, Map<number, EnergyInterval>>();
  const intervalsOf = (meter: MeterRef): Map<number, EnergyInterval> => {
    const known = intervals.get(meter.meter) ?? new Map<number, EnergyInterval>();
    intervals.set(meter.meter, known);
    return known;
  };
  if (elsewhere.length > 0) {
    for (const { meter, start, ...interval } of await store.readIntervals(elsewhere, range)) {
      // What is in memory is newer than what is in the store.
      if (held(meter, Math.floor(start / DAY_MS)) === undefined) intervalsOf(meter).set(start, interval);
    }
  }
  for (const meter of meters) {
    for (const day of daysOf(range)) {
      const inMemory = held(meter, day);
      if (inMemory !== undefined) addIntervals(inMemory, range, intervalsOf(meter));
    }
  }
  return buildCampLedgerDay({ registry, mission: at.mission, camp: at.camp, date: at.date, intervals });
}

/** The UTC days that a local day touches. */
function daysOf({ from, to }: TimeRange): number[] {
  const first = Math.floor(from / DAY_MS);
  return Array.from({ length: Math.ceil(to / DAY_MS) - first }, (_, i) => first + i);
}

function addIntervals(
  { day, intervals }: MeterDay,
  { from, to }: TimeRange,
  into: Map<number, EnergyInterval>,
): void {
  for (const [place, interval] of intervals.entries()) {
    const start = day * DAY_MS + place * INTERVAL_MS;
    if (interval !== null && start >= from && start < to) into.set(start, interval);
  }
}
