/**
 * The registry at rest: every version that was ever saved, newest in force, in `app.db`. The worker and the
 * web server each hold one of these and notice the other's (or the command line's) changes by themselves.
 */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { EMPTY_REGISTRY } from '../../registry/lookup.ts';
import type { Registry } from '../../registry/types.ts';
import { inTransaction, openDatabase, type Row } from '../database.ts';

const MIGRATIONS = [
  `CREATE TABLE registry_version (
     id       INTEGER PRIMARY KEY,
     saved_at INTEGER NOT NULL,
     author   TEXT NOT NULL,
     reason   TEXT NOT NULL,
     document TEXT NOT NULL
   ) STRICT`,
];

export interface RegistryVersion {
  /** 0 when nothing was ever saved; grows by one with each change */
  readonly version: number;
  readonly registry: Registry;
}

export interface RegistryStore {
  /** The version in force. Cheap: asks the file only whether somebody has written to it. */
  current(): RegistryVersion;
  /** Saves a new version unless it equals the one in force. `savedAt` in epoch ms. */
  save(registry: Registry, why: { author: string; reason: string; savedAt: number }): RegistryVersion;
  close(): void;
}

export function openRegistryStore(dataDir: string): RegistryStore {
  const database = openDatabase({ file: join(dataDir, 'app.db'), migrations: MIGRATIONS });
  const newest = database.prepare('SELECT id, document FROM registry_version ORDER BY id DESC LIMIT 1');
  const insert = database.prepare(
    'INSERT INTO registry_version (saved_at, author, reason, document) VALUES (?, ?, ?, ?)',
  );
  let cached: RegistryVersion = { version: 0, registry: EMPTY_REGISTRY };
  let seenDataVersion = -1;

  function current(): RegistryVersion {
    const dataVersion = dataVersionOf(database);
    if (dataVersion === seenDataVersion) return cached;
    seenDataVersion = dataVersion;
    const row = newest.get() as Row | undefined;
    if (row !== undefined && Number(row['id']) !== cached.version) {
      cached = { version: Number(row['id']), registry: JSON.parse(String(row['document'])) as Registry };
    }
    return cached;
  }

  return {
    current,
    save(registry, { author, reason, savedAt }) {
      return inTransaction(database, () => {
        const before = current();
        const document = JSON.stringify(registry);
        if (JSON.stringify(before.registry) === document) return before;
        const { lastInsertRowid } = insert.run(savedAt, author, reason, document);
        cached = { version: Number(lastInsertRowid), registry };
        return cached;
      });
    },
    close() {
      database.close();
    },
  };
}

/** Changes whenever another connection has committed. */
function dataVersionOf(database: DatabaseSync): number {
  return Number((database.prepare('PRAGMA data_version').get() as Row)['data_version']);
}
