/**
 * Replay: dead letters that somebody asked for (`npm run dead-letters -- replay`) go through delivery once
 * more, as they came in and with the time they came in, now that a profile or the registry was mended. A
 * letter is removed only after delivery has settled it: it is then in the store, or a new letter says why not.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Row } from '#lib/server/database.ts';
import type { InboundMessage, RejectionReason } from '../decode/message.ts';
import type { DeadLetters } from './dead-letters.ts';

/** Letters handed over in one round: live messages come between rounds. */
const LETTERS_A_ROUND = 1_000;

export interface ReplayParts {
  readonly journal: DatabaseSync;
  readonly letters: Pick<DeadLetters, 'list' | 'remove'>;
  /** runs `work` in one synced transaction of the journal */
  readonly inJournal: (work: () => void) => void;
}

/** Asks for all letters, or those of one reason, to be replayed. Returns how many were newly asked for. */
export function requestReplay(journal: DatabaseSync, reason?: RejectionReason): number {
  const { changes } = journal
    .prepare('INSERT OR IGNORE INTO letter_replay SELECT id FROM dead_letter WHERE ? IS NULL OR reason = ?')
    .run(reason ?? null, reason ?? null);
  return Number(changes);
}

export class LetterReplay {
  readonly #parts: ReplayParts;
  readonly #requested: StatementSync;
  /** letters that delivery has and has not settled yet */
  readonly #underWay = new Set<number>();

  constructor(parts: ReplayParts) {
    this.#parts = parts;
    this.#requested = parts.journal.prepare('SELECT letter FROM letter_replay ORDER BY letter LIMIT ?');
  }

  /** Hands over what was asked for, unless an earlier round is still under way. */
  round(receive: (message: InboundMessage, settled: () => void) => void): void {
    if (this.#underWay.size > 0) return;
    const ids = (this.#requested.all(LETTERS_A_ROUND) as Row[]).map(({ letter }) => Number(letter));
    const [letters, settled] = [ids.flatMap((id) => this.#letter(id)), [] as number[]];
    for (const { id } of letters) this.#underWay.add(id);
    for (const { id, message } of letters) {
      receive(message, () => {
        this.#underWay.delete(id);
        settled.push(id);
        if (this.#underWay.size === 0) this.#remove(settled);
      });
    }
  }

  #letter(id: number) {
    return this.#parts.letters.list({ afterId: id - 1, limit: 1 }).filter((letter) => letter.id === id);
  }

  #remove(ids: readonly number[]): void {
    // The request goes with its letter: see ON DELETE CASCADE.
    this.#parts.inJournal(() => {
      this.#parts.letters.remove(ids);
    });
  }
}
