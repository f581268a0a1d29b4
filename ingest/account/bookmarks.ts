/**
 * What the accounts must not forget across a crash, in the worker's journal: the meters' days that are not
 * taken in yet (marks, written before the readings are acknowledged), the state each meter's account goes on
 * from, and the registry that was accounted by.
 *
 * A meter without a mark is exactly at its saved state; a meter with one is recomputed from raw.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { AccountState } from '#lib/energy/account-state.ts';
import { utcDayOf } from '#lib/energy/checkpoint.ts';
import type { Reading } from '#lib/energy/reading.ts';
import type { Registry } from '#lib/registry/types.ts';
import { inTransaction, type Row } from '#lib/server/database.ts';

export interface DayMark {
  readonly meter: string;
  /** days since 1970-01-01 UTC, inclusive */
  readonly fromDay: number;
  readonly toDay: number;
}

export interface Bookmarks {
  /** The marks these readings need beyond those that stand; many readings of one day need one. */
  needed(readings: readonly Reading[]): DayMark[];
  /** Must run inside a journal transaction. */
  write(marks: readonly DayMark[]): void;
  /** Marks that stand, as of the start: days a crash left unaccounted. */
  standing(): DayMark[];
  /** From now on marks are new ones; those that stood until now go with {@link settle}. */
  begin(): void;
  /** What stood at `begin` is accounted and in the store; `states` is where each of these meters stands. */
  settle(states: ReadonlyMap<string, AccountState>): void;
  /** What stood at `begin` could not be accounted: it stands again. */
  abandon(): void;
  savedState(meter: string): AccountState | undefined;
  /** The registry the stored accounts were made by; undefined before the first. */
  accountedRegistry(): Registry | undefined;
  saveAccountedRegistry(registry: Registry): void;
}

interface Days {
  fromDay: number;
  toDay: number;
}

export function createBookmarks(database: DatabaseSync): Bookmarks {
  const upsert = database.prepare(
    `INSERT INTO dirty_day (meter, from_day, to_day) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET from_day = min(from_day, excluded.from_day), to_day = max(to_day, excluded.to_day)`,
  );
  const drop = database.prepare('DELETE FROM dirty_day WHERE meter = ?');
  const saveState = database.prepare('INSERT OR REPLACE INTO account_state (meter, state) VALUES (?, ?)');
  const readState = database.prepare('SELECT state FROM account_state WHERE meter = ?');
  let current = new Map<string, Days>();
  let settling = new Map<string, Days>();

  return {
    needed(readings) {
      let marks: Map<string, Days> | undefined;
      for (const { meter, at } of readings) {
        const day = utcDayOf(at);
        const known = current.get(meter.key);
        if (known !== undefined && day >= known.fromDay && day <= known.toDay) continue;
        marks ??= new Map();
        extend(marks, meter.key, day, day);
      }
      if (marks === undefined) return [];
      return [...marks].map(([meter, { fromDay, toDay }]) => ({ meter, fromDay, toDay }));
    },
    write(marks) {
      for (const { meter, fromDay, toDay } of marks) {
        upsert.run(meter, fromDay, toDay);
        extend(current, meter, fromDay, toDay);
      }
    },
    standing: () =>
      (database.prepare('SELECT meter, from_day, to_day FROM dirty_day').all() as Row[]).map((row) => ({
        meter: String(row['meter']),
        fromDay: Number(row['from_day']),
        toDay: Number(row['to_day']),
      })),
    begin() {
      settling = current;
      current = new Map();
    },
    settle(states) {
      inTransaction(database, () => {
        for (const meter of settling.keys()) {
          // A meter marked again meanwhile keeps a row that covers both: a little too much, never too little.
          if (!current.has(meter)) drop.run(meter);
        }
        for (const [meter, state] of states) saveState.run(meter, JSON.stringify(state));
      });
      settling = new Map();
    },
    abandon() {
      for (const [meter, { fromDay, toDay }] of settling) extend(current, meter, fromDay, toDay);
      settling = new Map();
    },
    savedState(meter) {
      const row = readState.get(meter) as Row | undefined;
      return row === undefined ? undefined : (JSON.parse(String(row['state'])) as AccountState);
    },
    accountedRegistry() {
      const row = database.prepare('SELECT document FROM accounted_registry').get() as Row | undefined;
      return row === undefined ? undefined : (JSON.parse(String(row['document'])) as Registry);
    },
    saveAccountedRegistry(registry) {
      database
        .prepare('INSERT OR REPLACE INTO accounted_registry (one, document) VALUES (1, ?)')
        .run(JSON.stringify(registry));
    },
  };
}

function extend(marks: Map<string, Days>, meter: string, fromDay: number, toDay: number): void {
  const known = marks.get(meter);
  if (known === undefined) {
    marks.set(meter, { fromDay, toDay });
  } else {
    known.fromDay = Math.min(known.fromDay, fromDay);
    known.toDay = Math.max(known.toDay, toDay);
  }
}
