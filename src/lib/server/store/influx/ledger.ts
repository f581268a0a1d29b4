/**
 * The ledger out of the measurements `ledger` and `mission_ledger`. Summed here and not by InfluxDB: it makes an iterator of every
 * field of every series in every shard, which took eight times as long as reading the rows (measured on 1.6).
 */
import {
  addAmounts,
  emptyTally,
  LEDGER_AMOUNTS,
  type LedgerEntry,
  type LedgerTally,
} from '../../../energy/ledger.ts';
import { compareLedgerEntries } from '../fields.ts';
import type { LedgerQuery } from '../store.ts';
import { periodAt, periodOf } from './period.ts';
import { assertWhole, type Cell, type InfluxQueries } from './query.ts';
import { instant, tagsEqual } from './where.ts';

const FIELDS = [...LEDGER_AMOUNTS, 'known'].map((name) => `"${name}"`).join(', ');

/** Sums over each mission's camps, see mission-sums.ts. */
export const MISSION_LEDGER = 'mission_ledger';

/** Answers from the sums over camps where they are asked for and `hasSums`. */
export async function readLedger(
  queries: InfluxQueries,
  query: LedgerQuery,
  hasSums: () => Promise<boolean>,
): Promise<LedgerEntry[]> {
  const isOfMissions = query.sumCamps === true && query.camp === undefined && (await hasSums());
  const entries = isOfMissions ? await readSums(queries, query) : await readCamps(queries, query);
  return summed(entries, query).sort(compareLedgerEntries);
}

type Wanted = Pick<LedgerQuery, 'level' | 'from' | 'to' | 'mission' | 'camp'>;

/** Every entry by camp and contributor, in no order. @throws AppError */
export function readCamps(queries: InfluxQueries, wanted: Wanted): Promise<LedgerEntry[]> {
  return readMeasurement(queries, 'ledger', wanted);
}

/** The same of the sums over camps; `camp` is ''. @throws AppError */
export function readSums(queries: InfluxQueries, wanted: Wanted): Promise<LedgerEntry[]> {
  return readMeasurement(queries, MISSION_LEDGER, wanted);
}

async function readMeasurement(
  queries: InfluxQueries,
  measurement: string,
  { level, mission, camp, from, to }: Wanted,
): Promise<LedgerEntry[]> {
  const { conditions, placeholders } = tagsEqual({ level, mission, camp });
  const when = [`time >= ${instant(periodAt(from))}`, `time <= ${instant(periodAt(to))}`];
  const series = await queries.ask(
    `SELECT ${FIELDS} FROM "${measurement}" WHERE ${[...conditions, ...when].join(' AND ')}
     GROUP BY "mission", "camp", "source", "ownership", "contributor"`,
    placeholders,
  );
  return series.flatMap(({ tags, rows, partial }) => {
    assertWhole(partial);
    return rows.filter((row) => row['known'] === 1).map((row) => entryOf({ ...tags, level }, row));
  });
}

function entryOf(tags: Readonly<Record<string, string>>, row: Readonly<Record<string, Cell>>): LedgerEntry {
  const amounts = LEDGER_AMOUNTS.map((name) => [name, Number(row[name] ?? 0)]);
  const { level, mission, camp, source, ownership, contributor } = tags;
  const period = periodOf(Number(row['time']), level === 'month' ? 'month' : 'day');
  const owner = contributor === undefined || contributor === '' ? { ownership } : { ownership, contributor };
  return { level, mission, camp, source, ...owner, period, ...Object.fromEntries(amounts) } as LedgerEntry;
}

function summed(
  entries: readonly LedgerEntry[],
  { sumCamps, sumPeriods, byContributor }: LedgerQuery,
): LedgerEntry[] {
  const sums = new Map<string, LedgerEntry & LedgerTally>();
  for (const entry of entries) {
    const camp = sumCamps === true ? '' : entry.camp;
    const period = sumPeriods === true ? '' : entry.period;
    const { contributor: told, ...rest } = entry;
    const contributor = byContributor === true ? told : undefined;
    const key = [entry.mission, camp, period, entry.source, entry.ownership, contributor ?? ''].join(' ');
    let sum = sums.get(key);
    if (sum === undefined) {
      const owner = contributor === undefined ? {} : { contributor };
      sums.set(key, (sum = { ...rest, ...owner, camp, period, ...emptyTally() }));
    }
    addAmounts(sum, entry);
  }
  return [...sums.values()];
}
