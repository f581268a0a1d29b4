/** What kind of table a file is, by the names of its columns, and its cells by name. */
import { Refused } from '../opened.ts';
import type { CsvForm, CsvRow } from './csv-file.ts';

/** What people know and answer for, as against what meters said: kept in app.db, with author and reason. */
const SIGNED_KINDS = ['monthly', 'headcount', 'deliveries', 'stock'] as const;
export type SignedKind = (typeof SIGNED_KINDS)[number];
export const KINDS = ['registers', 'wide', ...SIGNED_KINDS] as const;
export type Kind = (typeof KINDS)[number];

export function isSigned(kind: Kind): kind is SignedKind {
  return SIGNED_KINDS.some((each) => each === kind);
}

/** Columns of the file of refused lines, so that it can be mended and imported as it is. */
export const REFUSED_COLUMNS = ['refused_line', 'refused_why'] as const;

const COLUMNS: Readonly<Record<Kind, readonly string[]>> = {
  registers: ['at', 'mission', 'camp', 'meter', 'quantity', 'value'],
  wide: ['at'],
  monthly: ['month', 'mission', 'camp', 'meter', 'kwh'],
  headcount: ['from', 'mission', 'camp', 'people'],
  deliveries: ['date', 'mission', 'camp', 'litres', 'reference'],
  stock: ['at', 'mission', 'camp', 'litres'],
};

/** Names of columns are the same in any case. */
function nameOf(column: string): string {
  return column.toLowerCase();
}

export function isRefusedColumn(column: string): boolean {
  return REFUSED_COLUMNS.some((each) => each === nameOf(column));
}

/** @throws Refused when `wanted` is none, or the columns are those of no kind, or not of the one wanted */
export function kindOf(form: CsvForm, wanted?: string): Kind {
  const names = form.header.map(nameOf).filter((name) => !isRefusedColumn(name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Refused(`The column "${twice}" is there twice.`, 2);
  const isOf = (kind: Kind): boolean => {
    const needed = COLUMNS[kind];
    return kind === 'wide'
      ? names.includes('at') && names.some((name) => name.includes('/'))
      : names.length === needed.length && needed.every((name) => names.includes(name));
  };
  if (wanted !== undefined && !KINDS.some((kind) => kind === wanted)) {
    throw new Refused(`There is no kind ${wanted}. The kinds are: ${KINDS.join(', ')}.`, 2);
  }
  const found = KINDS.find((kind) => (wanted === undefined || kind === wanted) && isOf(kind));
  if (found !== undefined) return found;
  const lines = KINDS.filter((kind) => wanted === undefined || kind === wanted).map(
    (kind) =>
      `  ${kind}: ${COLUMNS[kind].join(', ')}${kind === 'wide' ? ', mission/camp/meter quantity, ...' : ''}`,
  );
  throw new Refused(
    `The columns are: ${form.header.join(', ')}. Expected (in any order):\n${lines.join('\n')}`,
    2,
  );
}

/** Places of the data's own columns, by name as the file writes it. */
export function dataColumns({ header }: CsvForm): { readonly name: string; readonly place: number }[] {
  return header.map((name, place) => ({ name, place })).filter(({ name }) => !isRefusedColumn(name));
}

/** Reads a row's trimmed cells by the (lower-case) names of their columns; a cell that is missing is ''. */
export function cellReader({ header }: CsvForm): (row: CsvRow, name: string) => string {
  const places = new Map(header.map((name, place) => [nameOf(name), place]));
  return ({ cells }, name) => cells[places.get(name) ?? -1]?.trim() ?? '';
}

/** Why a row does not fit the header, if it does not. */
export function widthProblem({ header }: CsvForm, { cells }: CsvRow): string | undefined {
  if (cells.length === header.length) return undefined;
  return `it has ${String(cells.length)} cells, the header has ${String(header.length)}: a delimiter or a decimal mark too many or too few`;
}
