/**
 * The store's one port. Two adapters implement it, `influx` and `sqlite`, and one contract suite
 * (tests/server/store/contract.ts) holds both to the same behaviour.
 *
 * Everything written is idempotent: writing the same thing twice leaves the store as if written once.
 * Raw readings merge field by field per (meter, at), the last value of a field wins.
 */
import type { EnergyInterval, MeterDay } from '../../energy/interval.ts';
import type { LedgerEntry, LedgerLevel } from '../../energy/ledger.ts';
import type { MeterRef, Reading, Values } from '../../energy/reading.ts';

/** Half-open range of instants, epoch ms UTC. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface RejectedPoint {
  readonly reading: Reading;
  /** the store's own words */
  readonly reason: string;
}

export interface SeenMeter {
  readonly meter: MeterRef;
  readonly lastAt: number;
  readonly lastValues: Values;
}

export interface LedgerQuery {
  readonly level: LedgerLevel;
  /** inclusive local periods: `2026-01-01`..`2026-12-31`, or `2026-01`..`2026-12` */
  readonly from: string;
  readonly to: string;
  readonly mission?: string;
  readonly camp?: string;
  /** sum over the camps in the store, so that HQ's page reads rows per mission, not per camp; `camp` is then '' */
  readonly sumCamps?: boolean;
  /** sum over the periods as well; `period` is then '' */
  readonly sumPeriods?: boolean;
  /** keep contributing units apart: entries then carry their `contributor`; otherwise they are summed */
  readonly byContributor?: boolean;
}

/** One camp's local day or month. */
export interface LedgerScope {
  readonly mission: string;
  readonly camp: string;
  readonly level: LedgerLevel;
  readonly period: string;
}

export interface StoredInterval extends EnergyInterval {
  readonly meter: MeterRef;
  /** epoch ms, UTC, of the interval's first instant */
  readonly start: number;
}

/**
 * What one meter did in quarters of an hour that follow each other, the first at `start` (epoch ms, UTC): no more than a
 * load curve needs, in columns, because a year of a mission is a million of them. NaN where nothing is known.
 */
export interface FlowBlock {
  readonly meter: MeterRef;
  readonly start: number;
  readonly forwardWh: Float64Array;
  readonly reverseWh: Float64Array;
  /** seconds, 0..900 */
  readonly coveredS: Float64Array;
}

export interface Store {
  readonly kind: 'influx' | 'sqlite';

  /**
   * Durable when it resolves: after that, the readings survive a kill -9 or a power cut.
   * Points that the store can never take come back as rejected; every other point is stored.
   * @throws AppError retryable for an outage, not retryable for what an operator must mend
   */
  writeReadings(readings: readonly Reading[]): Promise<{ rejected: RejectedPoint[] }>;
  /**
   * Removes some of the meter's readings before `before` (epoch ms), the oldest first; true when none are left. What was made
   * of them stays. A call takes little enough that others may write in between.
   */
  dropReadings(meter: MeterRef, before: number): Promise<boolean>;
  /** One meter's readings in `range`, ascending by `at`. */
  readReadings(meter: MeterRef, range: TimeRange): Promise<Reading[]>;
  /** The last reading before `at`, or undefined. */
  readingBefore(meter: MeterRef, at: number): Promise<Reading | undefined>;
  /** The first reading at or after `at`, or undefined. */
  readingFrom(meter: MeterRef, at: number): Promise<Reading | undefined>;
  /** Every meter that ever published, with its newest reading; ascending by key. */
  listMeters(filter?: { mission?: string; camp?: string }): Promise<SeenMeter[]>;

  /** Days and ledger entries in one atomic write where the store can (sqlite), in this order where it can't. */
  writeAccounts(days: readonly MeterDay[], entries: readonly LedgerEntry[]): Promise<void>;
  /** Removes ledger entries of the given camp and period (day or month) whose key is not in `keep`; used when the registry changes. */
  replaceLedger(scope: LedgerScope, entries: readonly LedgerEntry[]): Promise<void>;
  readMeterDay(meter: MeterRef, day: number): Promise<MeterDay | undefined>;
  /** The newest day at or before `day`, or undefined. */
  lastMeterDay(meter: MeterRef, day: number): Promise<MeterDay | undefined>;
  /** The oldest day there is, as days since 1970-01-01 UTC, or undefined. */
  firstMeterDay(meter: MeterRef): Promise<number | undefined>;
  /** Intervals that are known, ascending by (meter key, start). */
  readIntervals(meters: readonly MeterRef[], range: TimeRange): Promise<StoredInterval[]>;
  /** The same intervals as flows: a block for each meter of which anything is known, ascending by key. At most 400 days. */
  readFlows(meters: readonly MeterRef[], range: TimeRange): Promise<FlowBlock[]>;
  readLedger(query: LedgerQuery): Promise<LedgerEntry[]>;

  /** Resolves when the store answers. @throws AppError */
  ping(): Promise<void>;
  close(): Promise<void>;
}
