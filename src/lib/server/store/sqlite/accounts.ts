/** Interval energy, one row per meter and UTC day. A day is always replaced whole. */
import type { DatabaseSync } from 'node:sqlite';
import type { AccountState } from '../../../energy/account-state.ts';
import { DAY_MS, INTERVAL_MS, type MeterDay } from '../../../energy/interval.ts';
import type { MeterRef } from '../../../energy/reading.ts';
import { compareText } from '../fields.ts';
import type { StoredInterval, TimeRange } from '../store.ts';
import { decodeIntervals, encodeIntervals } from './interval-codec.ts';
import type { MeterTable } from './meters.ts';

export interface AccountTable {
  /** Only inside a transaction. */
  write(days: readonly MeterDay[]): void;
  /** The newest day in `from`..`to`, both inclusive. */
  newest(meter: MeterRef, range: { from: number; to: number }): MeterDay | undefined;
  firstDay(meter: MeterRef): number | undefined;
  intervals(meters: readonly MeterRef[], range: TimeRange): StoredInterval[];
}

export function createAccountTable(database: DatabaseSync, meters: MeterTable): AccountTable {
  const upsert = database.prepare(
    `INSERT INTO meter_day (meter_id, day, start, intervals) VALUES (?, ?, ?, ?)
     ON CONFLICT (meter_id, day) DO UPDATE SET start = excluded.start, intervals = excluded.intervals`,
  );
  const selectNewest = database.prepare(
    `SELECT day, start, intervals FROM meter_day
     WHERE meter_id = ? AND day BETWEEN ? AND ? ORDER BY day DESC LIMIT 1`,
  );
  const selectFirst = database.prepare('SELECT min(day) AS day FROM meter_day WHERE meter_id = ?');
  const selectDays = database.prepare(
    'SELECT day, intervals FROM meter_day WHERE meter_id = ? AND day BETWEEN ? AND ? ORDER BY day',
  );

  function addIntervals(found: StoredInterval[], meter: MeterRef, { from, to }: TimeRange): void {
    const id = meters.findId(meter);
    if (id === undefined) return;
    const days = { first: Math.floor(from / DAY_MS), last: Math.ceil(to / DAY_MS) - 1 };
    for (const row of selectDays.iterate(id, days.first, days.last)) {
      let start = Number(row['day']) * DAY_MS;
      for (const interval of decodeIntervals(row['intervals'] as Uint8Array)) {
        // Added to, not copied: they were decoded for nobody else, and a year of a mission has half a million.
        if (interval !== null && start >= from && start < to) found.push({ ...interval, meter, start });
        start += INTERVAL_MS;
      }
    }
  }

  return {
    write(days) {
      for (const { meter, day, start, intervals } of days) {
        upsert.run(meters.idFor(meter), day, JSON.stringify(start), encodeIntervals(intervals));
      }
    },
    newest(meter, { from, to }) {
      const id = meters.findId(meter);
      const row = id === undefined ? undefined : selectNewest.get(id, from, to);
      if (row === undefined) return undefined;
      return {
        meter,
        day: Number(row['day']),
        start: JSON.parse(String(row['start'])) as AccountState,
        intervals: decodeIntervals(row['intervals'] as Uint8Array),
      };
    },
    firstDay(meter) {
      const id = meters.findId(meter);
      const day = id === undefined ? null : selectFirst.get(id)?.['day'];
      return typeof day === 'number' ? day : undefined;
    },
    intervals(wanted, range) {
      const distinct = new Map(wanted.map((meter) => [meter.key, meter]));
      const found: StoredInterval[] = [];
      const ascending = [...distinct.values()].sort((a, b) => compareText(a.key, b.key));
      for (const meter of ascending) addIntervals(found, meter, range);
      return found;
    },
  };
}
