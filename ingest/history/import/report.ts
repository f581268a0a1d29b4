/**
 * What became of every line: told line by line in a dry run, summed up in either, and the lines that were not
 * taken written to a file beside with the reason, ready to be mended and imported.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { toCsv } from '#lib/format/csv.ts';
import { Refused } from '../opened.ts';
import type { CsvForm, CsvRow } from './csv-file.ts';
import { isRefusedColumn, REFUSED_COLUMNS } from './table.ts';

/**
 * `new`: taken; `changed`: taken, in place of what was said before, which stays on record; `same`: already so, nothing
 * to do; `differs`: something else stands there, which stays; `refused`: cannot be taken.
 */
export type Verdict = 'new' | 'changed' | 'same' | 'differs' | 'refused';

export interface Outcome {
  readonly verdict: Verdict;
  /** what it is about, e.g. a meter, an instant and a value; '' when not even that is known */
  readonly what: string;
  /** for `differs` and `refused` */
  readonly why?: string;
}

export interface ReportOptions {
  readonly file: string;
  readonly form: CsvForm;
  readonly isDryRun: boolean;
  /** whether a line may take the place of what was said before */
  readonly canChange: boolean;
  readonly say: (line: string) => void;
}

const EXIT_REFUSED = 1;
const MAX_REFUSED_FILES = 1_000;

export class ImportReport {
  readonly #options: ReportOptions;
  readonly #counts: Record<Verdict, number> = {
    new: 0,
    changed: 0,
    same: 0,
    differs: 0,
    refused: 0,
  };
  #refused: { readonly path: string; readonly handle: number } | undefined;

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  /** Takes all that is known of one row. @throws Refused when the file beside cannot be written */
  tell(row: CsvRow, outcomes: readonly Outcome[]): void {
    for (const { verdict, what, why } of outcomes) {
      this.#counts[verdict] += 1;
      // What was said before and holds no longer is told whenever it happens.
      if (!this.#options.isDryRun && verdict !== 'changed') continue;
      const words = [verdict.padEnd(7), what, why].filter((part) => part !== undefined && part !== '');
      this.#options.say(`line ${String(row.line)}: ${words.join('  ')}`.replace(/\p{Cc}/gu, ' '));
    }
    const whys = outcomes.flatMap(({ what, why }) =>
      why === undefined ? [] : [what === '' ? why : `${what}: ${why}`],
    );
    if (whys.length > 0 && !this.#options.isDryRun) this.#keep(row, whys.join('; '));
  }

  /** Says the sum of it; gives the exit code. */
  finish(): number {
    const { isDryRun, canChange, say } = this.#options;
    const { new: added, changed, same, differs, refused } = this.#counts;
    const replaced = canChange ? `${String(changed)} changed, ` : '';
    const sum = `${String(added)} new, ${replaced}${String(same)} same, ${String(differs)} differ, ${String(refused)} refused.`;
    say(isDryRun ? `${sum} Nothing was written.` : sum);
    if (this.#refused !== undefined) say(`What was not taken, and why: ${this.#refused.path}`);
    return differs + refused > 0 ? EXIT_REFUSED : 0;
  }

  close(): void {
    if (this.#refused !== undefined) closeSync(this.#refused.handle);
  }

  #keep(row: CsvRow, why: string): void {
    const { header, delimiter } = this.#options.form;
    try {
      this.#refused ??= this.#open();
      const ownPlaces = header.flatMap((name, place) => (isRefusedColumn(name) ? [] : [place]));
      // A row of another width is kept whole.
      const cells =
        row.cells.length === header.length ? ownPlaces.map((place) => row.cells[place] ?? '') : row.cells;
      writeSync(this.#refused.handle, toCsv([[row.line, why, ...cells]], delimiter));
    } catch (error) {
      throw cannotKeep(error);
    }
  }

  /** A file of an earlier run may be in somebody's hands: it is never written over. */
  #open(): { path: string; handle: number } {
    const {
      file,
      form: { header, delimiter },
    } = this.#options;
    const base = file.replace(/\.csv$/i, '');
    for (let number = 1; number <= MAX_REFUSED_FILES; number += 1) {
      const path = `${base}.refused${number === 1 ? '' : `-${String(number)}`}.csv`;
      try {
        const handle = openSync(path, 'wx');
        const names = header.filter((name) => !isRefusedColumn(name));
        writeSync(handle, toCsv([[...REFUSED_COLUMNS, ...names]], delimiter));
        return { path, handle };
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
    }
    throw new Error(`there are ${String(MAX_REFUSED_FILES)} such files already`);
  }
}

function cannotKeep(error: unknown): Refused {
  return new Refused(
    `The file of refused lines cannot be written: ${error instanceof Error ? error.message : String(error)}. ` +
      'Make room for it, or copy the file to a folder that can be written, and import it again.',
  );
}
