/**
 * A CSV file as people's spreadsheets and loggers write them: delimiter and decimal mark are found out from its
 * beginning, rows are read one by one, so a file of any size takes the same memory. Part of `npm run import`.
 */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { CsvError, parse, type Options } from 'csv-parse';
import { parse as parseAll } from 'csv-parse/sync';
import { Refused } from '../opened.ts';

export type DecimalMark = '.' | ',';

export interface CsvForm {
  readonly delimiter: string;
  readonly decimalMark: DecimalMark;
  /** trimmed names of the columns */
  readonly header: readonly string[];
}

export interface CsvRow {
  /** where the row ends in the file, from 1 */
  readonly line: number;
  readonly cells: readonly string[];
}

const DELIMITERS = [',', ';', '\t'];
const SAMPLE_BYTES = 65_536;
/** An unclosed quote would otherwise take in the rest of the file. */
const MAX_ROW_CHARACTERS = 1_000_000;
const BY_MARK = { '.': /^[+-]?\d+\.\d+$/, ',': /^[+-]?\d+,\d+$/ } as const;
const MAYBE_THOUSANDS = /^[+-]?\d{1,3}[.,]\d{3}$/;

function optionsFor(delimiter: string): Options {
  return {
    delimiter,
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_ROW_CHARACTERS,
  };
}

/**
 * How a file is written. A decimal mark that could as well part thousands is never guessed.
 * @throws Refused when it cannot be read, has no header, or has to be told `decimalMark`
 */
export function inspectCsv(file: string, decimalMark?: DecimalMark): CsvForm {
  const sample = sampleOf(file);
  const candidates = DELIMITERS.map((delimiter) => ({ delimiter, rows: rowsOf(sample, delimiter) }));
  const [best] = candidates.sort((a, b) => (b.rows[0]?.length ?? 0) - (a.rows[0]?.length ?? 0));
  const [header, ...rows] = best?.rows ?? [];
  if (best === undefined || header === undefined || header.length < 2) {
    throw new Refused(
      `${file} is no table: its first line has to name columns, parted by comma, semicolon or tab.`,
      2,
    );
  }
  return {
    delimiter: best.delimiter,
    decimalMark: decimalMark ?? markOf(rows, best.delimiter, file),
    header: header.map((name) => name.trim()),
  };
}

function sampleOf(file: string): string {
  const bytes = Buffer.alloc(SAMPLE_BYTES);
  let length: number;
  try {
    const handle = openSync(file, 'r');
    try {
      length = readSync(handle, bytes, 0, SAMPLE_BYTES, 0);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  const text = bytes.subarray(0, length).toString('utf8');
  if (text.includes('\0')) throw new Refused(`${file} is not UTF-8 text: save it as "CSV UTF-8".`, 2);
  // The last line may be cut off in the middle.
  return length < SAMPLE_BYTES ? text : text.slice(0, text.lastIndexOf('\n') + 1);
}

/** The whole rows of a sample, as far as it can be read with this delimiter. */
function rowsOf(sample: string, delimiter: string): string[][] {
  try {
    return parseAll(sample, { ...optionsFor(delimiter), relax_quotes: true, skip_records_with_error: true });
  } catch (error) {
    if (error instanceof CsvError) return [];
    throw error;
  }
}

function markOf(rows: readonly (readonly string[])[], delimiter: string, file: string): DecimalMark {
  const cells = rows.flat().map((cell) => cell.trim());
  const [points, commas] = (['.', ','] as const).map((mark) =>
    cells.filter((cell) => BY_MARK[mark].test(cell)),
  ) as [string[], string[]];
  const marked = commas.length > 0 ? commas : points;
  const isClear = commas.length === 0 || points.length === 0;
  const isUsual = delimiter === ',' && commas.length === 0;
  if (isClear && (marked.length === 0 || isUsual || !marked.every((cell) => MAYBE_THOUSANDS.test(cell)))) {
    return commas.length > 0 ? ',' : '.';
  }
  const example = isClear ? String(marked[0]) : `${String(points[0])} and ${String(commas[0])}`;
  throw new Refused(
    `${file}: ${example} can be read in two ways. Say which with --decimal point or --decimal comma.`,
    2,
  );
}

function unreadable(file: string, error: unknown): Refused {
  return new Refused(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
}

/** The rows below the header. @throws Refused where quotes or the disk end it; the rows before were given */
export async function* readRows(file: string, { delimiter }: CsvForm): AsyncGenerator<CsvRow> {
  const source = createReadStream(file);
  const parser = parse({ ...optionsFor(delimiter), info: true });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let isHeader = true;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (!isHeader) yield { line: info.lines, cells: record };
      isHeader = false;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw unreadable(file, error);
    throw new Refused(
      `${file}: ${error.message}. The lines before it were taken; mend it and import the file again.`,
    );
  } finally {
    source.destroy();
  }
}
