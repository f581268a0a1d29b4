/**
 * Changes of the registry that somebody typed and has not saved yet, in `drafts.db`: whole, with the version they were
 * made from, so that a preview can be looked at again and a conflict loses nothing. They are passing: the oldest
 * go when there are too many, and no backup needs them.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Registry } from '../../registry/types.ts';
import { inTransaction, openDatabase, translateSqliteError, type Row } from '../database.ts';

const FILE = 'drafts.db';
export const DRAFT_MIGRATIONS = [
  `CREATE TABLE draft (
     number   INTEGER PRIMARY KEY,
     id       TEXT NOT NULL UNIQUE,
     made_at  INTEGER NOT NULL,
     base     INTEGER NOT NULL,
     title    TEXT NOT NULL,
     saved_as INTEGER,
     document TEXT NOT NULL
   ) STRICT`,
];
const KEPT_DRAFTS = 200;
const KEPT_CHARACTERS = 64_000_000;

export interface NewDraft {
  /** the version it was made from */
  readonly base: number;
  readonly registry: Registry;
  /** what it is about, as the reason that is proposed */
  readonly title: string;
  /** epoch ms */
  readonly madeAt: number;
}

export interface Draft extends NewDraft {
  readonly id: string;
  /** the version it was saved as */
  readonly savedAs: number | null;
}

export interface DraftStore {
  /** Returns its id, which nobody guesses. @throws AppError when the disk does not take it */
  add(draft: NewDraft): string;
  get(id: string): Draft | undefined;
  /** @throws AppError */
  noteSaved(id: string, version: number): void;
  close(): void;
}

/** @throws AppError */
export function openDraftStore(dataDir: string): DraftStore {
  const database = openDatabase({ file: join(dataDir, FILE), migrations: DRAFT_MIGRATIONS });
  const insert = database.prepare(
    'INSERT INTO draft (id, made_at, base, title, document) VALUES (?, ?, ?, ?, ?)',
  );
  const forget = database.prepare(
    `DELETE FROM draft WHERE number IN (
       SELECT number FROM (
         SELECT number, row_number() OVER newest AS place, sum(length(document)) OVER newest AS characters
         FROM draft WINDOW newest AS (ORDER BY number DESC)
       ) WHERE place > 1 AND (place > ? OR characters > ?)
     )`,
  );
  const find = database.prepare('SELECT * FROM draft WHERE id = ?');
  const note = database.prepare('UPDATE draft SET saved_as = ? WHERE id = ?');

  function changing<T>(work: () => T): T {
    try {
      return inTransaction(database, work);
    } catch (cause) {
      throw translateSqliteError(cause, FILE);
    }
  }

  return {
    add({ base, registry, title, madeAt }) {
      const id = randomBytes(12).toString('hex');
      changing(() => {
        insert.run(id, madeAt, base, title, JSON.stringify(registry));
        forget.run(KEPT_DRAFTS, KEPT_CHARACTERS);
      });
      return id;
    },
    get(id) {
      const row = find.get(id) as Row | undefined;
      return row && draftOf(row);
    },
    noteSaved(id, version) {
      changing(() => note.run(version, id));
    },
    close() {
      database.close();
    },
  };
}

function draftOf(row: Row): Draft {
  return {
    id: String(row['id']),
    madeAt: Number(row['made_at']),
    base: Number(row['base']),
    title: String(row['title']),
    savedAs: row['saved_as'] === null ? null : Number(row['saved_as']),
    registry: JSON.parse(String(row['document'])) as Registry,
  };
}
