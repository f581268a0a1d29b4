/**
 * Rows of registers, long (a value a row) or wide (a row an instant, a column a meter's quantity), as values
 * to import. Checked as the worker checks what meters publish, so that what is published is taken.
 */
import { parseMeterKey, type MeterRef } from '#lib/energy/reading.ts';
import { isQuantity, QUANTITIES, type Quantity } from '#lib/energy/quantity.ts';
import type { Registry } from '#lib/registry/types.ts';
import { AHEAD_MAX_MS, EARLIEST_AT } from '../../decode/instant.ts';
import { boundsOf, describeImpossible } from '../../decode/plausible.ts';
import { parseInstant } from '../local-instant.ts';
import { Refused } from '../opened.ts';
import type { CsvForm, CsvRow } from './csv-file.ts';
import { registeredMeter } from './named.ts';
import { parseNumber } from './number-cell.ts';
import { cellReader, dataColumns, widthProblem } from './table.ts';

/** One value of one meter at one instant. */
export interface ImportValue {
  readonly meter: MeterRef;
  /** epoch ms, UTC */
  readonly at: number;
  readonly quantity: Quantity;
  readonly value: number;
}

export type Candidate =
  | ({ readonly ok: true; readonly row: CsvRow } & ImportValue)
  | { readonly ok: false; readonly row: CsvRow; readonly what: string; readonly problem: string };

export type RowReader = (row: CsvRow) => Candidate[];

export interface RegisterRowParts {
  readonly form: CsvForm;
  readonly registry: Registry;
  /** epoch ms */
  readonly now: number;
}

/** A value's place and text, before it was understood. */
interface Written {
  readonly at: string;
  readonly mission: string;
  readonly camp: string;
  readonly meter: string;
  readonly quantity: string;
  readonly value: string;
}

function readValue(
  written: Written,
  { registry, form, now }: RegisterRowParts,
): ImportValue | { readonly problem: string } {
  const { quantity } = written;
  const found = registeredMeter(registry, written);
  if ('problem' in found) return found;
  if (!isQuantity(quantity)) return { problem: `there is no quantity "${quantity}"` };
  const instant = parseInstant(written.at, found.zone);
  if (!instant.ok) return { problem: instant.problem };
  const { at } = instant;
  if (at < EARLIEST_AT) return { problem: 'it is before 2020: no reading is taken from that long ago' };
  if (at > now + AHEAD_MAX_MS) return { problem: 'it lies in the future' };
  const number = parseNumber(written.value, form.decimalMark);
  if (!number.ok) return { problem: number.problem };
  const bounds = boundsOf(quantity);
  if (bounds === undefined || number.value < bounds.min || number.value > bounds.max) {
    return {
      problem: bounds === undefined ? 'it has no bounds' : describeImpossible(quantity, number.value, bounds),
    };
  }
  return { meter: found.meter, at, quantity, value: number.value };
}

function candidateOf(row: CsvRow, written: Written, parts: RegisterRowParts): Candidate {
  const read = readValue(written, parts);
  if (!('problem' in read)) return { ok: true, row, ...read };
  const { mission, camp, meter, quantity, at } = written;
  return { ok: false, row, what: `${mission}/${camp}/${meter} ${at} ${quantity}`, problem: read.problem };
}

/** Reads rows of `at, mission, camp, meter, quantity, value`. */
export function longRows(parts: RegisterRowParts): RowReader {
  const cell = cellReader(parts.form);
  return (row) => {
    const misfit = widthProblem(parts.form, row);
    if (misfit !== undefined) return [{ ok: false, row, what: '', problem: misfit }];
    const written = {
      at: cell(row, 'at'),
      mission: cell(row, 'mission'),
      camp: cell(row, 'camp'),
      meter: cell(row, 'meter'),
      quantity: cell(row, 'quantity'),
      value: cell(row, 'value'),
    };
    return [candidateOf(row, written, parts)];
  };
}

/**
 * Reads rows of `at` and a column for each `mission/camp/meter quantity`; an empty cell says nothing.
 * @throws Refused when a column names no meter or no quantity
 */
export function wideRows(parts: RegisterRowParts): RowReader {
  const cell = cellReader(parts.form);
  const columns = dataColumns(parts.form)
    .filter(({ name }) => name.toLowerCase() !== 'at')
    .map(({ name, place }) => {
      const [key = '', quantity = '', ...more] = name.split(/\s+/);
      const ref = parseMeterKey(key);
      if (ref === undefined || more.length > 0 || !isQuantity(quantity)) {
        throw new Refused(
          `The column "${name}" is not "mission/camp/meter quantity". The quantities are: ${QUANTITIES.join(', ')}.`,
          2,
        );
      }
      const { mission, camp, meter } = ref;
      return { place, mission, camp, meter, quantity };
    });
  return (row) => {
    const misfit = widthProblem(parts.form, row);
    if (misfit !== undefined) return [{ ok: false, row, what: '', problem: misfit }];
    const at = cell(row, 'at');
    return columns.flatMap(({ place, ...names }) => {
      const value = row.cells[place]?.trim() ?? '';
      return value === '' ? [] : [candidateOf(row, { at, ...names, value }, parts)];
    });
  };
}
