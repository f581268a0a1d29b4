/**
 * Records that people answer for, at rest in `app.db`: added, superseded or withdrawn, never changed. The worker, the
 * web server and the commands each hold one of these and notice what was added elsewhere by themselves.
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Signature } from '../../registry/correction.ts';
import type { Row } from '../database.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { changeInOne, changesOf, openAppDatabase } from './app-database.ts';

export type NewRecord<Data> = Data & {
  /** the record in force that this one takes the place of */
  readonly supersedes?: number;
};

export type SignedRecord<Data> = Data &
  Signature & {
    /** ascending in the order they were made */
    readonly id: number;
    readonly supersedes: number | null;
  };

/** A record with how it ended, if it did. */
export type EndedRecord<Data> = SignedRecord<Data> & {
  readonly supersededBy: number | null;
  readonly withdrawn: Signature | null;
};

export interface SignedRecords<Data> {
  /** Those in force, ascending by id. Cheap, and the same array until somebody adds or withdraws one. */
  current(): readonly SignedRecord<Data>[];
  /** Those superseded or withdrawn; ascending by id. */
  ended(): readonly SignedRecord<Data>[];
  /** Every one that was ever made, and how it ended; ascending by id. */
  history(): readonly EndedRecord<Data>[];
  /** All of them or none. @throws AppError of the table's code */
  add(records: readonly NewRecord<Data>[], signature: Signature): readonly SignedRecord<Data>[];
  /** What {@link add} would give, and nothing is added. @throws AppError of the table's code */
  try(records: readonly NewRecord<Data>[], signature: Signature): readonly SignedRecord<Data>[];
  /** @throws AppError of the table's code when there is none of that number in force */
  withdraw(id: number, signature: Signature): SignedRecord<Data>;
  close(): void;
}

/** A table of records, `name`, and the one of their withdrawals, `name_withdrawal`, as app-database.ts makes them. */
export interface SignedTable<Data> {
  readonly name: string;
  /** what a person calls one of them */
  readonly noun: string;
  readonly code: ErrorCode;
  /** what a reason should tell, after "A correction needs a reason: " */
  readonly reasonTells: string;
  readonly columns: readonly string[];
  /** in the order of `columns` */
  readonly valuesOf: (data: Data) => SQLInputValue[];
  readonly dataOf: (row: Row) => Data;
  /** Why a record cannot be taken, if it cannot, beside those in force that it does not supersede. */
  readonly problemOf: (
    data: Data,
    beside: { readonly others: Iterable<SignedRecord<Data>>; readonly now: number },
  ) => string | undefined;
}

/** Ends a transaction that was a trial. */
const UNDONE = new Error('undone');

export function openSignedRecords<Data>(dataDir: string, table: SignedTable<Data>): SignedRecords<Data> {
  return new SignedFile(openAppDatabase(dataDir), table);
}

class SignedFile<Data> implements SignedRecords<Data> {
  readonly #database: DatabaseSync;
  readonly #table: SignedTable<Data>;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #hasChanged: () => boolean;
  #inForce: readonly SignedRecord<Data>[] = [];

  constructor(database: DatabaseSync, table: SignedTable<Data>) {
    this.#database = database;
    this.#table = table;
    this.#statements = prepare(database, table);
    this.#hasChanged = changesOf(database);
  }

