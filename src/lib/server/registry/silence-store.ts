/**
 * What the worker knows of meters' silence, in `silence.db`: written by the worker, read by pages and the API. All of it
 * comes back by itself as devices speak, so the file may be deleted.
 */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { SILENCE_CAUSES, type MeterSilence } from '../../energy/silence.ts';
import { inTransaction, openDatabase, translateSqliteError, type Row } from '../database.ts';
import { changesOf } from './app-database.ts';

const FILE = 'silence.db';
export const SILENCE_MIGRATIONS = [
  `CREATE TABLE silence (
     meter           TEXT PRIMARY KEY,
     since           INTEGER,
     cause           TEXT CHECK ((cause IS NULL) = (since IS NULL)),
     expire_after_ms INTEGER
   ) STRICT, WITHOUT ROWID`,
];

export interface SilenceStore {
  /** By meter key. Cheap, and the same map until somebody writes. */
  current(): ReadonlyMap<string, MeterSilence>;
  /** @throws AppError when the disk or the database does not take it */
  write(changes: ReadonlyMap<string, MeterSilence>): void;
  close(): void;
}

/** @throws AppError */
export function openSilenceStore(dataDir: string): SilenceStore {
  const database = openDatabase({ file: join(dataDir, FILE), migrations: SILENCE_MIGRATIONS });
  const hasChanged = changesOf(database);
  const upsert = database.prepare(
    'INSERT OR REPLACE INTO silence (meter, since, cause, expire_after_ms) VALUES (?, ?, ?, ?)',
  );
  let known: ReadonlyMap<string, MeterSilence> = new Map();
  return {
    current() {
      if (hasChanged()) known = readAll(database);
      return known;
    },
    write(changes) {
      try {
        inTransaction(database, () => {
          for (const [key, { silent, expireAfterMs }] of changes)
            upsert.run(key, silent?.since ?? null, silent?.cause ?? null, expireAfterMs);
        });
      } catch (cause) {
        throw translateSqliteError(cause, FILE);
      }
    },
    close() {
      database.close();
    },
  };
}

function readAll(database: DatabaseSync): ReadonlyMap<string, MeterSilence> {
  const rows = database.prepare('SELECT * FROM silence').all() as Row[];
  return new Map(
    rows.map(({ meter, since, cause, expire_after_ms: expireAfterMs }): [string, MeterSilence] => {
      const known = SILENCE_CAUSES.find((each) => each === cause);
      const silent = known === undefined ? null : { since: Number(since), cause: known };
      return [
        String(meter),
        { silent, expireAfterMs: expireAfterMs === null ? null : Number(expireAfterMs) },
      ];
    }),
  );
}
