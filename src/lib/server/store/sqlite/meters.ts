/**
 * The number each meter has inside the file. Numbers are given inside the transaction that needs them, so
 * after a transaction that failed the cache must be forgotten: it may name meters that never came to be.
 */
import type { DatabaseSync } from 'node:sqlite';
import { meterRef, type MeterRef } from '../../../energy/reading.ts';
import { compareText } from '../fields.ts';

export interface KnownMeter {
  readonly id: number;
  readonly meter: MeterRef;
}

export interface MeterTable {
  /** The meter's number, given now if it has none. Only inside a transaction. */
  idFor(meter: MeterRef): number;
  /** The meter's number, or undefined when nothing was ever stored for it. */
  findId(meter: MeterRef): number | undefined;
  /** All meters, or those of a mission or camp, ascending by key. */
  list(filter: { mission?: string; camp?: string }): KnownMeter[];
  forget(): void;
}

/** More than any installation has, few enough to bound memory. */
const MAX_CACHED = 100_000;

export function createMeterTable(database: DatabaseSync): MeterTable {
  const select = database.prepare('SELECT id FROM meter WHERE mission = ? AND camp = ? AND meter = ?');
  const insert = database.prepare('INSERT INTO meter (mission, camp, meter) VALUES (?, ?, ?)');
  const selectAll = database.prepare(
    `SELECT id, mission, camp, meter FROM meter
     WHERE (:mission IS NULL OR mission = :mission) AND (:camp IS NULL OR camp = :camp)`,
  );
  const ids = new Map<string, number>();

  function findId(meter: MeterRef): number | undefined {
    const cached = ids.get(meter.key);
    if (cached !== undefined) return cached;
    const row = select.get(meter.mission, meter.camp, meter.meter);
    return row === undefined ? undefined : remember(meter, Number(row['id']));
  }

  function remember(meter: MeterRef, id: number): number {
    if (ids.size >= MAX_CACHED) ids.clear();
    ids.set(meter.key, id);
    return id;
  }

  return {
    findId,
    idFor(meter) {
      const id = findId(meter);
      if (id !== undefined) return id;
      const { lastInsertRowid } = insert.run(meter.mission, meter.camp, meter.meter);
      return remember(meter, Number(lastInsertRowid));
    },
    list({ mission, camp }) {
      return selectAll
        .all({ mission: mission ?? null, camp: camp ?? null })
        .map((row) => ({
          id: Number(row['id']),
          meter: meterRef(String(row['mission']), String(row['camp']), String(row['meter'])),
        }))
        .sort((a, b) => compareText(a.meter.key, b.meter.key));
    },
    forget() {
      ids.clear();
    },
  };
}
