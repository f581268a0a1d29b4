/**
 * The open file behind the store: transactions for what writes, a late opening for what only reads. Faults of
 * SQLite leave here as AppErrors.
 */
import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, openDatabase, translateSqliteError } from '../../database.ts';
import { AppError } from '../../errors.ts';
import { createAccountTable, type AccountTable } from './accounts.ts';
import { createLedgerTable, type LedgerTable } from './ledger.ts';
import { createMeterTable, type MeterTable } from './meters.ts';
import { createReadingTable, type ReadingTable } from './readings.ts';
import { MIGRATIONS } from './schema.ts';

export interface Tables {
  readonly database: DatabaseSync;
  readonly meters: MeterTable;
  readonly readings: ReadingTable;
  readonly accounts: AccountTable;
  readonly ledger: LedgerTable;
}

export interface Connection {
  /** Resolves to what `work` returns, or to `empty` while there is no file yet. */
  readonly read: <T>(empty: T, work: (tables: Tables) => T) => Promise<T>;
  /** Runs `work` in one transaction: on disk when it resolves, or nothing of it done. */
  readonly write: <T>(work: (tables: Tables) => T) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** @throws AppError */
export function openConnection(file: string, readOnly: boolean): Connection {
  let opened: Tables | undefined = readOnly ? undefined : openTables(file, false);
  let closed = false;

  function tables(): Tables | undefined {
    if (closed)
      throw new AppError('STORE_UNAVAILABLE', `${file}: the store was closed`, { retryable: false });
    opened ??= existsSync(file) ? openTables(file, true) : undefined;
    return opened;
  }

  return {
    read: (empty, work) =>
      attempt(file, () => {
        const ready = tables();
        return ready === undefined ? empty : work(ready);
      }),
    write: (work) =>
      attempt(file, () => {
        const ready = tables();
        if (readOnly || ready === undefined) throw new TypeError(`${file} was opened for reading only`);
        try {
          return inTransaction(ready.database, () => work(ready));
        } catch (error) {
          ready.meters.forget();
          throw error;
        }
      }),
    close: () =>
      attempt(file, () => {
        closed = true;
        opened?.database.close();
        opened = undefined;
      }),
  };
}

/** Undefined when a writer has made the file but not yet its tables. */
function openTables(file: string, readOnly: true): Tables | undefined;
function openTables(file: string, readOnly: boolean): Tables;
function openTables(file: string, readOnly: boolean): Tables | undefined {
  const database = openDatabase({ file, migrations: MIGRATIONS, readOnly });
  try {
    if (readOnly && !isReadable(database, file)) {
      database.close();
      return undefined;
    }
    // A batch touches one leaf page per meter: keep them all in memory, and let several batches share a checkpoint (16 MB).
    if (!readOnly) database.exec('PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000');
    const meters = createMeterTable(database);
    return {
      database,
      meters,
      readings: createReadingTable(database, meters),
      accounts: createAccountTable(database, meters),
      ledger: createLedgerTable(database),
    };
  } catch (cause) {
    if (database.isOpen) database.close();
    throw translateSqliteError(cause, file);
  }
}

function isReadable(database: DatabaseSync, file: string): boolean {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version === 0) return false;
  if (version < MIGRATIONS.length) {
    throw new AppError(
      'STORE_UNAVAILABLE',
      `${file} is of an older version: start the worker, it brings it up to date.`,
      {
        retryable: true,
      },
    );
  }
  if (version > MIGRATIONS.length) {
    throw new AppError(
      'STORE_REFUSED',
      `${file} was written by a newer Bluewatt: start that version of the dashboard.`,
      {
        retryable: false,
      },
    );
  }
  return true;
}

function attempt<T>(file: string, work: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    try {
      resolve(work());
    } catch (error) {
      const fault = translateSqliteError(error, file);
      reject(fault instanceof Error ? fault : new Error(String(fault)));
    }
  });
}
