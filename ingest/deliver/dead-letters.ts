/**
 * Dead letters: messages, or the part of them, that could not be taken, kept whole with the reason, so that
 * they can be looked at and replayed once a profile or the registry was mended.
 *
 * Each reason has a byte allowance of its own. A device that chatters on topics we don't read must not fill
 * the disk of a camp and stop the meters, so the oldest of that reason make room, and that is counted.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Row } from '#lib/server/database.ts';
import type { InboundMessage, RejectionReason } from '../decode/message.ts';

export interface DeadLetter {
  readonly message: InboundMessage;
  readonly reason: RejectionReason;
  readonly detail: string;
}

export interface StoredLetter extends DeadLetter {
  readonly id: number;
}

export interface DeadLetters {
  /** Must run inside the caller's transaction; what it wrote counts once that is committed. */
  add(letters: readonly DeadLetter[]): void;
  /** Ascending by id, from `afterId`, at most `limit`. */
  list(query: { reason?: RejectionReason; afterId?: number; limit: number }): StoredLetter[];
  remove(ids: readonly number[]): void;
  counts(): { reason: RejectionReason; letters: number; bytes: number }[];
  /** letters that had to make room since the worker started */
  discarded(): number;
}

const ROW_OVERHEAD_BYTES = 100;

export function createDeadLetters(database: DatabaseSync, allowanceBytes: number): DeadLetters {
  const insert = database.prepare(
    'INSERT INTO dead_letter (received_at, topic, payload, retain, reason, detail) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const oldest = database.prepare(
    'SELECT id, length(topic) + length(payload) + length(detail) AS bytes FROM dead_letter WHERE reason = ? ORDER BY id LIMIT 64',
  );
  const remove = database.prepare('DELETE FROM dead_letter WHERE id = ?');
  const count = database.prepare(
    `SELECT reason, count(*) AS letters, sum(length(topic) + length(payload) + length(detail) + ${String(ROW_OVERHEAD_BYTES)}) AS bytes
     FROM dead_letter GROUP BY reason`,
  );
  const bytesByReason = new Map<string, number>();
  for (const { reason, bytes } of count.all() as Row[]) bytesByReason.set(String(reason), Number(bytes));
  let discarded = 0;

  function makeRoom(reason: RejectionReason): void {
    while ((bytesByReason.get(reason) ?? 0) > allowanceBytes) {
      const victims = oldest.all(reason) as Row[];
      if (victims.length === 0) return;
      for (const { id, bytes } of victims) {
        remove.run(id ?? null);
        bytesByReason.set(reason, (bytesByReason.get(reason) ?? 0) - Number(bytes) - ROW_OVERHEAD_BYTES);
        discarded += 1;
        if ((bytesByReason.get(reason) ?? 0) <= allowanceBytes) return;
      }
    }
  }

  return {
    add(letters) {
      for (const { message, reason, detail } of letters) {
        insert.run(
          message.receivedAt,
          message.topic,
          message.payload,
          message.retain ? 1 : 0,
          reason,
          detail,
        );
        const bytes =
          Buffer.byteLength(message.topic) + message.payload.length + detail.length + ROW_OVERHEAD_BYTES;
        bytesByReason.set(reason, (bytesByReason.get(reason) ?? 0) + bytes);
        if ((bytesByReason.get(reason) ?? 0) > allowanceBytes) makeRoom(reason);
      }
    },
    list({ reason, afterId = 0, limit }) {
      const rows = database
        .prepare(`SELECT * FROM dead_letter WHERE id > ? AND (? IS NULL OR reason = ?) ORDER BY id LIMIT ?`)
        .all(afterId, reason ?? null, reason ?? null, limit) as Row[];
      return rows.map(letterOf);
    },
    remove(ids) {
      for (const id of ids) remove.run(id);
    },
    counts() {
      return (count.all() as Row[]).map((row) => ({
        reason: String(row['reason']) as RejectionReason,
        letters: Number(row['letters']),
        bytes: Number(row['bytes']),
      }));
    },
    discarded: () => discarded,
  };
}

function letterOf(row: Row): StoredLetter {
  return {
    id: Number(row['id']),
    message: {
      topic: String(row['topic']),
      payload: row['payload'] as Uint8Array,
      retain: row['retain'] === 1,
      receivedAt: Number(row['received_at']),
    },
    reason: String(row['reason']) as RejectionReason,
    detail: String(row['detail']),
  };
}
