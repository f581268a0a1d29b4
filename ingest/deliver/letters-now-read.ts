/**
 * After a profile or the registry changed: which dead letters would be read now? They are asked to be replayed, with
 * the time they came in, so that what a device sent before anybody knew it counts. Looked through by and by, since there
 * may be hundreds of thousands.
 */
import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, type Row } from '#lib/server/database.ts';
import type { RejectionReason } from '../decode/message.ts';

const LETTERS_A_ROUND = 5_000;
/** Letters with these reasons wait for a profile or a line of the registry. */
const WAITING: readonly RejectionReason[] = ['topic-unknown', 'device-unassigned'];

export class LettersNowRead {
  readonly #journal: DatabaseSync;
  readonly #isRead: (topic: string) => boolean;
  /** where each reason's look-through stands, by letter; absent: done */
  readonly #from = new Map<RejectionReason, number>();

  constructor(parts: { journal: DatabaseSync; isRead: (topic: string) => boolean }) {
    this.#journal = parts.journal;
    this.#isRead = parts.isRead;
  }

  /** Begins to look through the letters, from the oldest. */
  begin(): void {
    for (const reason of WAITING) this.#from.set(reason, 0);
  }

  /** Looks at some more. Returns how many were asked to be replayed. @throws when the journal cannot be written; the next round tries again */
  round(): number {
    const [next] = this.#from;
    if (next === undefined) return 0;
    const [reason, from] = next;
    const rows = this.#journal
      .prepare('SELECT id, topic FROM dead_letter WHERE reason = ? AND id > ? ORDER BY id LIMIT ?')
      .all(reason, from, LETTERS_A_ROUND) as Row[];
    const wanted = rows.filter(({ topic }) => this.#isRead(String(topic))).map(({ id }) => Number(id));
    if (wanted.length > 0) {
      const ask = this.#journal.prepare('INSERT OR IGNORE INTO letter_replay (letter) VALUES (?)');
      inTransaction(this.#journal, () => {
        for (const id of wanted) ask.run(id);
      });
    }
    const last = rows.at(-1);
    if (last === undefined) this.#from.delete(reason);
    else this.#from.set(reason, Number(last['id']));
    return wanted.length;
  }
}
