/**
 * The spool: readings that are acknowledged but not in the store yet, because the store was away. Each row is
 * a batch or a part of one, synced before its messages are acknowledged, drained oldest first.
 *
 * Order matters only where two readings speak of the same meter and instant: a correction that arrives while
 * an older value is still spooled must win. `holds` tells which readings must queue behind what is spooled. What it
 * needs for that, each meter's newest spooled instant, stands in the file too: a start reads a line a meter, not
 * the whole backlog.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { meterRef, type MeterRef, type Reading, type Values } from '#lib/energy/reading.ts';
import { inTransaction, type Row } from '#lib/server/database.ts';

/** One row, or several that follow each other: small ones are drained together. */
export interface SpooledBatch {
  /** id of the newest of them */
  readonly throughId: number;
  readonly readings: readonly Reading[];
}

const DRAIN_READINGS = 5_000;
/** In one row: an outage closes batches of 20,000, and live messages must not wait for one of those to drain. */
const ROW_READINGS = 5_000;

export interface SpoolStatus {
  batches: number;
  readings: number;
  bytes: number;
  /** epoch ms */
  oldestSavedAt: number | null;
}

export interface Spool {
  /** Must run inside the caller's transaction. */
  append(readings: readonly Reading[], savedAt: number): void;
  /** The oldest readings, about 5,000 at once, or undefined when the spool is empty. */
  oldest(): SpooledBatch | undefined;
  /** Must run inside the caller's transaction. */
  remove(throughId: number): void;
  isEmpty(): boolean;
  /** Whether a reading of this meter and instant may still be in the spool. */
  holds(reading: Reading): boolean;
  /** True when `maxBytes` are reached: nothing more may be appended. */
  isFull(): boolean;
  /** Counts anew from the file: after a transaction that failed, what was counted within it is not there. */
  recount(): void;
  status(): Readonly<SpoolStatus>;
}

export function createSpool(database: DatabaseSync, maxBytes: number): Spool {
  return new JournalSpool(database, maxBytes);
}

const TOTALS = `SELECT count(*) AS batches, coalesce(sum(readings), 0) AS readings,
  coalesce(sum(length(body)), 0) AS bytes, min(saved_at) AS oldest FROM spool`;

class JournalSpool implements Spool {
  readonly #maxBytes: number;
  readonly #insert: StatementSync;
  readonly #ascending: StatementSync;
  readonly #drop: StatementSync;
  readonly #oldestSaved: StatementSync;
  readonly #totals: StatementSync;
  readonly #refs = new Map<string, MeterRef>();
  readonly #newestRows: StatementSync;
  readonly #saveNewest: StatementSync;
  readonly #forgetNewest: StatementSync;
  /**
   * Newest instant spooled by meter: an upper bound, as in the file; undefined when it must be read from there. It is
   * forgotten only when a batch enters an empty spool, not when the last one leaves.
   */
  #newestAt: Map<string, number> | undefined;
  /** undefined when it must be read from the file first */
  #status: Readonly<SpoolStatus> | undefined;

  constructor(database: DatabaseSync, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#insert = database.prepare('INSERT INTO spool (saved_at, readings, body) VALUES (?, ?, ?)');
    this.#ascending = database.prepare('SELECT id, readings, body FROM spool ORDER BY id');
    this.#drop = database.prepare(
      'DELETE FROM spool WHERE id <= ? RETURNING readings, length(body) AS bytes',
    );
    this.#oldestSaved = database.prepare('SELECT saved_at FROM spool ORDER BY id LIMIT 1');
    this.#totals = database.prepare(TOTALS);
    this.#newestRows = database.prepare('SELECT meter, at FROM spool_newest');
    this.#saveNewest = database.prepare('INSERT OR REPLACE INTO spool_newest (meter, at) VALUES (?, ?)');
    this.#forgetNewest = database.prepare('DELETE FROM spool_newest');
    if (!this.isEmpty() && this.#newest().size === 0) this.#noteOlderSpool(database);
  }

  append(readings: readonly Reading[], savedAt: number): void {
    if (readings.length === 0) return;
    if (this.isEmpty()) {
      this.#forgetNewest.run();
      this.#newestAt = new Map();
    }
    for (let from = 0; from < readings.length; from += ROW_READINGS) {
      this.#appendRow(readings.slice(from, from + ROW_READINGS), savedAt);
    }
    this.#noteNewest(readings);
  }