  current(): readonly SignedRecord<Data>[] {
    if (this.#hasChanged()) this.#inForce = this.#readInForce();
    return this.#inForce;
  }

  history(): readonly EndedRecord<Data>[] {
    return (this.#statements.all.all() as Row[]).map((row) => ({
      ...this.#table.dataOf(row),
      ...signatureOf(row),
    }));
  }

  ended(): readonly SignedRecord<Data>[] {
    return this.history().filter((each) => !isInForce(each));
  }

  add(records: readonly NewRecord<Data>[], signature: Signature): readonly SignedRecord<Data>[] {
    const added = changeInOne(this.#database, () => this.#addAll(records, signature));
    this.#inForce = this.#readInForce();
    return added;
  }

  try(records: readonly NewRecord<Data>[], signature: Signature): readonly SignedRecord<Data>[] {
    let made: readonly SignedRecord<Data>[] = [];
    try {
      changeInOne(this.#database, () => {
        made = this.#addAll(records, signature);
        throw UNDONE;
      });
    } catch (error) {
      if (error !== UNDONE) throw error;
    }
    return made;
  }

  withdraw(id: number, { author, reason, madeAt }: Signature): SignedRecord<Data> {
    this.#assertSigned({ author, reason });
    const withdrawn = changeInOne(this.#database, () => {
      const found = this.#readInForce().find((each) => each.id === id);
      if (found === undefined) throw this.#invalid(this.#whyNotInForce(id));
      this.#statements.withdraw.run(id, author, reason, madeAt);
      return found;
    });
    this.#inForce = this.#readInForce();
    return withdrawn;
  }

  close(): void {
    this.#database.close();
  }

  #readInForce(): readonly SignedRecord<Data>[] {
    return this.history().filter(isInForce);
  }

  /** Only inside a transaction: another process may add a rival otherwise. */
  #addAll(records: readonly NewRecord<Data>[], signature: Signature): SignedRecord<Data>[] {
    this.#assertSigned(signature);
    const { author, reason, madeAt } = signature;
    const inForce = new Map(this.#readInForce().map((each) => [each.id, each]));
    return records.map((record) => {
      const { supersedes = null } = record;
      if (supersedes !== null && !inForce.delete(supersedes)) {
        throw this.#invalid(this.#whyNotInForce(supersedes));
      }
      const problem = this.#table.problemOf(record, { others: inForce.values(), now: madeAt });
      if (problem !== undefined) throw this.#invalid(problem);
      const values = [...this.#table.valuesOf(record), author, reason, madeAt, supersedes];
      const id = Number(this.#statements.insert.run(...values).lastInsertRowid);
      const made = { ...record, id, author, reason, madeAt, supersedes };
      inForce.set(id, made);
      return made;
    });
  }

  #invalid(message: string): AppError {
    return new AppError(this.#table.code, message, { retryable: false });
  }

  #assertSigned({ author, reason }: Pick<Signature, 'author' | 'reason'>): void {
    const { noun, reasonTells } = this.#table;
    if (author.trim() === '') throw this.#invalid(`A ${noun} needs an author: somebody who answers for it.`);
    if (reason.trim() === '') throw this.#invalid(`A ${noun} needs a reason: ${reasonTells}.`);
  }

  #whyNotInForce(id: number): string {
    const { noun } = this.#table;
    const found = this.history().find((each) => each.id === id);
    if (found === undefined) return `There is no ${noun} ${String(id)}.`;
    const name = `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${String(id)}`;
    return found.withdrawn === null
      ? `${name} is not in force: ${String(found.supersededBy)} took its place.`
      : `${name} is not in force: ${found.withdrawn.author} withdrew it on ${new Date(found.withdrawn.madeAt).toISOString()}.`;
  }
}

function isInForce({
  supersededBy,
  withdrawn,
}: Pick<EndedRecord<unknown>, 'supersededBy' | 'withdrawn'>): boolean {
  return supersededBy === null && withdrawn === null;
}

function prepare<Data>(database: DatabaseSync, { name, columns }: SignedTable<Data>) {
  const all = [...columns, 'author', 'reason', 'made_at', 'supersedes'];
  return {
    all: database.prepare(
      `SELECT r.*, s.id AS superseded_by, w.author AS w_author, w.reason AS w_reason, w.made_at AS w_made_at
       FROM ${name} r
       LEFT JOIN ${name} s ON s.supersedes = r.id
       LEFT JOIN ${name}_withdrawal w ON w.${name} = r.id
       ORDER BY r.id`,
    ),
    insert: database.prepare(
      `INSERT INTO ${name} (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})`,
    ),
    withdraw: database.prepare(
      `INSERT INTO ${name}_withdrawal (${name}, author, reason, made_at) VALUES (?, ?, ?, ?)`,
    ),
  };
}

function signatureOf(row: Row): EndedRecord<unknown> & Signature {
  return {
    id: Number(row['id']),
    author: String(row['author']),
    reason: String(row['reason']),
    madeAt: Number(row['made_at']),
    supersedes: row['supersedes'] === null ? null : Number(row['supersedes']),
    supersededBy: row['superseded_by'] === null ? null : Number(row['superseded_by']),
    withdrawn:
      row['w_author'] === null
        ? null
        : {
            author: String(row['w_author']),
            reason: String(row['w_reason']),
            madeAt: Number(row['w_made_at']),
          },
  };
}
