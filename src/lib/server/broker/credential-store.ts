/**
 * Credentials of the broker, at rest in `broker.db`: which user may get in, for which camp, who issued it and who revoked
 * it. Credentials are added and withdrawn, never changed; triggers hold even a slip of our own to that. The dashboard
 * issues them, the worker lets devices in by them, and each notices what the other wrote. Only its owner may read the file.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { CampRef } from '../../registry/camp-topics.ts';
import type { Signature } from '../../registry/correction.ts';
import { inTransaction, keepPrivate, openDatabase, translateSqliteError, type Row } from '../database.ts';
import { AppError } from '../errors.ts';
import { changesOf } from '../registry/app-database.ts';
import { hashPassword, newPassword } from './password.ts';

export const BROKER_FILE = 'broker.db';
/** Of one camp and in force: more is a mistake, such as one a message. */
const MOST_OF_CAMP = 500;

export const BROKER_MIGRATIONS = [
  `CREATE TABLE credential (
     id            INTEGER PRIMARY KEY,
     username      TEXT NOT NULL UNIQUE,
     mission       TEXT NOT NULL,
     camp          TEXT NOT NULL,
     password_hash TEXT NOT NULL,
     author        TEXT NOT NULL,
     reason        TEXT NOT NULL,
     made_at       INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE credential_withdrawal (
     credential INTEGER PRIMARY KEY REFERENCES credential (id),
     author     TEXT NOT NULL,
     reason     TEXT NOT NULL,
     made_at    INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE credential_use (
     credential INTEGER PRIMARY KEY REFERENCES credential (id),
     used_at    INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE installation (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TRIGGER credential_stays BEFORE UPDATE ON credential
     BEGIN SELECT RAISE(ABORT, 'credentials are followed by others, never changed'); END;
   CREATE TRIGGER credential_is_kept BEFORE DELETE ON credential
     BEGIN SELECT RAISE(ABORT, 'credentials are revoked, never deleted'); END;
   CREATE TRIGGER credential_withdrawal_stays BEFORE UPDATE ON credential_withdrawal
     BEGIN SELECT RAISE(ABORT, 'what was revoked is never changed'); END;
   CREATE TRIGGER credential_withdrawal_is_kept BEFORE DELETE ON credential_withdrawal
     BEGIN SELECT RAISE(ABORT, 'what was revoked stays revoked'); END`,
];

export interface Credential extends CampRef, Signature {
  readonly id: number;
  /** `unmiss.juba-un-house.1`: never given a second time */
  readonly username: string;
  readonly passwordHash: string;
  readonly revoked: Signature | null;
  /** epoch ms, to the minute; null: never, as far as the embedded broker knows */
  readonly usedAt: number | null;
}

export interface CredentialStore {
  /** Every one that was ever issued, ascending. Cheap, and the same array until somebody writes. */
  all(): readonly Credential[];
  /** @returns the credential and its password, which nobody sees again. @throws AppError */
  issue(camp: CampRef, signature: Signature): { readonly credential: Credential; readonly password: string };
  /** @throws AppError CREDENTIAL_INVALID when the camp has none of that number in force */
  revoke(camp: CampRef, id: number, signature: Signature): Credential;
  /** Notes when credentials were last used (epoch ms), by id. @throws AppError */
  noteUses(uses: ReadonlyMap<number, number>): void;
  /** By which this installation's own processes know each other: 256 random bits, the same for all of them. */
  serviceSecret(): string;
  close(): void;
}

/** @throws AppError */
export function openCredentialStore(dataDir: string): CredentialStore {
  const file = join(dataDir, BROKER_FILE);
  const database = openDatabase({ file, migrations: BROKER_MIGRATIONS });
  keepPrivate(file);
  return new CredentialFile(database);
}

/** What `question` finds, in a store that is opened for it alone. @throws AppError */
export function askCredentials<T>(dataDir: string, question: (store: CredentialStore) => T): T {
  const store = openCredentialStore(dataDir);
  try {
    return question(store);
  } finally {
    store.close();
  }
}

