/** Five years of ledger of 750 camps, written through the store's port without any meter behind it. */
import { addDays } from '#lib/energy/calendar.ts';
import { buildLedgerMonth } from '#lib/energy/ledger-build.ts';
import { emptyTally, type LedgerEntry } from '#lib/energy/ledger.ts';
import type { Source } from '#lib/energy/source.ts';
import type { Camp, Meter, Mission, Registry } from '#lib/registry/types.ts';
import type { Store } from '#lib/server/store/store.ts';

export const FIRST_YEAR = 2021;
export const YEARS = 5;
const MISSIONS = 15;
const CAMPS_PER_MISSION = 50;
const METERS_PER_CAMP = 10;
const SOURCES: readonly Source[] = ['diesel', 'solar'];
const SECONDS_PER_DAY = 86_400;
const RATED_W = 500_000;

/** Writes day and month entries of every camp; returns how many. */
export async function fillLedger(store: Store): Promise<number> {
  let written = 0;
  for (let mission = 0; mission < MISSIONS; mission += 1) {
    for (let camp = 0; camp < CAMPS_PER_MISSION; camp += 1) {
      const days = [...campDays(`mission-${String(mission)}`, `camp-${String(camp)}`)];
      const months = Map.groupBy(days, ({ period }) => period.slice(0, 7));
      const entries = [...days, ...[...months.values()].flatMap((ofMonth) => buildLedgerMonth(ofMonth))];
      await store.writeAccounts([], entries);
      written += entries.length;
    }
  }
  return written;
}

function* campDays(mission: string, camp: string): Generator<LedgerEntry> {
  const end = `${String(FIRST_YEAR + YEARS)}-01-01`;
  let day = 0;
  for (let date = `${String(FIRST_YEAR)}-01-01`; date < end; date = addDays(date, 1)) {
    for (const source of SOURCES) {
      const energyWh = 2_000_000 + ((day * 7_919) % 400_000);
      yield {
        ...emptyTally(),
        level: 'day',
        mission,
        camp,
        source,
        ownership: 'un-owned',
        period: date,
        energyWh,
        renewableWh: source === 'solar' ? energyWh : 0,
        fuelMl: source === 'diesel' ? energyWh * 0.3 : 0,
        coveredWs: SECONDS_PER_DAY * RATED_W,
      };
    }
    day += 1;
  }
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