  #appendRow(readings: readonly Reading[], savedAt: number): void {
    const { batches, readings: before, bytes, oldestSavedAt } = this.status();
    const body = encode(readings);
    this.#insert.run(savedAt, readings.length, body);
    this.#status = {
      batches: batches + 1,
      readings: before + readings.length,
      bytes: bytes + body.length,
      oldestSavedAt: oldestSavedAt ?? savedAt,
    };
  }

  oldest(): SpooledBatch | undefined {
    const readings: Reading[] = [];
    let throughId: number | undefined;
    for (const row of this.#ascending.iterate() as Iterable<Row>) {
      if (throughId !== undefined && readings.length + Number(row['readings']) > DRAIN_READINGS) break;
      for (const reading of this.#decode(row)) readings.push(reading);
      throughId = Number(row['id']);
    }
    return throughId === undefined ? undefined : { throughId, readings };
  }

  remove(throughId: number): void {
    const left = { ...this.status() };
    for (const row of this.#drop.all(throughId) as Row[]) {
      left.batches -= 1;
      left.readings -= Number(row['readings']);
      left.bytes -= Number(row['bytes']);
    }
    const oldest = this.#oldestSaved.get() as Row | undefined;
    this.#status = { ...left, oldestSavedAt: oldest === undefined ? null : Number(oldest['saved_at']) };
  }

  isEmpty(): boolean {
    return this.status().batches === 0;
  }

  holds({ meter, at }: Reading): boolean {
    if (this.isEmpty()) return false;
    const newest = this.#newest().get(meter.key);
    return newest !== undefined && at <= newest;
  }

  isFull(): boolean {
    return this.status().bytes >= this.#maxBytes;
  }

  recount(): void {
    this.#status = undefined;
    this.#newestAt = undefined;
  }

  status(): Readonly<SpoolStatus> {
    this.#status ??= this.#read();
    return this.#status;
  }

  #read(): SpoolStatus {
    const row = this.#totals.get() as Row;
    return {
      batches: Number(row['batches']),
      readings: Number(row['readings']),
      bytes: Number(row['bytes']),
      oldestSavedAt: row['oldest'] === null ? null : Number(row['oldest']),
    };
  }

  #newest(): Map<string, number> {
    this.#newestAt ??= new Map(
      (this.#newestRows.all() as Row[]).map(({ meter, at }) => [String(meter), Number(at)]),
    );
    return this.#newestAt;
  }

  #noteNewest(readings: Iterable<Reading>): void {
    const newest = this.#newest();
    const changed = new Set<string>();
    for (const { meter, at } of readings) {
      const known = newest.get(meter.key);
      if (known !== undefined && at <= known) continue;
      newest.set(meter.key, at);
      changed.add(meter.key);
    }
    for (const key of changed) this.#saveNewest.run(key, newest.get(key) ?? null);
  }

  /** Of a version that kept no newest instants in the file: they are in the batches themselves. */
  #noteOlderSpool(database: DatabaseSync): void {
    inTransaction(database, () => {
      for (const row of this.#ascending.iterate() as Iterable<Row>) this.#noteNewest(this.#decode(row));
    });
  }

  #decode(row: Row): Reading[] {
    const json = inflateRawSync(row['body'] as Uint8Array).toString('utf8');
    return (JSON.parse(json) as Encoded).map(([key, at, values]) => ({ meter: this.#ref(key), at, values }));
  }

  #ref(key: string): MeterRef {
    let ref = this.#refs.get(key);
    if (ref === undefined) {
      // We wrote the key ourselves: three slugs.
      const [mission, camp, meter] = key.split('/') as [string, string, string];
      ref = meterRef(mission, camp, meter);
      this.#refs.set(key, ref);
    }
    return ref;
  }
}

type Encoded = [key: string, at: number, values: Values][];

function encode(readings: readonly Reading[]): Uint8Array {
  const plain: Encoded = readings.map(({ meter, at, values }) => [meter.key, at, values]);
  return deflateRawSync(JSON.stringify(plain), { level: 1 });
}
