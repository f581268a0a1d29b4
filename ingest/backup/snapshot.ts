/**
 * Copies of the SQLite files of a running system that belong to one moment.
 *
 * A reading goes from the spool (`worker.db`) to the store (`readings.db`), and the day that it touched is noted in
 * `worker.db`. Copied one after the other, a reading that moved in between would be in neither copy, or be stored and never
 * accounted. So for a moment both files are closed to writers: first the store, then, after what is under way has been
 * noted, the journal. In that moment a reader is opened on each; its view stays while the file is copied, however long
 * that takes. Writers wait for a second at most, which is less than what makes a worker spool.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { translateSqliteError } from '#lib/server/database.ts';

/** How long what was written to the store may take to be noted in the journal: many times what it takes. */
const SETTLE_MS = 500;
const BUSY_TIMEOUT_MS = 10_000;
/** In this order: what readings flow into is closed before what they come from. */
const FLOWING = ['readings.db', 'worker.db'] as const;

interface Pinned {
  readonly name: string;
  readonly reader: DatabaseSync;
}

/**
 * Copies the files `names` of `dataDir` into `target`. Those that readings flow through are of one moment; the others,
 * which hold what people wrote, are read after it.
 * @throws AppError when a file cannot be read or the disk takes no more
 */
export async function snapshotDatabases(
  dataDir: string,
  names: readonly string[],
  target: string,
): Promise<void> {
  const flowing = FLOWING.filter((name) => names.includes(name));
  const others = names.filter((name) => !(FLOWING as readonly string[]).includes(name));
  const pinned: Pinned[] = [];
  try {
    pinned.push(...(await pinAtOnce(dataDir, flowing)));
    for (const one of pinned) await copy(one, target);
    for (const name of others) {
      const one = pin(dataDir, name);
      pinned.push(one);
      await copy(one, target);
    }
  } finally {
    for (const { reader } of pinned) reader.close();
  }
}

/** Readers of the same moment on all files. */
async function pinAtOnce(dataDir: string, names: readonly string[]): Promise<Pinned[]> {
  const locks: DatabaseSync[] = [];
  try {
    for (const name of names) {
      if (locks.length > 0) await pause(SETTLE_MS);
      locks.push(lock(dataDir, name));
    }
    return names.map((name) => pin(dataDir, name));
  } finally {
    // Nothing was written under them: closing ends their transactions.
    for (const held of locks) held.close();
  }
}

function lock(dataDir: string, name: string): DatabaseSync {
  return opened(dataDir, name, (database) => {
    database.exec('BEGIN IMMEDIATE');
  });
}

function pin(dataDir: string, name: string): Pinned {
  const reader = opened(dataDir, name, (database) => {
    database.exec('BEGIN');
    // A transaction sees the file as of its first look.
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
  });
  return { name, reader };
}

function opened(dataDir: string, name: string, begin: (database: DatabaseSync) => void): DatabaseSync {
  const file = join(dataDir, name);
  let database: DatabaseSync | undefined;
  try {
    if (!existsSync(file)) throw new Error(`${file} is gone`);
    database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    begin(database);
    return database;
  } catch (cause) {
    database?.close();
    throw translateSqliteError(cause, file);
  }
}

async function copy({ name, reader }: Pinned, target: string): Promise<void> {
  try {
    await backup(reader, join(target, basename(name)));
  } catch (cause) {
    throw translateSqliteError(cause, join(target, name));
  }
}
