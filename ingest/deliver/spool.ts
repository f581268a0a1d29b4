/**
 * The spool: readings that are acknowledged but not in the store yet, because the store was away. Each row is
 * one batch, synced before its messages are acknowledged, drained oldest first.
 *
 * Order matters only where two readings speak of the same meter and instant: a correction that arrives while
 * an older value is still spooled must win. `holds` tells which readings must queue behind what is spooled.
 */
import type { DatabaseSync } from 'node:sqlite';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { meterRef, type MeterRef, type Reading, type Values } from '#lib/energy/reading.ts';
import type { Row } from '#lib/server/database.ts';

export interface SpooledBatch {
  readonly id: number;
  readonly readings: readonly Reading[];
}

export interface Spool {
  /** Must run inside the caller's transaction. */
  append(readings: readonly Reading[], savedAt: number): void;
  /** The oldest batch, or undefined when the spool is empty. */
  oldest(): SpooledBatch | undefined;
  remove(id: number): void;
  isEmpty(): boolean;
  /** Whether a reading of this meter and instant may still be in the spool. */
  holds(reading: Reading): boolean;
  /** True when `maxBytes` are reached: nothing more may be appended. */
  isFull(): boolean;
  /** Counts anew from the file: after a transaction that failed, what was counted within it is not there. */
  recount(): void;
  status(): { batches: number; readings: number; bytes: number; oldestSavedAt: number | null };
}

type Encoded = [key: string, at: number, values: Values][];

export function createSpool(database: DatabaseSync, maxBytes: number): Spool {
  const insert = database.prepare('INSERT INTO spool (saved_at, readings, body) VALUES (?, ?, ?)');
  const first = database.prepare('SELECT id, body FROM spool ORDER BY id LIMIT 1');
  const drop = database.prepare('DELETE FROM spool WHERE id = ?');
  const sizeOf = database.prepare('SELECT readings, length(body) AS bytes FROM spool WHERE id = ?');
  const totals = database.prepare(
    'SELECT count(*) AS batches, coalesce(sum(readings), 0) AS readings, coalesce(sum(length(body)), 0) AS bytes, min(saved_at) AS oldest FROM spool',
  );
  const refs = new Map<string, MeterRef>();
  /** newest instant spooled by meter; an upper bound that is forgotten when the spool runs empty */
  const newestAt = new Map<string, number>();
  let { batches, readings, bytes, oldestSavedAt } = readTotals();

  for (const row of database.prepare('SELECT body FROM spool').iterate() as Iterable<Row>) {
    for (const reading of decode(row['body'] as Uint8Array, refs)) noteNewest(reading);
  }

  function readTotals() {
    const row = totals.get() as Row;
    return {
      batches: Number(row['batches']),
      readings: Number(row['readings']),
      bytes: Number(row['bytes']),
      oldestSavedAt: row['oldest'] === null ? null : Number(row['oldest']),
    };
  }

  function noteNewest({ meter, at }: Reading): void {
    const known = newestAt.get(meter.key);
    if (known === undefined || at > known) newestAt.set(meter.key, at);
  }

  return {
    append(added, savedAt) {
      if (added.length === 0) return;
      const body = encode(added);
      insert.run(savedAt, added.length, body);
      added.forEach(noteNewest);
      batches += 1;
      readings += added.length;
      bytes += body.length;
      oldestSavedAt ??= savedAt;
    },
    oldest() {
      const row = first.get() as Row | undefined;
      return row && { id: Number(row['id']), readings: decode(row['body'] as Uint8Array, refs) };
    },
    remove(id) {
      const row = sizeOf.get(id) as Row | undefined;
      if (row === undefined) return;
      drop.run(id);
      batches -= 1;
      readings -= Number(row['readings']);
      bytes -= Number(row['bytes']);
      if (batches === 0) {
        newestAt.clear();
        oldestSavedAt = null;
      }
    },
    isEmpty: () => batches === 0,
    holds: ({ meter, at }) => {
      const newest = newestAt.get(meter.key);
      return newest !== undefined && at <= newest;
    },
    isFull: () => bytes >= maxBytes,
    recount() {
      ({ batches, readings, bytes, oldestSavedAt } = readTotals());
    },
    status: () => ({ batches, readings, bytes, oldestSavedAt }),
  };
}

function encode(readings: readonly Reading[]): Uint8Array {
  const plain: Encoded = readings.map(({ meter, at, values }) => [meter.key, at, values]);
  return deflateRawSync(JSON.stringify(plain), { level: 1 });
}

function decode(body: Uint8Array, refs: Map<string, MeterRef>): Reading[] {
  const plain = JSON.parse(inflateRawSync(body).toString('utf8')) as Encoded;
  return plain.map(([key, at, values]) => ({ meter: internedRef(key, refs), at, values }));
}

function internedRef(key: string, refs: Map<string, MeterRef>): MeterRef {
  let ref = refs.get(key);
  if (ref === undefined) {
    // We wrote the key ourselves: three slugs.
    const [mission, camp, meter] = key.split('/') as [string, string, string];
    ref = meterRef(mission, camp, meter);
    refs.set(key, ref);
  }
  return ref;
}