class CredentialFile implements CredentialStore {
  readonly #database: DatabaseSync;
  readonly #hasChanged: () => boolean;
  #known: readonly Credential[] | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#hasChanged = changesOf(database);
  }

  all(): readonly Credential[] {
    if (this.#hasChanged() || this.#known === undefined) this.#known = readAll(this.#database);
    return this.#known;
  }

  issue(camp: CampRef, signature: Signature): { credential: Credential; password: string } {
    const password = newPassword();
    const passwordHash = hashPassword(password);
    const { author, reason, madeAt } = signed(signature);
    return this.#changing(() => {
      const before = readAll(this.#database).filter((each) => isOf(each, camp));
      if (before.filter(({ revoked }) => revoked === null).length >= MOST_OF_CAMP)
        throw invalid(`The camp has ${String(MOST_OF_CAMP)} credentials: revoke those nobody uses.`);
      const username = `${camp.mission}.${camp.camp}.${String(before.length + 1)}`;
      const id = Number(
        this.#database
          .prepare(
            `INSERT INTO credential (username, mission, camp, password_hash, author, reason, made_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(username, camp.mission, camp.camp, passwordHash, author, reason, madeAt).lastInsertRowid,
      );
      return { credential: this.#found(id), password };
    });
  }

  revoke(camp: CampRef, id: number, signature: Signature): Credential {
    const { author, reason, madeAt } = signed(signature);
    return this.#changing(() => {
      const found = readAll(this.#database).find((each) => each.id === id && isOf(each, camp));
      if (found === undefined) throw invalid(`The camp has no credential ${String(id)}.`);
      if (found.revoked !== null) throw invalid(`${found.username} is revoked already.`);
      this.#database
        .prepare(
          'INSERT INTO credential_withdrawal (credential, author, reason, made_at) VALUES (?, ?, ?, ?)',
        )
        .run(id, author, reason, madeAt);
      return this.#found(id);
    });
  }

  noteUses(uses: ReadonlyMap<number, number>): void {
    this.#changing(() => {
      const note = this.#database.prepare(
        `INSERT INTO credential_use VALUES (?, ?)
         ON CONFLICT (credential) DO UPDATE SET used_at = max(used_at, excluded.used_at)`,
      );
      for (const [id, usedAt] of uses) note.run(id, usedAt);
    });
  }

  serviceSecret(): string {
    return this.#changing(() => {
      this.#database
        .prepare('INSERT OR IGNORE INTO installation (key, value) VALUES (?, ?)')
        .run('service-secret', randomBytes(32).toString('base64url'));
      const row = this.#database
        .prepare('SELECT value FROM installation WHERE key = ?')
        .get('service-secret') as Row;
      return String(row['value']);
    });
  }

  close(): void {
    this.#database.close();
  }

  /** Inside a transaction that has just written it. */
  #found(id: number): Credential {
    const found = readAll(this.#database).find((each) => each.id === id);
    if (found === undefined) throw new Error(`credential ${String(id)} is not where it was written`);
    return found;
  }

  #changing<T>(work: () => T): T {
    try {
      return inTransaction(this.#database, work);
    } catch (cause) {
      throw translateSqliteError(cause, BROKER_FILE);
    } finally {
      this.#known = undefined;
    }
  }
}

const isOf = (one: CampRef, { mission, camp }: CampRef): boolean =>
  one.mission === mission && one.camp === camp;

function invalid(message: string): AppError {
  return new AppError('CREDENTIAL_INVALID', message, { retryable: false });
}

function signed(signature: Signature): Signature {
  if (signature.author.trim() === '')
    throw invalid('A credential needs an author: somebody who answers for it.');
  if (signature.reason.trim() === '') throw invalid('A credential needs a reason: which device it is for.');
  return signature;
}

function readAll(database: DatabaseSync): Credential[] {
  const rows = database
    .prepare(
      `SELECT c.*, w.author AS w_author, w.reason AS w_reason, w.made_at AS w_made_at, u.used_at
       FROM credential c
       LEFT JOIN credential_withdrawal w ON w.credential = c.id
       LEFT JOIN credential_use u ON u.credential = c.id
       ORDER BY c.id`,
    )
    .all() as Row[];
  return rows.map((row) => ({
    id: Number(row['id']),
    username: String(row['username']),
    mission: String(row['mission']),
    camp: String(row['camp']),
    passwordHash: String(row['password_hash']),
    author: String(row['author']),
    reason: String(row['reason']),
    madeAt: Number(row['made_at']),
    revoked:
      row['w_author'] === null
        ? null
        : {
            author: String(row['w_author']),
            reason: String(row['w_reason']),
            madeAt: Number(row['w_made_at']),
          },
    usedAt: row['used_at'] === null ? null : Number(row['used_at']),
  }));
}
