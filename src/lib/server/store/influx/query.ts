/**
 * Asks InfluxDB in the part of InfluxQL that all of its kin understand. Text reaches a statement only as a
 * `$placeholder`; instants are whole milliseconds. Every question has an outer deadline, because the client
 * waits for ever on an answer that breaks off.
 */
import { InfluxDB } from 'influx';
import { AppError } from '../../errors.ts';
import type { InfluxAddress } from './address.ts';

export type Cell = number | string | boolean | null;

export interface Series {
  readonly tags: Readonly<Record<string, string>>;
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** true when the server cut the rows off at its own limit */
  readonly partial: boolean;
}

export interface InfluxQueries {
  /**
   * The series that `statement` selects; none when the database or measurement does not exist yet.
   * @throws AppError
   */
  readonly ask: (statement: string, placeholders?: Readonly<Record<string, string>>) => Promise<Series[]>;
  /** @throws AppError STORE_REFUSED when we may not */
  createDatabase(): Promise<void>;
}

interface RawSeries {
  readonly tags?: Record<string, string>;
  readonly columns: string[];
  readonly values?: Cell[][];
  readonly partial?: boolean;
}

interface RawResponse {
  readonly error?: string;
  readonly results?: { readonly error?: string; readonly partial?: boolean; readonly series?: RawSeries[] }[];
}

/**
 * A question about years opens every series in every shard. With InfluxDB's own week, five years of ledger
 * took twice as long to read as with a quarter of a year (measured on 1.6: 1.66 s and 0.76 s for 15 missions).
 */
const SHARD_DURATION = '13w';

/** A host that failed is asked again at once: whoever calls decides when to retry. */
const NO_BACKOFF = { getDelay: () => 0, next: () => NO_BACKOFF, reset: () => NO_BACKOFF };

export function createQueries(address: InfluxAddress, timeoutMs: number): InfluxQueries {
  const { protocol, host, port, prefix, database, authorization, shown } = address;
  const influx = new InfluxDB({
    host: host.includes(':') ? `[${host}]` : host,
    port,
    path: prefix,
    protocol,
    database,
    // Left out, it would become `root`, with the password `root`, and win over our own header.
    username: null as unknown as string,
    options: authorization === undefined ? {} : { headers: { authorization } },
    pool: { backoff: NO_BACKOFF, maxRetries: 0, requestTimeout: timeoutMs },
  });

  async function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const signal = AbortSignal.timeout(timeoutMs);
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(
          new AppError('STORE_UNAVAILABLE', `InfluxDB at ${shown}: no whole answer in time`, {
            retryable: true,
          }),
        );
      });
    });
    return Promise.race([work(signal), late]);
  }

  async function ask(
    statement: string,
    placeholders: Readonly<Record<string, string>> = {},
  ): Promise<Series[]> {
    const answer = await withDeadline<RawResponse>((signal) =>
      influx.queryRaw(statement, { precision: 'ms', placeholders, signal, method: 'POST' }),
    ).catch((error: unknown) => {
      throw translate(error, shown);
    });
    return seriesOf(answer, shown);
  }

  return {
    ask,
    async createDatabase() {
      await ask(`CREATE DATABASE "${database}" WITH SHARD DURATION ${SHARD_DURATION}`).catch(
        (error: unknown) => {
          if (error instanceof AppError && !error.retryable) {
            throw new AppError(
              'STORE_REFUSED',
              `${error.message}. Create the database, or let our user create it.`,
              {
                retryable: false,
              },
            );
          }
          throw error;
        },
      );
    },
  };
}

function seriesOf({ error, results = [] }: RawResponse, shown: string): Series[] {
  if (error !== undefined) throw faultOf(error, shown);
  return results.flatMap((result) => {
    // Nothing was written yet: the first write creates the database.
    if (result.error !== undefined && /database not found/i.test(result.error)) return [];
    if (result.error !== undefined) throw faultOf(result.error, shown);
    return (result.series ?? []).map((series) => ({
      tags: series.tags ?? {},
      rows: (series.values ?? []).map((row) =>
        Object.fromEntries(series.columns.map((column, index) => [column, row[index] ?? null])),
      ),
      partial: series.partial === true || result.partial === true,
    }));
  });
}

/** What the server says inside of an answer with status 200. */
function faultOf(words: string, shown: string): AppError {
  const isOutage = /timeout|max-concurrent|interrupted|killed|shutdown|shut down|engine|closed/i.test(words);
  return new AppError(
    isOutage ? 'STORE_UNAVAILABLE' : 'STORE_REFUSED',
    `InfluxDB at ${shown}: ${words.slice(0, 500)}`,
    { retryable: isOutage },
  );
}

/**
 * The client's errors carry the request with its credentials, so nothing of them is kept but the words.
 */
function translate(error: unknown, shown: string): AppError {
  if (error instanceof AppError) return error;
  const words = error instanceof Error ? error.message.trim().slice(0, 500) : String(error);
  const status = (error as { res?: { statusCode?: number } }).res?.statusCode;
  const isRefused = status !== undefined && status < 500 && status !== 408 && status !== 429;
  return new AppError(isRefused ? 'STORE_REFUSED' : 'STORE_UNAVAILABLE', `InfluxDB at ${shown}: ${words}`, {
    retryable: !isRefused,
  });
}

/** @throws AppError when the server cut an answer short: half of the truth must not become a total */
export function assertWhole(partial: boolean): void {
  if (!partial) return;
  throw new AppError('STORE_REFUSED', 'InfluxDB cut its answer short: set max-row-limit to 0 or raise it.', {
    retryable: false,
  });
}
