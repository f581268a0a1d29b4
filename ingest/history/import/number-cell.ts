/** A number as a cell of a table holds it. */
import type { DecimalMark } from './csv-file.ts';

type NumberResult =
  { readonly ok: true; readonly value: number } | { readonly ok: false; readonly problem: string };

const PLAIN = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Strict: no thousands, no unit, no second decimal mark. Spreadsheets put an apostrophe before what they must
 * not calculate; it is left out.
 */
export function parseNumber(cell: string, mark: DecimalMark): NumberResult {
  const text = cell.trim().replace(/^'/, '');
  const plain = mark === ',' && !text.includes('.') ? text.replace(',', '.') : text;
  const value = PLAIN.test(plain) && !(mark === ',' && text.includes('.')) ? Number(plain) : NaN;
  // Adding 0 turns -0 into 0: the two are one value in every store.
  if (Number.isFinite(value)) return { ok: true, value: value + 0 };
  const example = mark === '.' ? '1234.5' : '1234,5';
  return {
    ok: false,
    problem: `"${cell}" is no number: write ${example}, without unit or thousands (--decimal says the mark)`,
  };
}
