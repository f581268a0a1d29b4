/** The ledger: entries by level, mission and period, summed by the database where a page wants fewer rows. */
import type { DatabaseSync } from 'node:sqlite';
import { LEDGER_AMOUNTS, type LedgerEntry } from '../../../energy/ledger.ts';
import { compareLedgerEntries } from '../fields.ts';
import type { LedgerQuery, LedgerScope } from '../store.ts';

export interface LedgerTable {
  /** Only inside a transaction. */
  write(entries: readonly LedgerEntry[]): void;
  /** Only inside a transaction. */
  clear(scope: LedgerScope): void;
  read(query: LedgerQuery): LedgerEntry[];
}

const KEY = ['level', 'mission', 'period', 'camp', 'source', 'ownership', 'contributor'] as const;

/**
 * The missions in the ledger, found by leaping along the primary key instead of reading all of it, so that a
 * question about all missions costs one range scan per mission.
 */
const MISSIONS = `WITH RECURSIVE found (mission) AS (
    SELECT min(mission) FROM ledger WHERE level = :level
    UNION ALL
    SELECT (SELECT min(mission) FROM ledger WHERE level = :level AND mission > found.mission)
    FROM found WHERE found.mission IS NOT NULL
  )`;

export function createLedgerTable(database: DatabaseSync): LedgerTable {
  const columns = [...KEY, ...LEDGER_AMOUNTS];
  const upsert = database.prepare(
    `INSERT INTO ledger (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
     ON CONFLICT (${KEY.join(', ')}) DO UPDATE SET ${LEDGER_AMOUNTS.map((name) => `${name} = excluded.${name}`).join(', ')}`,
  );
  const remove = database.prepare(
    'DELETE FROM ledger WHERE level = ? AND mission = ? AND period = ? AND camp = ?',
  );

  return {
    write(entries) {
      for (const entry of entries) upsert.run(...columns.map((name) => entry[name] ?? ''));
    },
    clear({ level, mission, period, camp }) {
      remove.run(level, mission, period, camp);
    },
    read(query) {
      return database
        .prepare(sqlOf(query))
        .all({
          level: query.level,
          from: query.from,
          to: query.to,
          ...(query.mission !== undefined && { mission: query.mission }),
          ...(query.camp !== undefined && { camp: query.camp }),
        })
        .map(entryOf)
        .sort(compareLedgerEntries);
    },
  };
}

/** Where no unit is told the table has '', and an entry nothing. */
function entryOf({ contributor, ...row }: Record<string, unknown>): LedgerEntry {
  const entry = row as unknown as LedgerEntry;
  return typeof contributor === 'string' && contributor !== '' ? { ...entry, contributor } : entry;
}

function sqlOf({
  mission,
  camp,
  sumCamps = false,
  sumPeriods = false,
  byContributor = false,
}: LedgerQuery): string {
  const owner = ['source', 'ownership', ...(byContributor ? ['contributor'] : [])].join(', ');
  const groups = ['mission', ...(sumCamps ? [] : ['camp']), ...(sumPeriods ? [] : ['period'])];
  const sums = LEDGER_AMOUNTS.map((name) => `sum(${name}) AS ${name}`);
  return `${mission === undefined ? MISSIONS : ''}
    SELECT level, mission, ${sumCamps ? `'' AS camp` : 'camp'}, ${sumPeriods ? `'' AS period` : 'period'},
      ${owner}, ${sums.join(', ')}
    FROM ledger
    WHERE level = :level AND period BETWEEN :from AND :to
      AND mission ${mission === undefined ? 'IN (SELECT mission FROM found WHERE mission IS NOT NULL)' : '= :mission'}
      ${camp === undefined ? '' : 'AND camp = :camp'}
    GROUP BY ${groups.join(', ')}, ${owner}`;
}
