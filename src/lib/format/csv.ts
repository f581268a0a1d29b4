/**
 * Comma-separated values for spreadsheets, RFC 4180. A text cell that a spreadsheet would run as a formula is
 * made harmless with a leading apostrophe; numbers stay numbers, with a point, whatever the reader's language.
 */
export type Cell = string | number | null;

/** A tab or carriage return before the sign does not disarm it, so they count as well; apostrophes before it, so that {@link withoutApostrophe} takes back just what was put there. */
const FORMULA = /^'*\s*[=+\-@]/;

function cellText(cell: Cell, delimiter: string): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const harmless = FORMULA.test(cell) ? `'${cell}` : cell;
  const isQuoted = /["\r\n]/.test(harmless) || harmless.includes(delimiter);
  return isQuoted ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Rows to one CSV text, lines ending in CRLF. */
export function toCsv(rows: readonly (readonly Cell[])[], delimiter = ','): string {
  return rows.map((row) => row.map((cell) => cellText(cell, delimiter)).join(delimiter) + '\r\n').join('');
}

/** A text cell as it was before {@link toCsv} made it harmless. */
export function withoutApostrophe(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
