/** Years of ledger of 750 camps, and a mission's quarters of an hour, written through the store's port without any meter behind them. */
import { addDays, addMonths, daysBetween, monthPeriod, monthsBetween } from '#lib/energy/calendar.ts';
import { initialState } from '#lib/energy/account-state.ts';
import { DAY_MS, emptyInterval, INTERVALS_PER_DAY, type MeterDay } from '#lib/energy/interval.ts';
import { buildLedgerMonth } from '#lib/energy/ledger-build.ts';
import { emptyTally, type LedgerEntry } from '#lib/energy/ledger.ts';
import { meterRef, type MeterRef } from '#lib/energy/reading.ts';
import type { Source } from '#lib/energy/source.ts';
import type { Camp, Meter, Mission, Registry } from '#lib/registry/types.ts';
import type { Store } from '#lib/server/store/store.ts';

export const LAST_YEAR = 2025;
export const YEARS = 5;
export const MISSIONS = 15;
const CAMPS_PER_MISSION = 50;
export const METERS_PER_CAMP = 10;
const SOURCES: readonly Source[] = ['diesel', 'solar'];
const SECONDS_PER_DAY = 86_400;
const RATED_W = 500_000;
const ENTRIES_AT_ONCE = 20_000;

/** Writes day and month entries of every camp from `years` before the end of {@link LAST_YEAR}, month by month; returns how many. */
export async function fillLedger(
  store: Store,
  { firstYear, lastYear }: { firstYear: number; lastYear: number },
): Promise<number> {
  let written = 0;
  let entries: LedgerEntry[] = [];
  const write = async (): Promise<void> => {
    written += entries.length;
    await store.writeAccounts([], entries);
    entries = [];
  };
  for (let mission = 0; mission < MISSIONS; mission += 1) {
    for (const month of monthsBetween(
      `${String(firstYear)}-01`,
      addMonths(`${String(lastYear + 1)}-01`, -1),
    )) {
      for (let camp = 0; camp < CAMPS_PER_MISSION; camp += 1) {
        const days = campDays(`mission-${String(mission)}`, `camp-${String(camp)}`, month);
        entries.push(...days, ...buildLedgerMonth(days));
      }
      if (entries.length >= ENTRIES_AT_ONCE) await write();
    }
  }
  await write();
  return written;
}

function campDays(mission: string, camp: string, month: string): LedgerEntry[] {
  return daysBetween(monthPeriod(month)).flatMap((date) =>
    SOURCES.map((source) => {
      const energyWh = 2_000_000 + (((Date.parse(date) / DAY_MS) * 7_919) % 400_000);
      return {
        ...emptyTally(),
        level: 'day' as const,
        mission,
        camp,
        source,
        ownership: 'un-owned' as const,
        period: date,
        energyWh,
        renewableWh: source === 'solar' ? energyWh : 0,
        fuelMl: source === 'diesel' ? Math.round(energyWh * 0.3) : 0,
        coveredWs: SECONDS_PER_DAY * RATED_W,
      };
    }),
  );
}

/** Writes `days` days of intervals, up to `lastDate`, of all meters of one mission's 50 camps. */
export async function fillIntervals(
  store: Store,
  { mission, lastDate, days }: { mission: string; lastDate: string; days: number },
): Promise<void> {
  const dates = daysBetween({ from: addDays(lastDate, 1 - days), to: lastDate });
  for (let camp = 0; camp < CAMPS_PER_MISSION; camp += 1) {
    const meters = Array.from({ length: METERS_PER_CAMP }, (_, index) =>
      meterRef(mission, `camp-${String(camp)}`, `meter-${String(index)}`),
    );
    for (const meter of meters) {
      await store.writeAccounts(
        dates.map((date) => meterDay(meter, Date.parse(date) / DAY_MS)),
        [],
      );
    }
  }
}

function meterDay(meter: MeterRef, day: number): MeterDay {
  const interval = { ...emptyInterval(), forwardWh: 25_000, coveredS: 900, minW: 90_000, maxW: 110_000 };
  return {
    meter,
    day,
    start: { ...initialState(), lastAt: day * DAY_MS - 1 },
    intervals: Array.from({ length: INTERVALS_PER_DAY }, () => interval),
  };
}

/** The missions, camps and meters of that ledger. */
export function ledgerRegistry(): Registry {
  const meters = Object.fromEntries(
    Array.from({ length: METERS_PER_CAMP }, (_, index): [string, Meter] => [
      `meter-${String(index)}`,
      {
        source: SOURCES[index % SOURCES.length] ?? 'diesel',
        ratedW: RATED_W,
        ownership: 'un-owned',
        expectedIntervalS: 60,
        events: [],
      },
    ]),
  );
  const camps = Object.fromEntries(
    Array.from({ length: CAMPS_PER_MISSION }, (_, index): [string, Camp] => [
      `camp-${String(index)}`,
      { name: `Camp ${String(index)}`, headcount: [], meters },
    ]),
  );
  const missions = Object.fromEntries(
    Array.from({ length: MISSIONS }, (_, index): [string, Mission] => [
      `mission-${String(index)}`,
      { name: `Mission ${String(index)}`, zone: 'Africa/Juba', example: true, targets: [], grid: [], camps },
    ]),
  );
  return { missions, pledges: [], sources: [] };
}
