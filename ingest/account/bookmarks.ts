/**
 * What the accounts must not forget across a crash, in the worker's journal: the meters' days that are not
 * taken in yet (marks, written before the readings are acknowledged), the state each meter's account goes on
 * from, and the registry and corrections that were accounted by.
 *
 * A meter without a mark is exactly at its saved state; a meter with one is recomputed from raw.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { AccountState } from '#lib/energy/account-state.ts';
import { utcDayOf } from '#lib/energy/checkpoint.ts';
import { parseMeterKey, type Reading } from '#lib/energy/reading.ts';
import type { Correction } from '#lib/registry/correction.ts';
import type { ProfileBook } from '#lib/registry/meter-rules.ts';
import type { Registry } from '#lib/registry/types.ts';
import { inTransaction, type Row } from '#lib/server/database.ts';

export type AccountedCorrection = Pick<Correction, 'id' | 'meter' | 'from' | 'to'> & {
  /** false when days are being accounted by it, and a crash may have left only some of them so */
  readonly isDone: boolean;
};

export interface DayMark {
  readonly meter: string;
  /** days since 1970-01-01 UTC, inclusive */
  readonly fromDay: number;
  readonly toDay: number;
}

interface Days {
  fromDay: number;
  toDay: number;
}

/** Grows when the ledger comes to tell more: 2, contributing units apart. Older ledgers are restated at the next start. */
export const LEDGER_VERSION = 2;

/** As it is written down; what older versions did not write is absent. */
export interface Accounted {
  readonly registry: Registry;
  readonly profiles: ProfileBook | undefined;
  readonly ledgerVersion: number | undefined;
}

export class Bookmarks {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;
  #current = new Map<string, Days>();
  #settling = new Map<string, Days>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  /** The marks these readings need beyond those that stand; many readings of one day need one. */
  needed(readings: readonly Reading[]): DayMark[] {
    let marks: Map<string, Days> | undefined;
    for (const { meter, at } of readings) {
      const day = utcDayOf(at);
      const known = this.#current.get(meter.key);
      if (known !== undefined && day >= known.fromDay && day <= known.toDay) continue;
      marks ??= new Map();
      extend(marks, meter.key, { fromDay: day, toDay: day });
    }
    if (marks === undefined) return [];
    return [...marks].map(([meter, { fromDay, toDay }]) => ({ meter, fromDay, toDay }));
  }

  /** Must run inside a journal transaction. */
  write(marks: readonly DayMark[]): void {
    for (const { meter, fromDay, toDay } of marks) {
      this.#statements.upsert.run(meter, fromDay, toDay);
      extend(this.#current, meter, { fromDay, toDay });
    }
  }

  /** Days that a crash left unaccounted: they stand until {@link settle}. */
  standing(): DayMark[] {
    const marks = (this.#statements.readMarks.all() as Row[]).map((row) => ({
      meter: String(row['meter']),
      fromDay: Number(row['from_day']),
      toDay: Number(row['to_day']),
    }));
    for (const { meter, fromDay, toDay } of marks) extend(this.#current, meter, { fromDay, toDay });
    return marks;
  }

  /** A journal transaction was undone, perhaps with marks in it: what stands is read again. */
  recount(): void {
    this.#current = new Map();
    this.standing();
  }

  /** From now on marks are new ones; those that stood until now go with {@link settle}. */
  begin(): void {
    this.#settling = this.#current;
    this.#current = new Map();
  }

