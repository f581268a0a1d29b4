/**
 * Fuel as people write it down: deliveries, and what a dipstick said is in a camp's tanks. The same line again
 * changes nothing; other litres of the same delivery or dip supersede those before, and both stay on record.
 */
import { localDateOf } from '#lib/energy/calendar.ts';
import {
  fuelProblems,
  fuelSentence,
  isSameFuel,
  litresOf,
  millilitresOf,
  type FuelRecord,
  type SignedFuelRecord,
} from '#lib/registry/fuel-record.ts';
import { missionOf } from '#lib/registry/lookup.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { FuelRecordStore } from '#lib/server/registry/fuel-record-store.ts';
import { parseInstant } from '../local-instant.ts';
import type { CsvRow } from './csv-file.ts';
import {
  FirstLines,
  refused,
  takeRecords,
  type Judged,
  type TakeRows,
  type Taking,
} from './import-signed.ts';
import { campProblem, type CampName } from './named.ts';
import { parseNumber } from './number-cell.ts';
import { cellReader, widthProblem } from './table.ts';

interface FuelParts extends Taking {
  readonly registry: Registry;
  readonly fuel: FuelRecordStore;
}

interface Beside extends FuelParts {
  /** by camp */
  readonly inForce: ReadonlyMap<string, readonly SignedFuelRecord[]>;
  readonly above: FirstLines;
}

type Kind = 'deliveries' | 'stock';
type Written = Readonly<Record<'mission' | 'camp' | 'litres' | 'when' | 'reference', string>>;

/** Takes rows of `date, mission, camp, litres, reference`, or of `at, mission, camp, litres`. */
export function fuelRows(kind: Kind, parts: FuelParts): TakeRows {
  return (rows) => {
    const inForce = Map.groupBy(parts.fuel.current(), campKey);
    const above = new FirstLines();
    const judged = rows.map((row) => ({ row, ...judge(kind, row, { ...parts, inForce, above }) }));
    return takeRecords(judged, { ...parts, store: parts.fuel });
  };
}

function campKey({ mission, camp }: CampName): string {
  return `${mission}/${camp}`;
}

function judge(kind: Kind, row: CsvRow, beside: Beside): Judged<FuelRecord> {
  const misfit = widthProblem(beside.form, row);
  if (misfit !== undefined) return refused('', misfit);
  const cell = cellReader(beside.form);
  const written = {
    mission: cell(row, 'mission'),
    camp: cell(row, 'camp'),
    litres: cell(row, 'litres'),
    when: cell(row, kind === 'stock' ? 'at' : 'date'),
    // What was neutralised for a spreadsheet is what it was before.
    reference: cell(row, 'reference').replace(/^'(?=[=+\-@])/, ''),
  };
  const what = `${campKey(written)} ${written.when} ${written.litres} L ${written.reference}`.trim();
  const read = readRecord(kind, written, beside);
  if ('problem' in read) return refused(what, read.problem);
  const id = kind === 'stock' ? String('at' in read && read.at) : `${written.when} ${written.reference}`;
  const says = `${String(litresOf(read))} L`;
  const told = beside.above.note(`${campKey(read)} ${id}`, { says, what, line: row.line });
  if (told !== undefined) return { outcome: told };
  const held = beside.inForce.get(campKey(read))?.find((each) => isSameFuel(each, read));
  if (held === undefined) return { outcome: { verdict: 'new', what }, record: read };
  if (held.volumeMl === read.volumeMl) return { outcome: { verdict: 'same', what } };
  const before = `${String(litresOf(held))} L (${String(held.id)}, ${held.author}: ${held.reason})`;
  return {
    outcome: { verdict: 'changed', what: `${what}, in place of ${before}` },
    record: { ...read, supersedes: held.id },
  };
}

function readRecord(
  kind: Kind,
  { mission, camp, litres, when, reference }: Written,
  { registry, form, signature: { madeAt: now } }: Beside,
): FuelRecord | { readonly problem: string } {
  const problem = campProblem(registry, { mission, camp });
  const zone = missionOf(registry, mission)?.zone;
  if (problem !== undefined || zone === undefined) return { problem: problem ?? 'the mission has no zone' };
  const number = parseNumber(litres, form.decimalMark);
  if (!number.ok) return { problem: number.problem };
  const placed = { mission, camp, volumeMl: millilitresOf(number.value) };
  let record: FuelRecord;
  if (kind === 'deliveries') record = { kind: 'delivery', ...placed, date: when, reference };
  else {
    const instant = parseInstant(when, zone);
    if (!instant.ok) return { problem: instant.problem };
    record = { kind: 'stock', ...placed, at: instant.at };
  }
  const problems = fuelProblems(record, { today: localDateOf(now, zone), now });
  return problems.length > 0 ? { problem: problems.map(fuelSentence).join('; ') } : record;
}
