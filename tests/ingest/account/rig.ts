/**
 * The accounts on a store and a journal of their own, as the worker runs them: readings are written, marked
 * and taken. It can be stopped cleanly, or killed at any write, and started again on what is left.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { utcDayOf } from '#lib/energy/checkpoint.ts';
import type { MeterDay } from '#lib/energy/interval.ts';
import type { LedgerEntry } from '#lib/energy/ledger.ts';
import type { Reading } from '#lib/energy/reading.ts';
import type { Correction } from '#lib/registry/correction.ts';
import type { ProfileBook } from '#lib/registry/meter-rules.ts';
import type { Camp, Meter, Registry } from '#lib/registry/types.ts';
import { inTransaction } from '#lib/server/database.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import type { Store } from '#lib/server/store/store.ts';
import { Accountant } from '../../../ingest/account/accountant.ts';
import { Bookmarks } from '../../../ingest/account/bookmarks.ts';
import { Pace } from '../../../ingest/account/pace.ts';
import type { ProfileRulesOf } from '../../../ingest/account/restate.ts';
import { openJournal } from '../../../ingest/journal.ts';
import { RawRetention } from '../../../ingest/retention/raw-retention.ts';

/** A store that dies at a chosen write: from then on nothing is answered. */
class MortalStore {
  #writesLeft = Infinity;

  dieAfter(writes: number): void {
    this.#writesLeft = writes;
  }