  /**
   * What stood at `begin` is accounted and in the store, but for the meters that are still late; `states`
   * is where each of these meters stands.
   */
  settle(states: ReadonlyMap<string, AccountState>, isStillLate: (meter: string) => boolean): void {
    if (this.#settling.size === 0 && states.size === 0) return;
    inTransaction(this.#database, () => {
      for (const meter of this.#settling.keys()) {
        // A meter marked again meanwhile keeps a row that covers both: a little too much, never too little.
        if (!this.#current.has(meter) && !isStillLate(meter)) this.#statements.dropMark.run(meter);
      }
      for (const [meter, state] of states) this.#statements.saveState.run(meter, JSON.stringify(state));
    });
    for (const [meter, days] of this.#settling) {
      if (this.#current.has(meter) || isStillLate(meter)) extend(this.#current, meter, days);
    }
    this.#settling = new Map();
  }

  /** What stood at `begin` could not be accounted: it stands again. */
  abandon(): void {
    for (const [meter, days] of this.#settling) extend(this.#current, meter, days);
    this.#settling = new Map();
  }

  savedState(meter: string): AccountState | undefined {
    const row = this.#statements.readState.get(meter) as Row | undefined;
    return row === undefined ? undefined : (JSON.parse(String(row['state'])) as AccountState);
  }

  /** What the stored accounts were made by; undefined before the first. */
  accounted(): Accounted | undefined {
    const row = this.#statements.readRegistry.get() as Row | undefined;
    if (row === undefined) return undefined;
    const { ledgerVersion, profiles, ...registry } = JSON.parse(String(row['document'])) as Registry &
      Partial<Omit<Accounted, 'registry'>>;
    return { registry, profiles, ledgerVersion };
  }

  saveAccounted({ registry, profiles }: Pick<Accounted, 'registry' | 'profiles'>): void {
    this.#statements.saveRegistry.run(
      JSON.stringify({ ...registry, ledgerVersion: LEDGER_VERSION, profiles }),
    );
  }

  /** The corrections the stored accounts are made by, or may be. */
  accountedCorrections(): AccountedCorrection[] {
    return (this.#statements.readCorrections.all() as Row[]).flatMap((row) => {
      const meter = parseMeterKey(String(row['meter']));
      if (meter === undefined) return [];
      const { id, from_at: from, to_at: to, is_done: isDone } = row;
      return [{ id: Number(id), meter, from: Number(from), to: Number(to), isDone: isDone === 1 }];
    });
  }

  saveAccountedCorrections(corrections: readonly AccountedCorrection[]): void {
    inTransaction(this.#database, () => {
      this.#statements.dropCorrections.run();
      for (const { id, meter, from, to, isDone } of corrections) {
        this.#statements.saveCorrection.run(id, meter.key, from, to, Number(isDone));
      }
    });
  }
}

function prepare(database: DatabaseSync) {
  return {
    upsert: database.prepare(
      `INSERT INTO dirty_day (meter, from_day, to_day) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET from_day = min(from_day, excluded.from_day), to_day = max(to_day, excluded.to_day)`,
    ),
    dropMark: database.prepare('DELETE FROM dirty_day WHERE meter = ?'),
    readMarks: database.prepare('SELECT meter, from_day, to_day FROM dirty_day'),
    saveState: database.prepare('INSERT OR REPLACE INTO account_state (meter, state) VALUES (?, ?)'),
    readState: database.prepare('SELECT state FROM account_state WHERE meter = ?'),
    saveRegistry: database.prepare('INSERT OR REPLACE INTO accounted_registry (one, document) VALUES (1, ?)'),
    dropCorrections: database.prepare('DELETE FROM accounted_correction'),
    saveCorrection: database.prepare(
      'INSERT INTO accounted_correction (id, meter, from_at, to_at, is_done) VALUES (?, ?, ?, ?, ?)',
    ),
    readCorrections: database.prepare('SELECT id, meter, from_at, to_at, is_done FROM accounted_correction'),
    readRegistry: database.prepare('SELECT document FROM accounted_registry'),
  };
}

function extend(marks: Map<string, Days>, meter: string, { fromDay, toDay }: Days): void {
  const known = marks.get(meter);
  if (known === undefined) {
    marks.set(meter, { fromDay, toDay });
  } else {
    known.fromDay = Math.min(known.fromDay, fromDay);
    known.toDay = Math.max(known.toDay, toDay);
  }
}
