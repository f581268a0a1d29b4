/**
 * Files of what people know and answer for: every line is judged against what is on record, and all that can be
 * taken is written in one transaction, signed by one author with one reason. What is replaced stays on record.
 */
import type { Signature } from '#lib/registry/correction.ts';
import type { NewRecord, SignedRecords } from '#lib/server/registry/signed-records.ts';
import { Refused } from '../opened.ts';
import type { CsvForm, CsvRow } from './csv-file.ts';
import type { ImportReport, Outcome } from './report.ts';

/** Ten years of months of 160 meters; a file of that kind with more is a mistake. */
const MAX_ROWS = 20_000;

/** How a file is to be taken. */
export interface Taking {
  readonly form: CsvForm;
  /** who answers for all of the file's lines, and why they are to be believed; `madeAt` is now */
  readonly signature: Signature;
  /** judged, and nothing written */
  readonly isDryRun: boolean;
}

export interface TakenRow {
  readonly row: CsvRow;
  readonly outcome: Outcome;
}

/** A line's fate, with what to write where it is taken. */
export interface Judged<Data> {
  readonly outcome: Outcome;
  readonly record?: NewRecord<Data>;
}

/** Judges all rows and, unless it is a dry run, writes what can be taken of them. */
export type TakeRows = (rows: readonly CsvRow[]) => readonly TakenRow[] | Promise<readonly TakenRow[]>;

/** @throws Refused when the file has too many lines (nothing is taken) or cannot be read on; AppError when it cannot be written */
export async function importSigned({
  rows,
  take,
  report,
}: {
  readonly rows: AsyncIterable<CsvRow>;
  readonly take: TakeRows;
  readonly report: ImportReport;
}): Promise<void> {
  const read: CsvRow[] = [];
  let cutShort: Refused | undefined;
  try {
    for await (const row of rows) read.push(tooMany(read, row));
  } catch (error) {
    if (!(error instanceof Refused) || error instanceof TooManyRows) throw error;
    // What could be read is taken, as the message of whoever read it says.
    cutShort = error;
  }
  for (const { row, outcome } of await take(read)) report.tell(row, [outcome]);
  if (cutShort !== undefined) throw cutShort;
}

class TooManyRows extends Refused {}

function tooMany(read: readonly CsvRow[], row: CsvRow): CsvRow {
  if (read.length < MAX_ROWS) return row;
  throw new TooManyRows(
    `The file has more than ${String(MAX_ROWS)} lines, all of them to be signed at once: part it. Nothing was taken.`,
  );
}

/** Writes what is to be written of `judged`; in a dry run only sees whether it could be. @throws AppError */
export function takeRecords<Data, T extends Judged<Data>>(
  judged: readonly T[],
  { store, signature, isDryRun }: Pick<Taking, 'signature' | 'isDryRun'> & { store: SignedRecords<Data> },
): readonly T[] {
  const records = judged.flatMap(({ record }) => (record === undefined ? [] : [record]));
  if (isDryRun) store.try(records, signature);
  else if (records.length > 0) store.add(records, signature);
  return judged;
}

/** Of several lines that tell of one thing, the first counts. */
export class FirstLines {
  readonly #lines = new Map<string, { readonly line: number; readonly says: string }>();

  /** What becomes of a line when one above tells of the same `id`; undefined for the first, which is remembered. */
  note(id: string, { says, what, line }: { says: string; what: string; line: number }): Outcome | undefined {
    const above = this.#lines.get(id);
    if (above === undefined) {
      this.#lines.set(id, { line, says });
      return undefined;
    }
    if (above.says === says) return { verdict: 'same', what };
    return { verdict: 'differs', what, why: `line ${String(above.line)} of this file says ${above.says}` };
  }
}

export function refused(what: string, why: string): { readonly outcome: Outcome } {
  return { outcome: { verdict: 'refused', what, why } };
}
