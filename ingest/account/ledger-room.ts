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
import type { Store } from '#lib/server/store/store.ts';

export interface CampDate {
  readonly mission: string;
  readonly camp: string;
  /** local date of the mission */
  readonly date: string;
}

/** A day of a meter as the accounts hold it in memory, or undefined when only the store has it. */
export type HeldDay = (meter: MeterRef, day: number) => MeterDay | undefined;

type LedgerStore = Pick<Store, 'readIntervals' | 'readLedger'>;

/** The camps' local days that these meter days reach into. Camps that nobody registered have none. */
export function campDatesOf(days: readonly MeterDay[], registry: Registry): CampDate[] {
  const found = new Map<string, CampDate>();
  for (const { meter, day } of days) {
    const { mission, camp } = meter;
    const zone = missionOf(registry, mission)?.zone;
    if (zone === undefined || campOf(registry, mission, camp) === undefined) continue;
    for (const at of [day * DAY_MS, (day + 1) * DAY_MS - 1]) {
      const date = localDateOf(at, zone);
      found.set(`${mission}/${camp}/${date}`, { mission, camp, date });
    }
  }
  return [...found.values()];
}

/** The ledger entries of one camp's local day. */
export async function ledgerOfDay(
  at: CampDate,
  registry: Registry,
  sources: { held: HeldDay; store: LedgerStore },
): Promise<LedgerEntry[]> {
  const mission = missionOf(registry, at.mission);
  const camp = campOf(registry, at.mission, at.camp);
  if (mission === undefined || camp === undefined) return [];
  const range = dayRange(at.date, mission.zone);
  const intervals = new Map<string, Map<number, EnergyInterval>>();
  const elsewhere: MeterRef[] = [];
  for (const slug of Object.keys(camp.meters)) {
    const ref = meterRef(at.mission, at.camp, slug);
    const inMemory = heldIntervals(ref, range, sources.held);
    if (inMemory === undefined) elsewhere.push(ref);
    else intervals.set(slug, inMemory);
  }
  if (elsewhere.length > 0) {
    for (const { meter, start, ...interval } of await sources.store.readIntervals(elsewhere, range)) {
      let ofMeter = intervals.get(meter.meter);
      if (ofMeter === undefined) intervals.set(meter.meter, (ofMeter = new Map()));
      ofMeter.set(start, interval);
    }
    overlayHeld(elsewhere, range, sources.held, intervals);
  }
  return buildCampLedgerDay({ registry, mission: at.mission, camp: at.camp, date: at.date, intervals });
}

/** All intervals of a meter in the range when every UTC day it touches is held in memory. */
function heldIntervals(
  ref: MeterRef,
  { from, to }: { from: number; to: number },
  held: HeldDay,
): Map<number, EnergyInterval> | undefined {
  const found = new Map<number, EnergyInterval>();
  for (let day = Math.floor(from / DAY_MS); day * DAY_MS < to; day += 1) {
    const known = held(ref, day);
    if (known === undefined) return undefined;
    addIntervals(known, { from, to }, found);
  }
  return found;
}

/** What is in memory is newer than what is in the store. */
function overlayHeld(
  meters: readonly MeterRef[],
  range: { from: number; to: number },
  held: HeldDay,
  intervals: Map<string, Map<number, EnergyInterval>>,
): void {
  for (const ref of meters) {
    for (let day = Math.floor(range.from / DAY_MS); day * DAY_MS < range.to; day += 1) {
      const known = held(ref, day);
      if (known === undefined) continue;
      const ofMeter = intervals.get(ref.meter) ?? new Map<number, EnergyInterval>();
      for (const start of [...ofMeter.keys()]) if (Math.floor(start / DAY_MS) === day) ofMeter.delete(start);
      addIntervals(known, range, ofMeter);
      intervals.set(ref.meter, ofMeter);
    }
  }
}

function addIntervals(
  { day, intervals }: MeterDay,
  { from, to }: { from: number; to: number },
  into: Map<number, EnergyInterval>,
): void {
  for (const [place, interval] of intervals.entries()) {
    const start = day * DAY_MS + place * INTERVAL_MS;
    if (interval !== null && start >= from && start < to) into.set(start, interval);
  }
}

/** The month entries that changed day entries move: the stored days of those months with the new ones in their place. */
export async function ledgerOfMonths(
  changed: readonly CampDate[],
  dayEntries: readonly LedgerEntry[],
  store: LedgerStore,
): Promise<LedgerEntry[]> {
  const months = new Map(
    changed.map(({ mission, camp, date }) => [
      `${mission}/${camp}/${monthOf(date)}`,
      { mission, camp, month: monthOf(date) },
    ]),
  );
  const isChanged = new Set(changed.map(({ mission, camp, date }) => `${mission}/${camp}/${date}`));
  const entries: LedgerEntry[] = [];
  for (const { mission, camp, month } of months.values()) {
    const { from, to } = monthPeriod(month);
    const stored = await store.readLedger({ level: 'day', from, to, mission, camp });
    const kept = stored.filter(({ period }) => !isChanged.has(`${mission}/${camp}/${period}`));
    const fresh = dayEntries.filter(
      (entry) => entry.mission === mission && entry.camp === camp && monthOf(entry.period) === month,
    );
    entries.push(...buildLedgerMonth([...kept, ...fresh]));
  }
  return entries;
}
