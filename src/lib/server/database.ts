/**
 * Opens one of our own SQLite files: write-ahead log, every commit on disk before it counts, schema brought
 * forward by numbered migrations. Shared by the registry, the worker's journal and the embedded store.
 */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from './errors.ts';

/** What a statement of ours may bind or return. */
export type Row = Record<string, null | number | bigint | string | Uint8Array>;

export interface OpenOptions {
  readonly file: string;
  /** SQL scripts in order; `PRAGMA user_version` counts how many have run. Never change one that was released. */
  readonly migrations: readonly string[];
  /** reads while another process writes; the schema is then the writer's business */
  readonly readOnly?: boolean;
}

/**
 * @throws AppError STORE_REFUSED when the file is no database or was written by a newer version
 */
export function openDatabase({ file, migrations, readOnly = false }: OpenOptions): DatabaseSync {
  try {
    if (!readOnly) mkdirSync(dirname(file), { recursive: true });
    const database = new DatabaseSync(file, { readOnly });
    database.exec('PRAGMA busy_timeout = 5000');
    if (!readOnly) {
      // FULL, not NORMAL: an acknowledged reading must survive a power cut, and in WAL mode only FULL syncs each commit.
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
      migrate(database, migrations, file);
    }
    return database;
  } catch (cause) {
    throw translateSqliteError(cause, file);
  }
}

const OWNER_ONLY = 0o600;

/** Lets nobody but its owner read a file that {@link openDatabase} opened, with what lies beside it while it is open. */
export function keepPrivate(file: string): void {
  for (const each of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(each)) chmodSync(each, OWNER_ONLY);
}

function migrate(database: DatabaseSync, migrations: readonly string[], file: string): void {
  const known = migrations.length;
  const versionNow = (): number =>
    Number((database.prepare('PRAGMA user_version').get() as Row)['user_version']);
  if (versionNow() > known) {
    throw new AppError(
      'STORE_REFUSED',
      `${file} was written by a newer Bluewatt (schema ${String(versionNow())}, this one knows ${String(known)}). Start that version, or restore a backup.`,
      { retryable: false },
    );
  }
  if (versionNow() === known) return;
  inTransaction(database, () => {
    // Asked again under the write lock: worker and web may start at the same moment on an empty folder.
    for (const script of migrations.slice(versionNow())) database.exec(script);
    database.exec(`PRAGMA user_version = ${String(known)}`);
  });
}

/** Runs `work` in one transaction: all of it is on disk afterwards, or none of it. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk may already have rolled the transaction back by itself.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

const SQLITE = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notDatabase: 26,
};

/** Translates a fault of `node:sqlite` into an AppError; anything else comes back as it is. */
export function translateSqliteError(cause: unknown, file: string): unknown {
  if (cause instanceof AppError || !(cause instanceof Error)) return cause;
  const extended = (cause as { errcode?: number }).errcode;
  if (extended === undefined) return cause;
  const words = `${file}: ${cause.message}`;
  switch (extended & 0xff) {
    case SQLITE.full:
      return new AppError('DISK_FULL', `${words}. Free some space; nothing that was acknowledged is lost.`, {
        retryable: true,
        cause,
      });
    case SQLITE.ioError:
      return new AppError('DISK_FAILING', `${words}. Nothing that was acknowledged is lost.`, {
        retryable: true,
        cause,
      });
    case SQLITE.busy:
    case SQLITE.locked:
      return new AppError('STORE_UNAVAILABLE', words, { retryable: true, cause });
    case SQLITE.readOnly:
    case SQLITE.corrupt:
    case SQLITE.cannotOpen:
    case SQLITE.notDatabase:
      return new AppError('STORE_REFUSED', words, { retryable: false, cause });
    default:
      return cause;
  }
}
