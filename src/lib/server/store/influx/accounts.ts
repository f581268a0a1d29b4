/** Interval energy in the measurements `energy` (a quarter of an hour each) and `checkpoint` (one a day). */
import type { AccountState } from '../../../energy/account-state.ts';
import {
  DAY_MS,
  INTERVAL_MS,
  INTERVALS_PER_DAY,
  type EnergyInterval,
  type MeterDay,
} from '../../../energy/interval.ts';
import { meterRef, type MeterRef } from '../../../energy/reading.ts';
import { compareText, INTERVAL_FIELDS } from '../fields.ts';
import { emptyFlows } from '../flow-block.ts';
import type { FlowBlock, StoredInterval, TimeRange } from '../store.ts';
import { assertWhole, type Cell, type InfluxQueries } from './query.ts';
import { instant, isMeter, tagsEqual } from './where.ts';

/** Questions asked at the same time. */
const MAX_IN_FLIGHT = 4;

/** The newest day in `from`..`to`, both inclusive. */
export async function newestMeterDay(
  queries: InfluxQueries,
  meter: MeterRef,
  { from, to }: { from: number; to: number },
): Promise<MeterDay | undefined> {
  const { conditions, placeholders } = isMeter(meter);
  const when = [`time >= ${instant(from * DAY_MS)}`, `time <= ${instant(to * DAY_MS)}`];
  const [series] = await queries.ask(
    `SELECT "start" FROM "checkpoint" WHERE ${[...conditions, ...when].join(' AND ')} ORDER BY time DESC LIMIT 1`,
    placeholders,
  );
  const row = series?.rows[0];
  if (row === undefined) return undefined;
  const dayStart = Number(row['time']);
  const intervals: (EnergyInterval | null)[] = Array.from({ length: INTERVALS_PER_DAY }, () => null);
  for (const { start, meter: _, ...interval } of await readIntervals(queries, [meter], {
    from: dayStart,
    to: dayStart + DAY_MS,
  })) {
    intervals[(start - dayStart) / INTERVAL_MS] = interval;
  }
  return {
    meter,
    day: dayStart / DAY_MS,
    start: JSON.parse(String(row['start'])) as AccountState,
    intervals,
  };
}

/** The oldest day that was accounted, days since 1970-01-01 UTC. */
export async function firstMeterDay(queries: InfluxQueries, meter: MeterRef): Promise<number | undefined> {
  const { conditions, placeholders } = isMeter(meter);
  const [series] = await queries.ask(
    `SELECT "start" FROM "checkpoint" WHERE ${conditions.join(' AND ')} ORDER BY time ASC LIMIT 1`,
    placeholders,
  );
  const row = series?.rows[0];
  return row === undefined ? undefined : Number(row['time']) / DAY_MS;
}

/** Intervals that are known, ascending by (meter key, start): one question per camp. */
export async function readIntervals(
  queries: InfluxQueries,
  meters: readonly MeterRef[],
  range: TimeRange,
): Promise<StoredInterval[]> {
  const found = await readRows(queries, meters, { range, fields: '*' });
  return found
    .flatMap(({ meter, rows }) =>
      rows.map((row) => ({ ...intervalOf(row), meter, start: Number(row['time']) })),
    )
    .sort((a, b) => compareText(a.meter.key, b.meter.key) || a.start - b.start);
}

const FLOW_FIELDS = ['forwardWh', 'reverseWh', 'coveredS'] as const;
const FLOWS_ASKED = ['known', ...FLOW_FIELDS].map((name) => `"${name}"`).join(', ');

/** The same as flows, a block for each meter of which anything is known. */
export async function readFlows(
  queries: InfluxQueries,
  meters: readonly MeterRef[],
  range: TimeRange,
): Promise<FlowBlock[]> {
  const found = await readRows(queries, meters, { range, fields: FLOWS_ASKED });
  return found
    .filter(({ rows }) => rows.length > 0)
    .map(({ meter, rows }) => {
      const block = emptyFlows(meter, range);
      for (const row of rows) {
        const place = (Number(row['time']) - block.start) / INTERVAL_MS;
        for (const name of FLOW_FIELDS) block[name][place] = Number(row[name]);
      }
      return block;
    })
    .sort((a, b) => compareText(a.meter.key, b.meter.key));
}

interface Asked {
  readonly range: TimeRange;
  /** as InfluxQL names them */
  readonly fields: string;
}

interface MeterRows {
  readonly meter: MeterRef;
  /** that are known */
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

/** Rows of `energy`, one question per camp. */
async function readRows(
  queries: InfluxQueries,
  meters: readonly MeterRef[],
  asked: Asked,
): Promise<MeterRows[]> {
  const wanted = new Map(meters.map((meter) => [meter.key, meter]));
  const camps = Map.groupBy(wanted.values(), ({ mission, camp }) => `${mission}/${camp}`);
  const questions = [...camps.values()];
  const found: MeterRows[][] = [];
  for (let next = 0; next < questions.length; next += MAX_IN_FLIGHT) {
    const group = questions.slice(next, next + MAX_IN_FLIGHT);
    found.push(...(await Promise.all(group.map((ofCamp) => rowsOfCamp(queries, ofCamp, asked)))));
  }
  return found.flat();
}

async function rowsOfCamp(
  queries: InfluxQueries,
  meters: readonly MeterRef[],
  { range: { from, to }, fields }: Asked,
): Promise<MeterRows[]> {
  const [first] = meters;
  if (first === undefined || from >= to) return [];
  const { mission, camp } = first;
  const { conditions, placeholders } = meters.length === 1 ? isMeter(first) : tagsEqual({ mission, camp });
  const when = [`time >= ${instant(from)}`, `time < ${instant(to)}`];
  const series = await queries.ask(
    `SELECT ${fields} FROM "energy" WHERE ${[...conditions, ...when].join(' AND ')} GROUP BY "meter"`,
    placeholders,
  );
  const byName = new Map(meters.map((meter) => [meter.meter, meter]));
  return series.flatMap(({ tags, rows, partial }) => {
    assertWhole(partial);
    const meter = byName.get(tags['meter'] ?? '');
    return meter === undefined ? [] : [{ meter, rows: rows.filter((row) => row['known'] === 1) }];
  });
}

function intervalOf(row: Readonly<Record<string, Cell>>): EnergyInterval {
  const fields = INTERVAL_FIELDS.map((name) => [name, Number(row[name])]);
  const powerKnown = Number(row['powerKnown']);
  return {
    ...(Object.fromEntries(fields) as Omit<EnergyInterval, 'minW' | 'maxW'>),
    minW: (powerKnown & 1) === 0 ? null : Number(row['minW']),
    maxW: (powerKnown & 2) === 0 ? null : Number(row['maxW']),
  };
}

/** Which intervals each meter's checkpoint of `day` lists as known: bit i for interval i. */
export async function readKnownOfDay(queries: InfluxQueries, day: number): Promise<Map<string, bigint>> {
  const series = await queries.ask(
    `SELECT "known" FROM "checkpoint" WHERE time = ${instant(day * DAY_MS)} GROUP BY "mission", "camp", "meter"`,
  );
  return new Map(
    series.map(({ tags, rows, partial }) => {
      assertWhole(partial);
      const { mission = '', camp = '', meter = '' } = tags;
      return [meterRef(mission, camp, meter).key, BigInt(`0x${String(rows[0]?.['known'] ?? '0')}`)];
    }),
  );
}
