/**
 * `app.db`: what people decide and answer for, as against what meters say: the registry's versions, corrections,
 * what was written down of fuel, notes, and profiles that were saved. Everything in it is added, never changed; triggers hold even a slip of our own to that.
 */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, openDatabase, translateSqliteError, type Row } from '../database.ts';

export const APP_MIGRATIONS = [
  `CREATE TABLE registry_version (
     id       INTEGER PRIMARY KEY,
     saved_at INTEGER NOT NULL,
     author   TEXT NOT NULL,
     reason   TEXT NOT NULL,
     document TEXT NOT NULL
   ) STRICT`,
  `CREATE TABLE correction (
     id         INTEGER PRIMARY KEY,
     meter      TEXT NOT NULL,
     from_at    INTEGER NOT NULL,
     to_at      INTEGER NOT NULL CHECK (to_at > from_at),
     effect     TEXT NOT NULL,
     author     TEXT NOT NULL,
     reason     TEXT NOT NULL,
     made_at    INTEGER NOT NULL,
     supersedes INTEGER UNIQUE REFERENCES correction (id)
   ) STRICT;
   CREATE TABLE correction_withdrawal (
     correction INTEGER PRIMARY KEY REFERENCES correction (id),
     author     TEXT NOT NULL,
     reason     TEXT NOT NULL,
     made_at    INTEGER NOT NULL
   ) STRICT;
   CREATE TRIGGER correction_stays BEFORE UPDATE ON correction
     BEGIN SELECT RAISE(ABORT, 'corrections are superseded, never changed'); END;
   CREATE TRIGGER correction_is_kept BEFORE DELETE ON correction
     BEGIN SELECT RAISE(ABORT, 'corrections are withdrawn, never deleted'); END;
   CREATE TRIGGER withdrawal_stays BEFORE UPDATE ON correction_withdrawal
     BEGIN SELECT RAISE(ABORT, 'withdrawals are never changed'); END;
   CREATE TRIGGER withdrawal_is_kept BEFORE DELETE ON correction_withdrawal
     BEGIN SELECT RAISE(ABORT, 'withdrawals are never deleted'); END`,
  `CREATE TABLE fuel_record (
     id         INTEGER PRIMARY KEY,
     kind       TEXT NOT NULL CHECK (kind IN ('delivery', 'stock')),
     mission    TEXT NOT NULL,
     camp       TEXT NOT NULL,
     date       TEXT CHECK ((date IS NULL) = (kind = 'stock')),
     at         INTEGER CHECK ((at IS NULL) = (kind = 'delivery')),
     volume_ml  INTEGER NOT NULL CHECK (volume_ml >= 0),
     reference  TEXT CHECK ((reference IS NULL) = (kind = 'stock')),
     author     TEXT NOT NULL,
     reason     TEXT NOT NULL,
     made_at    INTEGER NOT NULL,
     supersedes INTEGER UNIQUE REFERENCES fuel_record (id)
   ) STRICT;
   CREATE TABLE fuel_record_withdrawal (
     fuel_record INTEGER PRIMARY KEY REFERENCES fuel_record (id),
     author      TEXT NOT NULL,
     reason      TEXT NOT NULL,
     made_at     INTEGER NOT NULL
   ) STRICT;
   CREATE TRIGGER fuel_record_stays BEFORE UPDATE ON fuel_record
     BEGIN SELECT RAISE(ABORT, 'fuel records are superseded, never changed'); END;
   CREATE TRIGGER fuel_record_is_kept BEFORE DELETE ON fuel_record
     BEGIN SELECT RAISE(ABORT, 'fuel records are withdrawn, never deleted'); END;
   CREATE TRIGGER fuel_withdrawal_stays BEFORE UPDATE ON fuel_record_withdrawal
     BEGIN SELECT RAISE(ABORT, 'withdrawals are never changed'); END;
   CREATE TRIGGER fuel_withdrawal_is_kept BEFORE DELETE ON fuel_record_withdrawal
     BEGIN SELECT RAISE(ABORT, 'withdrawals are never deleted'); END`,
  `CREATE TABLE note (
     id         INTEGER PRIMARY KEY,
     mission    TEXT NOT NULL,
     camp       TEXT,
     date       TEXT NOT NULL,
     text       TEXT NOT NULL CHECK (text <> ''),
     author     TEXT NOT NULL,
     reason     TEXT NOT NULL,
     made_at    INTEGER NOT NULL,
     supersedes INTEGER UNIQUE REFERENCES note (id)
   ) STRICT;
   CREATE TABLE note_withdrawal (
     note    INTEGER PRIMARY KEY REFERENCES note (id),
     author  TEXT NOT NULL,
     reason  TEXT NOT NULL,
     made_at INTEGER NOT NULL
   ) STRICT;
   CREATE TRIGGER note_stays BEFORE UPDATE ON note
     BEGIN SELECT RAISE(ABORT, 'notes are superseded, never changed'); END;
   CREATE TRIGGER note_is_kept BEFORE DELETE ON note
     BEGIN SELECT RAISE(ABORT, 'notes are withdrawn, never deleted'); END;
   CREATE TRIGGER note_withdrawal_stays BEFORE UPDATE ON note_withdrawal
     BEGIN SELECT RAISE(ABORT, 'withdrawals are never changed'); END;
   CREATE TRIGGER note_withdrawal_is_kept BEFORE DELETE ON note_withdrawal
     BEGIN SELECT RAISE(ABORT, 'withdrawals are never deleted'); END`,
  `CREATE TRIGGER registry_version_stays BEFORE UPDATE ON registry_version
     BEGIN SELECT RAISE(ABORT, 'versions of the registry are followed by others, never changed'); END;
   CREATE TRIGGER registry_version_is_kept BEFORE DELETE ON registry_version
     BEGIN SELECT RAISE(ABORT, 'versions of the registry are never deleted'); END;
   CREATE TABLE profile_save (
     id      INTEGER PRIMARY KEY,
     name    TEXT NOT NULL,
     yaml    TEXT NOT NULL,
     author  TEXT NOT NULL,
     reason  TEXT NOT NULL,
     made_at INTEGER NOT NULL
   ) STRICT;
   CREATE TRIGGER profile_save_stays BEFORE UPDATE ON profile_save
     BEGIN SELECT RAISE(ABORT, 'what was saved is never changed'); END;
   CREATE TRIGGER profile_save_is_kept BEFORE DELETE ON profile_save
     BEGIN SELECT RAISE(ABORT, 'what was saved is never deleted'); END`,
];

const FILE = 'app.db';

export function openAppDatabase(dataDir: string): DatabaseSync {
  return openDatabase({ file: join(dataDir, FILE), migrations: APP_MIGRATIONS });
}

/** Runs `work` in one transaction of {@link openAppDatabase}'s file. @throws AppError when the disk or the database does not take it */
export function changeInOne<T>(database: DatabaseSync, work: () => T): T {
  try {
    return inTransaction(database, work);
  } catch (cause) {
    throw translateSqliteError(cause, FILE);
  }
}

/** Tells whether anybody else has committed to the file since it was last asked; true the first time. */
export function changesOf(database: DatabaseSync): () => boolean {
  const version = database.prepare('PRAGMA data_version');
  let seen = -1;
  return () => {
    const now = Number((version.get() as Row)['data_version']);
    if (now === seen) return false;
    seen = now;
    return true;
  };
}
