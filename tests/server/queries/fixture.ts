/** A SQLite store in a folder of its own, filled through the store's port: what the worker would have written. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monthOf } from '#lib/energy/calendar.ts';
import { buildLedgerMonth } from '#lib/energy/ledger-build.ts';
import { emptyTally, type LedgerAmounts, type LedgerEntry } from '#lib/energy/ledger.ts';
import { buildCampLedgerDay } from '#lib/registry/camp-day.ts';
import type { Camp, Meter, Mission, Registry } from '#lib/registry/types.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import type { Store } from '#lib/server/store/store.ts';
import {
  CAMP,
  DATES,
  MISSION,
  referenceIntervals,
  referenceMeterDays,
  REGISTRY,
} from '../../energy/reference-camp.ts';

export interface TestStore {
  readonly store: Store;
  dispose(): Promise<void>;
}

export function temporaryStore(): TestStore {
  const folder = mkdtempSync(join(tmpdir(), 'bluewatt-queries-'));
  const store = createSqliteStore({ file: join(folder, 'readings.db') });
  return {
    store,
    async dispose() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Day entries and the months they make up. */
export async function writeDays(store: Store, days: readonly LedgerEntry[]): Promise<void> {
  await store.writeAccounts([], [...days, ...buildLedgerMonth(days)]);
}

/** The three days of the reference camp: intervals, day ledger and month ledger. */
export async function writeReferenceCamp(store: Store): Promise<void> {
  const intervals = referenceIntervals();
  const days = DATES.flatMap((date) =>
    buildCampLedgerDay({ registry: REGISTRY, mission: MISSION, camp: CAMP, date, intervals }),
  );
  await store.writeAccounts(referenceMeterDays(), []);
  await writeDays(store, days);
}

export function entry(
  key: Pick<LedgerEntry, 'mission' | 'camp' | 'source' | 'period'> & Partial<Pick<LedgerEntry, 'ownership'>>,
  amounts: Partial<LedgerAmounts>,
): LedgerEntry {
  const level = key.period === monthOf(key.period) ? 'month' : 'day';
  return { level, ownership: 'un-owned', ...key, ...emptyTally(), ...amounts };
}

export function meter(source: Meter['source'], rest: Partial<Meter> = {}): Meter {
  return { source, ownership: 'un-owned', expectedIntervalS: 60, events: [], ...rest };
}

export function camp(meters: Record<string, Meter>, rest: Partial<Camp> = {}): Camp {
  return { name: 'A camp', headcount: [], meters, ...rest };
}

export function mission(camps: Record<string, Camp>, rest: Partial<Mission> = {}): Mission {
  return { name: 'A mission', zone: 'UTC', targets: [], grid: [], camps, ...rest };
}

export function registryOf(missions: Record<string, Mission>): Registry {
  return { missions, pledges: [], sources: [] };
}
