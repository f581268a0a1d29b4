/**
 * The store on InfluxDB, by the 1.x API: /write and InfluxQL, which 2.x, 3 and openGemini serve as well.
 * A write that resolved was answered with 204, after InfluxDB's own log was synced to disk. Days and ledger
 * entries are not atomic here, but idempotent: accounting writes them again after a fault.
 */
import type { LedgerEntry } from '../../../energy/ledger.ts';
import { AppError } from '../../errors.ts';
import { assertLedger, assertMeterDays, assertScope } from '../checks.ts';
import type { Store } from '../store.ts';
import { firstMeterDay, newestMeterDay, readFlows, readIntervals, readKnownOfDay } from './accounts.ts';
import { parseInfluxAddress } from './address.ts';
import { createKnownIntervals } from './known-intervals.ts';
import { readCamps, readLedger } from './ledger.ts';
import { dayLines, ledgerLine } from './line-protocol.ts';
import { createSumsCheck, MissionSums } from './mission-sums.ts';
import { createQueries, type InfluxQueries } from './query.ts';
import { dropReadings, listMeters, readingBefore, readingFrom, readReadings } from './readings.ts';
import { createReadingWriter } from './reading-writer.ts';
import { createSender } from './send.ts';
import { createLineWriter, type LineWriter } from './write.ts';
import { createWrittenDays, type WrittenDays } from './written-days.ts';

export interface InfluxStoreOptions {
  /** `http(s)://user:password@host:8086/database` */
  readonly url: string;
  readonly token?: string;
  readonly fetch?: typeof globalThis.fetch;
  /** for one write, answer included; default 10 s */
  readonly writeTimeoutMs?: number;
  /** for one question, answer included; default 30 s */
  readonly queryTimeoutMs?: number;
}

/**
 * Does not connect: an outage shows at the first call. The database is created at the first write if need be.
 * @throws AppError CONFIG_INVALID
 */
export function createInfluxStore(options: InfluxStoreOptions): Store {
  const address = parseInfluxAddress(options.url, options.token);
  const queries = createQueries(address, options.queryTimeoutMs ?? 30_000);
  const writtenDays = createWrittenDays();
  const hasSums = createSumsCheck(queries);
  const writeLines = createLineWriter({
    send: createSender({
      address,
      fetch: options.fetch ?? globalThis.fetch,
      timeoutMs: options.writeTimeoutMs ?? 10_000,
    }),
    createDatabase: () => {
      writtenDays.forget();
      missionSums.forget();
      return queries.createDatabase();
    },
    shown: address.shown,
  });
  const writeAll = allWriter(writeLines, address.shown);
  const missionSums = new MissionSums({ queries, writeLines: writeAll });

  return {
    kind: 'influx',
    writeReadings: createReadingWriter(writeLines),
    ...accountWriters({ queries, writeAll, writtenDays, missionSums }),
    dropReadings: (meter, before) => dropReadings(queries, meter, before),
    readReadings: (meter, range) => readReadings(queries, meter, range),
    readingBefore: (meter, at) => readingBefore(queries, meter, at),
    readingFrom: (meter, at) => readingFrom(queries, meter, at),
    listMeters: (filter = {}) => listMeters(queries, filter),
    readMeterDay: (meter, day) => newestMeterDay(queries, meter, { from: day, to: day }),
    lastMeterDay: (meter, day) => newestMeterDay(queries, meter, { from: 0, to: day }),
    firstMeterDay: (meter) => firstMeterDay(queries, meter),
    readIntervals: (meters, range) => readIntervals(queries, meters, range),
    readFlows: (meters, range) => readFlows(queries, meters, range),
    readLedger: (query) => readLedger(queries, query, hasSums),
    async ping() {
      // A question rather than /ping: it also needs our credentials to be right.
      await queries.ask('SELECT "activePowerW" FROM "reading" WHERE time > now() - 1m LIMIT 1');
    },
    close: () => Promise.resolve(),
  };
}

type AllWriter = (lines: readonly string[]) => Promise<void>;

/** Accounts are our own numbers: if InfluxDB refuses one, something is wrong that a person must look at. */
function allWriter(writeLines: LineWriter, shown: string): AllWriter {
  return async (lines) => {
    if (lines.length === 0) return;
    const [refused] = await writeLines(lines);
    if (refused === undefined) return;
    throw new AppError('STORE_REFUSED', `InfluxDB at ${shown} refuses energy or ledger: ${refused.reason}`, {
      retryable: false,
    });
  };
}

function accountWriters({
  queries,
  writeAll,
  writtenDays,
  missionSums,
}: {
  queries: InfluxQueries;
  writeAll: AllWriter;
  writtenDays: WrittenDays;
  missionSums: MissionSums;
}): Pick<Store, 'writeAccounts' | 'replaceLedger'> {
  const knownIntervals = createKnownIntervals((day) => readKnownOfDay(queries, day));

  return {
    async writeAccounts(days, entries) {
      assertMeterDays(days);
      assertLedger(entries);
      const plan = await knownIntervals.plan(days);
      const toWrite = plan.map((planned) => ({ ...planned, ...writtenDays.begin(planned.day) }));
      await writeAll(toWrite.flatMap(dayLines));
      knownIntervals.settle(plan);
      writtenDays.settle(toWrite);
      await writeAll(entries.map((entry) => ledgerLine(entry)));
      await missionSums.write(entries);
    },
    async replaceLedger(scope, entries) {
      assertScope(scope, entries);
      const { mission, camp, level, period } = scope;
      const keyOf = ({ source, ownership, contributor = '' }: LedgerEntry): string =>
        `${source} ${ownership} ${contributor}`;
      const keep = new Set(entries.map(keyOf));
      const before = await readCamps(queries, { mission, camp, level, from: period, to: period });
      await writeAll([
        ...entries.map((entry) => ledgerLine(entry)),
        ...before
          .filter((entry) => !keep.has(keyOf(entry)))
          .map((entry) => ledgerLine(entry, { withdrawn: true })),
      ]);
      await missionSums.write(entries, scope);
    },
  };
}
