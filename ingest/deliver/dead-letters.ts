/**
 * Dead letters: messages, or the part of them, that could not be taken, kept whole with the reason, so that
 * they can be looked at and replayed once a profile or the registry was mended.
 *
 * Each reason has a byte allowance of its own. A device that chatters on topics we don't read must not fill
 * the disk of a camp and stop the meters, so the oldest of that reason make room, and that is counted.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Row } from '#lib/server/database.ts';
import type { RejectedPoint } from '#lib/server/store/store.ts';
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
  /** Counts anew from the file: after a transaction that failed, what was counted within it is not there. */
  recount(): void;
  counts(): { reason: RejectionReason; letters: number; bytes: number }[];
  /** letters that had to make room since the worker started */
  discarded(): number;
}

/** A point the store can never take becomes a dead letter: the native message that says the same. */
export function refusedPoint({ reading, reason }: RejectedPoint, receivedAt: number): DeadLetter {
  const { meter, at, values } = reading;
  return {
    message: {
      topic: `bluewatt/${meter.key}/reading`,
      payload: Buffer.from(JSON.stringify({ at, ...values })),
      retain: false,
      receivedAt,
    },
    reason: 'store-refused',
    detail: reason,
  };
}

export function createDeadLetters(database: DatabaseSync, allowanceBytes: number): DeadLetters {
  return new LetterBox(database, allowanceBytes);
}

const ROW_OVERHEAD_BYTES = 100;
/** In bytes on every side: SQLite's `length` of a text counts characters, and stops at a NUL. */
const LETTER_BYTES = `length(CAST(topic AS BLOB)) + length(payload) + length(CAST(detail AS BLOB)) + ${String(ROW_OVERHEAD_BYTES)}`;
const INSERT =
  'INSERT INTO dead_letter (received_at, topic, payload, retain, reason, detail) VALUES (?, ?, ?, ?, ?, ?)';
const OLDEST = `SELECT id, ${LETTER_BYTES} AS bytes FROM dead_letter WHERE reason = ? ORDER BY id LIMIT 64`;
const COUNT = `SELECT reason, count(*) AS letters, sum(${LETTER_BYTES}) AS bytes FROM dead_letter GROUP BY reason`;
const LIST = 'SELECT * FROM dead_letter WHERE id > ? AND (? IS NULL OR reason = ?) ORDER BY id LIMIT ?';

class LetterBox implements DeadLetters {
  readonly #allowanceBytes: number;
  readonly #insert: StatementSync;
  readonly #oldest: StatementSync;
  readonly #drop: StatementSync;
  readonly #count: StatementSync;
  readonly #list: StatementSync;
  /** undefined when it must be read from the file first */
  #bytesByReason: Map<RejectionReason, number> | undefined;
  #discarded = 0;

  constructor(database: DatabaseSync, allowanceBytes: number) {
    this.#allowanceBytes = allowanceBytes;
    this.#insert = database.prepare(INSERT);
    this.#oldest = database.prepare(OLDEST);
    this.#drop = database.prepare('DELETE FROM dead_letter WHERE id = ?');
    this.#count = database.prepare(COUNT);
    this.#list = database.prepare(LIST);
  }

  add(letters: readonly DeadLetter[]): void {
    if (letters.length === 0) return;
    const bytesByReason = this.#read();
    for (const { message, reason, detail } of letters) {
      const { topic, payload, retain, receivedAt } = message;
      this.#insert.run(receivedAt, topic, payload, retain ? 1 : 0, reason, detail);
      const bytes =
        Buffer.byteLength(topic) + payload.length + Buffer.byteLength(detail) + ROW_OVERHEAD_BYTES;
      bytesByReason.set(reason, (bytesByReason.get(reason) ?? 0) + bytes);
    }
    for (const reason of new Set(letters.map((letter) => letter.reason))) {
      this.#makeRoom(reason, bytesByReason);
    }
  }

  list({ reason, afterId = 0, limit }: Parameters<DeadLetters['list']>[0]): StoredLetter[] {
    return (this.#list.all(afterId, reason ?? null, reason ?? null, limit) as Row[]).map(letterOf);
  }

  remove(ids: readonly number[]): void {
    for (const id of ids) this.#drop.run(id);
    this.recount();
  }

  recount(): void {
    this.#bytesByReason = undefined;
  }

  counts() {
    return (this.#count.all() as Row[]).map((row) => ({
      reason: String(row['reason']) as RejectionReason,
      letters: Number(row['letters']),
      bytes: Number(row['bytes']),
    }));
  }

  discarded(): number {
    return this.#discarded;
  }

  #read(): Map<RejectionReason, number> {
    this.#bytesByReason ??= new Map(this.counts().map(({ reason, bytes }) => [reason, bytes]));
    return this.#bytesByReason;
  }

  #makeRoom(reason: RejectionReason, bytesByReason: Map<RejectionReason, number>): void {
    let total = bytesByReason.get(reason) ?? 0;
    while (total > this.#allowanceBytes) {
      const victims = this.#oldest.all(reason) as Row[];
      if (victims.length === 0) break;
      for (const { id, bytes } of victims) {
        if (total <= this.#allowanceBytes) break;
        this.#drop.run(id ?? null);
        total -= Number(bytes);
        this.#discarded += 1;
      }
    }
    bytesByReason.set(reason, total);
  }
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