  wrap(store: Store): Store {
    return new Proxy(store, {
      get: (target, name: keyof Store) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (name === 'writeAccounts' || name === 'replaceLedger') this.#writesLeft -= 1;
          if (this.#writesLeft < 0) return Promise.reject(new Error('killed'));
          return (member as (...given: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  }
}

export interface RigOptions {
  readonly registry: Registry;
  readonly corrections?: readonly Correction[];
  readonly profileRulesOf?: ProfileRulesOf;
  readonly profiles?: ProfileBook;
  /** default: SQLite in the rig's folder */
  readonly openStore?: (folder: string) => Store;
}

export class Rig {
  readonly faults: unknown[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'bluewatt-accounts-'));
  readonly store: Store;
  readonly journal: DatabaseSync;
  registry: Registry;
  profiles: ProfileBook;
  corrections: readonly Correction[];
  bookmarks!: Bookmarks;
  accounts!: Accountant;
  retention!: RawRetention;
  readonly #options: RigOptions;
  #everMade: readonly Correction[] = [];
  #mortal = new MortalStore();

  private constructor(options: RigOptions) {
    this.#options = options;
    this.registry = options.registry;
    this.profiles = options.profiles ?? {};
    this.corrections = options.corrections ?? [];
    this.store =
      options.openStore?.(this.folder) ?? createSqliteStore({ file: join(this.folder, 'readings.db') });
    this.journal = openJournal(this.folder);
  }

  static async open(options: RigOptions): Promise<Rig> {
    const rig = new Rig(options);
    await rig.start();
    return rig;
  }

  /** A new process on the same files. */
  async start(): Promise<void> {
    this.#mortal = new MortalStore();
    this.bookmarks = new Bookmarks(this.journal);
    this.retention = new RawRetention({
      ...{ journal: this.journal, store: this.store, days: undefined },
      onFault: (error) => this.faults.push(error),
    });
    this.accounts = new Accountant({
      store: this.#mortal.wrap(this.store),
      bookmarks: this.bookmarks,
      registry: this.registry,
      corrections: this.corrections,
      endedCorrections: this.#everMade.filter((each) => !this.corrections.includes(each)),
      profiles: this.profiles,
      profileRulesOf: this.#options.profileRulesOf ?? (() => () => ({})),
      onFault: (error) => this.faults.push(error),
      pace: new Pace(0),
      keptFromDay: () => this.retention.keptFromDay,
    });
    await this.accounts.start();
  }

  /** What delivery does with a batch. */
  async deliver(readings: readonly Reading[]): Promise<void> {
    await this.store.writeReadings(readings);
    const { bookmarks } = this;
    inTransaction(this.journal, () => {
      bookmarks.write(bookmarks.needed(readings));
    });
    this.accounts.take(readings);
  }

  async flush(): Promise<void> {
    expect([await this.accounts.flush(), this.faults]).toEqual([true, []]);
  }

  async restart(): Promise<void> {
    await this.accounts.stop(60_000);
    await this.start();
  }

  /** Killed in the middle of a flush, after so many writes of it, and started again. */
  async crash(afterWrites: number): Promise<void> {
    this.#mortal.dieAfter(afterWrites);
    await this.accounts.flush();
    this.faults.length = 0;
    await this.start();
  }

  useRegistry(registry: Registry, profiles = this.profiles): void {
    this.registry = registry;
    this.profiles = profiles;
    this.accounts.useRegistry(registry, profiles);
  }

  useCorrections(corrections: readonly Correction[]): void {
    this.corrections = corrections;
    this.#everMade = [...new Set([...this.#everMade, ...corrections])];
    this.accounts.useCorrections(corrections);
  }

  async close(): Promise<void> {
    await this.store.close();
    this.journal.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Books {
  readonly days: readonly MeterDay[];
  readonly ledger: readonly LedgerEntry[];
  readonly months: readonly LedgerEntry[];
}

/** How far beyond a meter's newest reading a correction may fill. */
const FILLED_DAYS = 400;

/** What a correction outside the meter's time leaves behind when it is withdrawn. */
function isNothing({ start, intervals }: MeterDay): boolean {
  return start.lastAt === null && intervals.every((interval) => interval === null);
}

/** All that the accounts have in the store. */
export async function booksOf(store: Store): Promise<Books> {
  const days: MeterDay[] = [];
  for (const { meter, lastAt } of await store.listMeters()) {
    for (let day = utcDayOf(lastAt) + FILLED_DAYS; ;) {
      const found = await store.lastMeterDay(meter, day);
      if (found === undefined) break;
      if (!isNothing(found)) days.push(found);
      day = found.day - 1;
    }
  }
  return {
    days,
    ledger: await store.readLedger({
      level: 'day',
      from: '2000-01-01',
      to: '2100-01-01',
      byContributor: true,
    }),
    months: await store.readLedger({ level: 'month', from: '2000-01', to: '2100-01', byContributor: true }),
  };
}

/** The books as one recomputation of all these readings makes them. */
export async function recomputed(readings: readonly Reading[], options: RigOptions): Promise<Books> {
  const { openStore: _, ...onSqlite } = options;
  const rig = await Rig.open(onSqlite);
  try {
    await rig.store.writeReadings(readings);
    await rig.start();
    await rig.flush();
    return await booksOf(rig.store);
  } finally {
    await rig.close();
  }
}

/** Equal to the byte. */
export function expectSameBooks(actual: Books, expected: Books): void {
  expect(actual).toEqual(expected);
  expect(bytesOf(actual)).toBe(bytesOf(expected));
}

/** The two stores name the fields of an entry in different order; nothing else may differ. */
function bytesOf(books: Books): string {
  return JSON.stringify(books, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

export function meter(source: Meter['source'], rest: Partial<Meter> = {}): Meter {
  return { source, ownership: 'un-owned', expectedIntervalS: 60, events: [], ...rest };
}

export function campOf(
  meters: Record<string, Meter>,
  rest: { zone?: string; camp?: Partial<Camp> } = {},
): Registry {
  const camp: Camp = { name: 'Juba', headcount: [], meters, ...rest.camp };
  const grid = [{ from: '2024-01-01', renewableFraction: 0.5 }];
  return {
    missions: {
      unmiss: { name: 'UNMISS', zone: rest.zone ?? 'Africa/Juba', targets: [], grid, camps: { juba: camp } },
    },
    pledges: [],
    sources: [],
  };
}
