/**
 * Raw readings in one row per (meter, at). For every set of quantities that occurs there is one prepared
 * statement that sets just those columns, so that fields merge and the last value of a field wins.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { QUANTITIES, type Quantity } from '../../../energy/quantity.ts';
import type { MeterRef, Reading, Values } from '../../../energy/reading.ts';
import type { SeenMeter, TimeRange } from '../store.ts';
import type { MeterTable } from './meters.ts';

export interface ReadingTable {
  /** Only inside a transaction, and only readings that were found acceptable. */
  write(readings: readonly Reading[]): void;
  /** Some of those before `before`, the oldest first; true when none are left. */
  drop(meter: MeterRef, before: number): boolean;
  range(meter: MeterRef, range: TimeRange): Reading[];
  before(meter: MeterRef, at: number): Reading | undefined;
  from(meter: MeterRef, at: number): Reading | undefined;
  newest(filter: { mission?: string; camp?: string }): SeenMeter[];
}

interface Upsert {
  readonly statement: StatementSync;
  readonly names: readonly Quantity[];
  /** the statement's arguments, used again for every row */
  readonly bound: number[];
}

/** Rows removed in one transaction: a few milliseconds of work. */
const DROP_ROWS = 2_000;
/** Sets of quantities that keep a prepared statement. Real installations have tens. */
const MAX_UPSERTS = 256;
const BIT: ReadonlyMap<string, number> = new Map(QUANTITIES.map((name, index) => [name, index]));
const COLUMNS = `at, ${QUANTITIES.join(', ')}`;

export function createReadingTable(database: DatabaseSync, meters: MeterTable): ReadingTable {
  const select = (rest: string): StatementSync => {
    const statement = database.prepare(`SELECT ${COLUMNS} FROM reading WHERE meter_id = ? ${rest}`);
    statement.setReturnArrays(true);
    return statement;
  };
  const selectRange = select('AND at >= ? AND at < ? ORDER BY at');
  const selectBefore = select('AND at < ? ORDER BY at DESC LIMIT 1');
  const selectFrom = select('AND at >= ? ORDER BY at LIMIT 1');
  const selectNewest = select('ORDER BY at DESC LIMIT 1');

  const dropOldest = database.prepare(
    `DELETE FROM reading WHERE meter_id = ?1 AND at IN
       (SELECT at FROM reading WHERE meter_id = ?1 AND at < ?2 ORDER BY at LIMIT ${String(DROP_ROWS)})`,
  );

  function readingOf(meter: MeterRef, row: unknown): Reading {
    const [at, ...columns] = row as [number, ...(number | null)[]];
    return { meter, at, values: valuesOf(columns) };
  }

  function first(statement: StatementSync, meter: MeterRef, at: number): Reading | undefined {
    const id = meters.findId(meter);
    const row = id === undefined ? undefined : statement.get(id, at);
    return row === undefined ? undefined : readingOf(meter, row);
  }

  return {
    write: createWriter(database, meters),
    drop(meter, before) {
      const id = meters.findId(meter);
      return id === undefined || Number(dropOldest.run(id, before).changes) < DROP_ROWS;
    },
    range(meter, { from, to }) {
      const id = meters.findId(meter);
      return id === undefined ? [] : selectRange.all(id, from, to).map((row) => readingOf(meter, row));
    },
    before: (meter, at) => first(selectBefore, meter, at),
    from: (meter, at) => first(selectFrom, meter, at),
    newest(filter) {
      return meters.list(filter).flatMap(({ id, meter }) => {
        // A meter may have a number and no reading: a day was stored for it first.
        const row = selectNewest.get(id);
        if (row === undefined) return [];
        const { at, values } = readingOf(meter, row);
        return [{ meter, lastAt: at, lastValues: values }];
      });
    },
  };
}

function createWriter(database: DatabaseSync, meters: MeterTable): (readings: readonly Reading[]) => void {
  const upserts = new Map<number, Upsert>();

  function upsertFor(mask: number): Upsert {
    const cached = upserts.get(mask);
    if (cached !== undefined) return cached;
    if (upserts.size >= MAX_UPSERTS) upserts.clear();
    const names = QUANTITIES.filter((_, index) => (mask & (1 << index)) !== 0);
    const sets = names.map((name) => `${name} = excluded.${name}`);
    const statement = database.prepare(
      `INSERT INTO reading (meter_id, at, ${names.join(', ')}) VALUES (?, ?${', ?'.repeat(names.length)})
       ON CONFLICT (meter_id, at) DO UPDATE SET ${sets.join(', ')}`,
    );
    const upsert = { statement, names, bound: [] };
    upserts.set(mask, upsert);
    return upsert;
  }

  return (readings) => {
    for (const { meter, at, values } of readings) {
      let mask = 0;
      for (const name in values) mask |= 1 << (BIT.get(name) as number);
      const { statement, names, bound } = upsertFor(mask);
      bound[0] = meters.idFor(meter);
      bound[1] = at;
      for (let index = 0; index < names.length; index += 1) {
        bound[index + 2] = values[names[index] as Quantity] as number;
      }
      statement.run(...bound);
    }
  };
}

function valuesOf(columns: readonly (number | null)[]): Values {
  const values: Values = {};
  for (const [index, name] of QUANTITIES.entries()) {
    const value = columns[index];
    if (value !== null && value !== undefined) values[name] = value;
  }
  return values;
}
