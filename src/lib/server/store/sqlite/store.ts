/**
 * The embedded store: one SQLite file that the worker writes and the web server reads, from two processes.
 * A call that writes is one transaction, on disk when it resolves; one that fails leaves nothing half done.
 */
import { createSieve } from '../acceptable.ts';
import { assertLedger, assertMeterDays, assertScope } from '../checks.ts';
import type { Store } from '../store.ts';
import { openConnection, type Connection } from './connection.ts';

export interface SqliteStoreOptions {
  readonly file: string;
  /** for the web server: never writes, and until the worker has made the file everything reads as empty */
  readonly readOnly?: boolean;
}

/**
 * Opens (and, unless `readOnly`, creates and brings up to date) the file.
 * @throws AppError STORE_REFUSED when it is no database of ours or a newer version wrote it
 */
export function createSqliteStore({ file, readOnly = false }: SqliteStoreOptions): Store {
  const connection = openConnection(file, readOnly);
  const { read, write, close } = connection;

  return {
    kind: 'sqlite',
    writeReadings: readingWriter(connection),
    dropReadings: (meter, before) => write(({ readings }) => readings.drop(meter, before)),
    readReadings: (meter, range) => read([], ({ readings }) => readings.range(meter, range)),
    readingBefore: (meter, at) => read(undefined, ({ readings }) => readings.before(meter, at)),
    readingFrom: (meter, at) => read(undefined, ({ readings }) => readings.from(meter, at)),
    listMeters: (filter = {}) => read([], ({ readings }) => readings.newest(filter)),
    writeAccounts: (days, entries) =>
      write(({ accounts, ledger }) => {
        assertMeterDays(days);
        assertLedger(entries);
        accounts.write(days);
        ledger.write(entries);
      }),
    replaceLedger: (scope, entries) =>
      write(({ ledger }) => {
        assertScope(scope, entries);
        ledger.clear(scope);
        ledger.write(entries);
      }),
    readMeterDay: (meter, day) =>
      read(undefined, ({ accounts }) => accounts.newest(meter, { from: day, to: day })),
    lastMeterDay: (meter, day) =>
      read(undefined, ({ accounts }) => accounts.newest(meter, { from: 0, to: day })),
    firstMeterDay: (meter) => read(undefined, ({ accounts }) => accounts.firstDay(meter)),
    readIntervals: (meters, range) => read([], ({ accounts }) => accounts.intervals(meters, range)),
    readFlows: (meters, range) => read([], ({ accounts }) => accounts.flows(meters, range)),
    readLedger: (query) => read([], ({ ledger }) => ledger.read(query)),
    ping: () => read(undefined, ({ database }) => void database.prepare('SELECT 1').get()),
    close,
  };
}

function readingWriter({ write }: Connection): Store['writeReadings'] {
  const sieve = createSieve();
  return (readings) => {
    const { accepted, rejected } = sieve(readings);
    return write((tables) => {
      tables.readings.write(accepted);
      return { rejected };
    });
  };
}
