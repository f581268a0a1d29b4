/**
 * The corrections at rest, in `app.db` beside the registry: added, superseded or withdrawn, never changed. The
 * worker and the web server each hold one of these and notice what was added elsewhere by themselves.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { CorrectionEffect } from '../../energy/correction.ts';
import { parseMeterKey } from '../../energy/reading.ts';
import {
  isRival,
  problemsOf,
  type Correction,
  type CorrectionRecord,
  type NewCorrection,
  type Signature,
} from '../../registry/correction.ts';
import type { Row } from '../database.ts';
import { AppError } from '../errors.ts';
import { changeInOne, changesOf, openAppDatabase } from './app-database.ts';

export interface CorrectionStore {
  /** Those in force, ascending by id. Cheap, and the same array until somebody adds or withdraws one. */
  current(): readonly Correction[];
  /** Those superseded or withdrawn; ascending by id. */
  ended(): readonly Correction[];
  /** Every one that was ever made, and how it ended; ascending by id. */
  history(): readonly CorrectionRecord[];
  /** All of them or none. @throws AppError CORRECTION_INVALID */
  add(corrections: readonly NewCorrection[], signature: Signature): readonly Correction[];
  /** What {@link add} would give, and nothing is added. @throws AppError CORRECTION_INVALID */
  try(corrections: readonly NewCorrection[], signature: Signature): readonly Correction[];
  /** @throws AppError CORRECTION_INVALID when there is none of that number in force */
  withdraw(id: number, signature: Signature): Correction;
  close(): void;
}

/** Ends a transaction that was a trial. */
const UNDONE = new Error('undone');

export function openCorrectionStore(dataDir: string): CorrectionStore {
  return new CorrectionFile(openAppDatabase(dataDir));
}

class CorrectionFile implements CorrectionStore {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #hasChanged: () => boolean;
  #inForce: readonly Correction[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepare(database);
    this.#hasChanged = changesOf(database);
  }

  current(): readonly Correction[] {
    if (this.#hasChanged()) this.#inForce = this.#readInForce();
    return this.#inForce;
  }

  history(): readonly CorrectionRecord[] {
    return (this.#statements.all.all() as Row[]).map(recordOf);
  }

  ended(): readonly Correction[] {
    return this.history().filter((each) => !isInForce(each));
  }

  add(corrections: readonly NewCorrection[], signature: Signature): readonly Correction[] {
    const added = changeInOne(this.#database, () => this.#addAll(corrections, signature));
    this.#inForce = this.#readInForce();
    return added;
  }

  try(corrections: readonly NewCorrection[], signature: Signature): readonly Correction[] {
    let made: readonly Correction[] = [];
    try {
      changeInOne(this.#database, () => {
        made = this.#addAll(corrections, signature);
        throw UNDONE;
      });
    } catch (error) {
      if (error !== UNDONE) throw error;
    }
    return made;
  }

  withdraw(id: number, { author, reason, madeAt }: Signature): Correction {
    assertSigned({ author, reason });
    const withdrawn = changeInOne(this.#database, () => {
      const found = this.#readInForce().find((each) => each.id === id);
      if (found === undefined) throw invalid(whyNotInForce(id, this.history()));
      this.#statements.withdraw.run(id, author, reason, madeAt);
      return found;
    });
    this.#inForce = this.#readInForce();
    return withdrawn;
  }

  close(): void {
    this.#database.close();
  }

  #readInForce(): readonly Correction[] {
    return this.history().filter(isInForce);
  }

  /** Only inside a transaction: another process may add a rival otherwise. */
  #addAll(corrections: readonly NewCorrection[], signature: Signature): Correction[] {
    assertSigned(signature);
    const { author, reason, madeAt } = signature;
    const inForce = new Map(this.#readInForce().map((each) => [each.id, each]));
    const beside = { inForce, now: madeAt, history: () => this.history() };
    return corrections.map((correction) => {
      assertAcceptable(correction, beside);
      const { meter, from, to, effect, supersedes = null } = correction;
      const values = [meter.key, from, to, JSON.stringify(effect), author, reason, madeAt, supersedes];
      const id = Number(this.#statements.insert.run(...values).lastInsertRowid);
      const made = { id, meter, from, to, effect, author, reason, madeAt, supersedes };
      if (supersedes !== null) inForce.delete(supersedes);
      inForce.set(id, made);
      return made;
    });
  }
}

function isInForce({ supersededBy, withdrawn }: CorrectionRecord): boolean {
  return supersededBy === null && withdrawn === null;
}

function prepare(database: DatabaseSync) {
  return {
    all: database.prepare(
      `SELECT c.*, s.id AS superseded_by, w.author AS w_author, w.reason AS w_reason, w.made_at AS w_made_at
       FROM correction c
       LEFT JOIN correction s ON s.supersedes = c.id
       LEFT JOIN correction_withdrawal w ON w.correction = c.id
       ORDER BY c.id`,
    ),
    insert: database.prepare(
      `INSERT INTO correction (meter, from_at, to_at, effect, author, reason, made_at, supersedes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    withdraw: database.prepare(
      'INSERT INTO correction_withdrawal (correction, author, reason, made_at) VALUES (?, ?, ?, ?)',
    ),
  };
}

function recordOf(row: Row): CorrectionRecord {
  const meter = parseMeterKey(String(row['meter']));
  if (meter === undefined) throw invalid(`Correction ${String(row['id'])} names no meter.`);
  return {
    id: Number(row['id']),
    meter,
    from: Number(row['from_at']),
    to: Number(row['to_at']),
    effect: JSON.parse(String(row['effect'])) as CorrectionEffect,
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

function invalid(message: string): AppError {
  return new AppError('CORRECTION_INVALID', message, { retryable: false });
}

function assertSigned({ author, reason }: Pick<Signature, 'author' | 'reason'>): void {
  if (author.trim() === '') throw invalid('A correction needs an author: somebody who answers for it.');
  if (reason.trim() === '')
    throw invalid('A correction needs a reason: what was wrong, and how it is known.');
}

interface Beside {
  readonly inForce: ReadonlyMap<number, Correction>;
  readonly now: number;
  readonly history: () => readonly CorrectionRecord[];
}

function assertAcceptable(correction: NewCorrection, { inForce, now, history }: Beside): void {
  const problems = problemsOf(correction, now);
  if (problems.length > 0) throw invalid(`${correction.meter.key}: ${problems.join(' ')}`);
  const { supersedes } = correction;
  if (supersedes !== undefined && !inForce.has(supersedes)) {
    throw invalid(whyNotInForce(supersedes, history()));
  }
  const rival = inForce.values().find((each) => each.id !== supersedes && isRival(each, correction));
  if (rival !== undefined) {
    throw invalid(
      `Correction ${String(rival.id)} already says what holds of ${rival.meter.key} from ${iso(rival.from)} to ${iso(rival.to)}. Supersede it, or withdraw it first.`,
    );
  }
}

function whyNotInForce(id: number, history: readonly CorrectionRecord[]): string {
  const found = history.find((each) => each.id === id);
  if (found === undefined) return `There is no correction ${String(id)}.`;
  return found.withdrawn === null
    ? `Correction ${String(id)} is not in force: ${String(found.supersededBy)} took its place.`
    : `Correction ${String(id)} is not in force: ${found.withdrawn.author} withdrew it on ${iso(found.withdrawn.madeAt)}.`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
