/**
 * From which day on raw readings are kept, as the journal remembers it: earlier ones were removed, or are being
 * removed, so that nothing before that day can be accounted again. It only ever moves forward.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase, type Row } from '#lib/server/database.ts';
import { JOURNAL_MIGRATIONS } from '../journal.ts';

/** UTC days since 1970-01-01, as in {@link readKeptFrom}, when nothing was ever removed. */
export const ALL_KEPT = -Infinity;

/** The first UTC day (since 1970-01-01) of which all raw readings are kept; {@link ALL_KEPT} when none was removed. */
export function readKeptFrom(journal: DatabaseSync): number {
  const row = journal.prepare('SELECT from_day FROM raw_kept').get() as Row | undefined;
  return row === undefined ? ALL_KEPT : Number(row['from_day']);
}

/** As {@link readKeptFrom}, for a command beside the worker. @throws AppError */
export function keptFromIn(dataDir: string): number {
  const file = join(dataDir, 'worker.db');
  if (!existsSync(file)) return ALL_KEPT;
  const journal = openDatabase({ file, migrations: JOURNAL_MIGRATIONS });
  try {
    return readKeptFrom(journal);
  } finally {
    journal.close();
  }
}

export function writeKeptFrom(journal: DatabaseSync, day: number): void {
  journal
    .prepare(
      `INSERT INTO raw_kept (one, from_day) VALUES (1, ?)
       ON CONFLICT DO UPDATE SET from_day = max(from_day, excluded.from_day)`,
    )
    .run(day);
}
