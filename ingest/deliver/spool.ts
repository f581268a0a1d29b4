/**
 * The spool: readings that are acknowledged but not in the store yet, because the store was away. Each row is
 * one batch, synced before its messages are acknowledged, drained oldest first.
 *
 * Order matters only where two readings speak of the same meter and instant: a correction that arrives while
 * an older value is still spooled must win. `holds` tells which readings must queue behind what is spooled.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { meterRef, type MeterRef, type Reading, type Values } from '#lib/energy/reading.ts';
import type { Row } from '#lib/server/database.ts';

/** One or more rows that follow each other; small ones are drained together. */
export interface SpooledBatch {
  /** id of the newest of them */
  readonly throughId: number;
  readonly readings: readonly Reading[];
}

const DRAIN_READINGS = 5_000;

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
  /**
   * Newest instant spooled by meter: an upper bound. It is forgotten only when a batch enters an empty spool,
   * not when the last one leaves: that transaction may still fail, and the batch would be there again.
   */
  readonly #newestAt = new Map<string, number>();
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
    for (const row of database.prepare('SELECT body FROM spool').iterate() as Iterable<Row>) {
      for (const reading of this.#decode(row)) this.#noteNewest(reading);
    }
  }

  append(readings: readonly Reading[], savedAt: number): void {
    if (readings.length === 0) return;
    const { batches, readings: before, bytes, oldestSavedAt } = this.status();
    if (batches === 0) this.#newestAt.clear();
    const body = encode(readings);
    this.#insert.run(savedAt, readings.length, body);
    for (const reading of readings) this.#noteNewest(reading);
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
    const newest = this.#newestAt.get(meter.key);
    return newest !== undefined && at <= newest && !this.isEmpty();
  }

  isFull(): boolean {
    return this.status().bytes >= this.#maxBytes;
  }

  recount(): void {
    this.#status = undefined;
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

  #noteNewest({ meter, at }: Reading): void {
    const known = this.#newestAt.get(meter.key);
    if (known === undefined || at > known) this.#newestAt.set(meter.key, at);
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
