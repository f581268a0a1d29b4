/** The values of the lines above, on disk, so that a file that contradicts itself is found out whatever its size. */
import { DatabaseSync } from 'node:sqlite';
import type { ImportValue } from './register-rows.ts';

interface EarlierLine {
  readonly line: number;
  readonly value: number;
}

export class EarlierLines {
  /** A nameless database is a temporary file that goes with the connection. */
  readonly #database = new DatabaseSync('');
  readonly #insert;
  readonly #select;

  constructor() {
    this.#database.exec(
      `PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
       CREATE TABLE line (id TEXT PRIMARY KEY, line INTEGER NOT NULL, value REAL NOT NULL) WITHOUT ROWID;
       BEGIN`,
    );
    this.#insert = this.#database.prepare('INSERT OR IGNORE INTO line VALUES (?, ?, ?)');
    this.#select = this.#database.prepare('SELECT line, value FROM line WHERE id = ?');
  }

  /** The line above that tells of the same meter, instant and quantity; otherwise this one is remembered. */
  note({ meter, at, quantity, value }: ImportValue, line: number): EarlierLine | undefined {
    const id = `${meter.key} ${String(at)} ${quantity}`;
    if (Number(this.#insert.run(id, line, value).changes) > 0) return undefined;
    const row = this.#select.get(id);
    return { line: Number(row?.['line']), value: Number(row?.['value']) };
  }

  close(): void {
    this.#database.close();
  }
}
