/** Interval energy, one row per meter and UTC day. A day is always replaced whole. */
import type { DatabaseSync } from 'node:sqlite';
import type { AccountState } from '../../../energy/account-state.ts';
import { DAY_MS, INTERVAL_MS, type MeterDay } from '../../../energy/interval.ts';
import type { MeterRef } from '../../../energy/reading.ts';
import { compareText } from '../fields.ts';
import { emptyFlows } from '../flow-block.ts';
import type { FlowBlock, StoredInterval, TimeRange } from '../store.ts';
import { decodeFlows, decodeIntervals, encodeIntervals, type DayFlows } from './interval-codec.ts';
import type { MeterTable } from './meters.ts';

export interface AccountTable {
  /** Only inside a transaction. */
  write(days: readonly MeterDay[]): void;
  /** The newest day in `from`..`to`, both inclusive. */
  newest(meter: MeterRef, range: { from: number; to: number }): MeterDay | undefined;
  firstDay(meter: MeterRef): number | undefined;
  intervals(meters: readonly MeterRef[], range: TimeRange): StoredInterval[];
  flows(meters: readonly MeterRef[], range: TimeRange): FlowBlock[];
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

  /** Each stored day of `range`, with its first instant. */
  function eachDay(
    meter: MeterRef,
    { from, to }: TimeRange,
    take: (dayStart: number, bytes: Uint8Array) => void,
  ): void {
    const id = meters.findId(meter);
    if (id === undefined) return;
    const days = { first: Math.floor(from / DAY_MS), last: Math.ceil(to / DAY_MS) - 1 };
    for (const row of selectDays.iterate(id, days.first, days.last))
      take(Number(row['day']) * DAY_MS, row['intervals'] as Uint8Array);
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
      return row && meterDayOf(meter, row);
    },
    firstDay(meter) {
      const id = meters.findId(meter);
      const day = id === undefined ? null : selectFirst.get(id)?.['day'];
      return typeof day === 'number' ? day : undefined;
    },
    intervals(wanted, range) {
      const found: StoredInterval[] = [];
      for (const meter of distinct(wanted))
        eachDay(meter, range, (dayStart, bytes) => {
          addIntervals(found, decodeIntervals(bytes), { meter, dayStart, range });
        });
      return found;
    },
    flows: (wanted, range) =>
      distinct(wanted).flatMap((meter) => {
        const block = emptyFlows(meter, range);
        let isKnown = false;
        eachDay(meter, range, (dayStart, bytes) => {
          isKnown = addFlows(block, decodeFlows(bytes), dayStart) || isKnown;
        });
        return isKnown ? [block] : [];
      }),
  };
}

function meterDayOf(meter: MeterRef, row: Readonly<Record<string, unknown>>): MeterDay {
  return {
    meter,
    day: Number(row['day']),
    start: JSON.parse(String(row['start'])) as AccountState,
    intervals: decodeIntervals(row['intervals'] as Uint8Array),
  };
}

/** Each once, ascending by key. */
function distinct(meters: readonly MeterRef[]): MeterRef[] {
  const byKey = new Map(meters.map((meter) => [meter.key, meter]));
  return [...byKey.values()].sort((a, b) => compareText(a.key, b.key));
}

function addIntervals(
  found: StoredInterval[],
  day: MeterDay['intervals'],
  { meter, dayStart, range }: { meter: MeterRef; dayStart: number; range: TimeRange },
): void {
  let start = dayStart;
  for (const interval of day) {
    if (interval !== null && start >= range.from && start < range.to)
      found.push({ ...interval, meter, start });
    start += INTERVAL_MS;
  }
}

/** Whether any of them lies in the block. */
function addFlows(
  { start, forwardWh, reverseWh, coveredS }: FlowBlock,
  day: DayFlows,
  dayStart: number,
): boolean {
  const shift = (dayStart - start) / INTERVAL_MS;
  let row = 0;
  let isAny = false;
  for (let quarter = 0; quarter < day.known.length; quarter += 1) {
    if (day.known[quarter] !== true) continue;
    const place = shift + quarter;
    if (place >= 0 && place < forwardWh.length) {
      forwardWh[place] = day.forwardWh[row] ?? Number.NaN;
      reverseWh[place] = day.reverseWh[row] ?? Number.NaN;
      coveredS[place] = day.coveredS[row] ?? Number.NaN;
      isAny = true;
    }
    row += 1;
  }
  return isAny;
}
