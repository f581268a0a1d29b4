/** Raw readings out of the measurement `reading`. */
import { isQuantity } from '../../../energy/quantity.ts';
import { isSlug, meterRef, type MeterRef, type Reading, type Values } from '../../../energy/reading.ts';
import { compareText } from '../fields.ts';
import type { SeenMeter, TimeRange } from '../store.ts';
import { assertWhole, type Cell, type InfluxQueries } from './query.ts';
import { instant, isMeter, tagsEqual } from './where.ts';

/** Rows in one answer: a few megabytes of JSON. */
const PAGE_ROWS = 20_000;

/** One meter's readings in `range`, ascending, fetched page by page. */
export async function readReadings(
  queries: InfluxQueries,
  meter: MeterRef,
  range: TimeRange,
): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (let from = range.from; from < range.to;) {
    const page = await select(queries, meter, [`time >= ${instant(from)}`, `time < ${instant(range.to)}`], {
      order: 'ASC',
      limit: PAGE_ROWS,
    });
    for (const reading of page.readings) readings.push(reading);
    if (page.lastAt === undefined || !page.hasMore) break;
    from = page.lastAt + 1;
  }
  return readings;
}

/** Removes the meter's readings before `before`, epoch ms: in one statement, which InfluxDB works off shard by shard. */
export async function dropReadings(queries: InfluxQueries, meter: MeterRef, before: number): Promise<true> {
  const { conditions, placeholders } = isMeter(meter);
  const where = [...conditions, `time < ${instant(before)}`].join(' AND ');
  await queries.ask(`DELETE FROM "reading" WHERE ${where}`, placeholders);
  return true;
}

export async function readingBefore(
  queries: InfluxQueries,
  meter: MeterRef,
  at: number,
): Promise<Reading | undefined> {
  return (await select(queries, meter, [`time < ${instant(at)}`], { order: 'DESC', limit: 1 })).readings[0];
}

export async function readingFrom(
  queries: InfluxQueries,
  meter: MeterRef,
  at: number,
): Promise<Reading | undefined> {
  return (await select(queries, meter, [`time >= ${instant(at)}`], { order: 'ASC', limit: 1 })).readings[0];
}

export async function listMeters(
  queries: InfluxQueries,
  filter: { mission?: string; camp?: string },
): Promise<SeenMeter[]> {
  const { conditions, placeholders } = tagsEqual({ mission: filter.mission, camp: filter.camp });
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const series = await queries.ask(
    `SELECT * FROM "reading" ${where} GROUP BY "mission", "camp", "meter" ORDER BY time DESC LIMIT 1`,
    placeholders,
  );
  const seen = series.flatMap(({ tags, rows, partial }): SeenMeter[] => {
    assertWhole(partial);
    const { mission = '', camp = '', meter = '' } = tags;
    const row = rows[0];
    // Somebody else may write into our database, with tags or fields that we would not have taken.
    if (row === undefined || ![mission, camp, meter].every(isSlug)) return [];
    const lastValues = valuesOf(row);
    if (Object.keys(lastValues).length === 0) return [];
    return [{ meter: meterRef(mission, camp, meter), lastAt: Number(row['time']), lastValues }];
  });
  return seen.sort((a, b) => compareText(a.meter.key, b.meter.key));
}

async function select(
  queries: InfluxQueries,
  meter: MeterRef,
  when: readonly string[],
  { order, limit }: { order: 'ASC' | 'DESC'; limit: number },
): Promise<{ readings: Reading[]; lastAt: number | undefined; hasMore: boolean }> {
  const { conditions, placeholders } = isMeter(meter);
  const [series] = await queries.ask(
    `SELECT * FROM "reading" WHERE ${[...conditions, ...when].join(' AND ')} ORDER BY time ${order} LIMIT ${String(limit)}`,
    placeholders,
  );
  const rows = series?.rows ?? [];
  const readings = rows
    .map((row) => ({ meter, at: Number(row['time']), values: valuesOf(row) }))
    .filter(({ values }) => Object.keys(values).length > 0);
  const last = rows.at(-1);
  return {
    readings,
    lastAt: last && Number(last['time']),
    hasMore: rows.length === limit || series?.partial === true,
  };
}

function valuesOf(row: Readonly<Record<string, Cell>>): Values {
  const values: Values = {};
  for (const [name, value] of Object.entries(row)) {
    if (isQuantity(name) && typeof value === 'number') values[name] = value;
  }
  return values;
}
