/**
 * The meters of the registry as a spreadsheet: a row a meter, a column a key of the registry file. What comes back is read
 * by the rules of that file; a row or a column that is left out changes nothing. Pure.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { isSlug } from '../energy/reading.ts';
import { withoutApostrophe } from '../format/csv.ts';
import { MAX_PROBLEMS, MAX_REGISTRY_LENGTH } from './document.ts';
import { editPart, textsOf, type FormShape } from './edit.ts';
import type { FieldKind } from './field-text.ts';
import { METER_LINE } from './form-shapes.ts';
import { campOf } from './lookup.ts';
import type { Registry } from './types.ts';

const PLACE = ['mission', 'camp', 'meter'] as const;
const COLUMNS: Readonly<Record<string, FieldKind>> = {
  name: 'text',
  ...METER_LINE,
  // As in the registry file: a column's name says its unit.
  ratedW: 'number',
  tankL: 'number',
};
const NAMES = [...PLACE, ...Object.keys(COLUMNS)];
const DELIMITERS = [',', ';', '\t'] as const;

export interface CsvProblem {
  /** of the file, from 1 */
  readonly line: number;
  /** '' for the row as a whole */
  readonly column: string;
  readonly message: string;
  readonly hint: string;
}

export type ReadMeters =
  | { readonly ok: true; readonly registry: Registry }
  | { readonly ok: false; readonly problems: readonly CsvProblem[] };

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Header and rows; of one mission where `only` names it. */
export function meterRows(registry: Registry, only?: string): string[][] {
  const shape = { fields: COLUMNS, lists: {} };
  const rows = Object.entries(registry.missions).flatMap(([mission, { camps }]) =>
    only !== undefined && only !== mission
      ? []
      : Object.entries(camps).flatMap(([camp, { meters }]) =>
          Object.entries(meters).map(([meter, fields]) => {
            const texts = textsOf(fields, shape);
            return [mission, camp, meter, ...Object.keys(COLUMNS).map((column) => texts[column] ?? '')];
          }),
        ),
  );
  return [NAMES, ...rows];
}

/** @param only the one mission that may stand in it */
export function readMeterCsv(registry: Registry, text: string, only?: string): ReadMeters {
  const problem = (line: number, column: string, message: string, hint: string): ReadMeters => ({
    ok: false,
    problems: [{ line, column, message, hint }],
  });
  if (text.length > MAX_REGISTRY_LENGTH)
    return problem(
      1,
      '',
      `The file has ${text.length} characters; at most ${MAX_REGISTRY_LENGTH} are read.`,
      'Split it by mission.',
    );
  let table: Row[];
  try {
    table = rowsOf(text);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return problem(Number(error.lines ?? 1), '', `This is not valid CSV: ${error.message}`, 'Check quotes.');
  }
  const [header, ...rows] = table;
  const names = header?.cells.map((name) => name.trim()) ?? [];
  const missing = PLACE.filter((name) => !names.includes(name));
  if (missing.length > 0)
    return problem(
      1,
      missing[0] ?? '',
      `The column ${missing.join(', ')} is missing.`,
      'Begin with the file that the download gives.',
    );
  const odd = names.find((name, at) => !NAMES.includes(name) || names.indexOf(name) !== at);
  if (odd !== undefined)
    return problem(
      1,
      odd.slice(0, 60),
      'This column is unknown, or there twice.',
      `Known columns: ${NAMES.join(', ')}.`,
    );
  return taken(registry, { names, rows, only });
}

function rowsOf(text: string): Row[] {
  const [first = ''] = text.split(/\r?\n/, 1);
  const [delimiter] = [...DELIMITERS].sort((a, b) => first.split(b).length - first.split(a).length);
  const records = parse(text, {
    delimiter: delimiter ?? ',',
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
    info: true,
  }) as unknown as { record: string[]; info: { lines: number } }[];
  return records.map(({ record, info }) => ({ line: info.lines, cells: record }));
}

function taken(
  registry: Registry,
  table: { names: readonly string[]; rows: readonly Row[]; only: string | undefined },
): ReadMeters {
  const problems: CsvProblem[] = [];
  const lines = new Map<string, number>();
  const fields: [string, FieldKind][] = [];
  const typed: [string, string][] = [];
  for (const { line, cells } of table.rows) {
    const row = new Map(table.names.map((name, at) => [name, withoutApostrophe((cells[at] ?? '').trim())]));
    if ([...row.values()].every((cell) => cell === '')) continue;
    const wrong =
      placeProblem(registry, row, table.only) ?? (cells.length > table.names.length ? TOO_MANY : undefined);
    const path = `missions.${row.get('mission') ?? ''}.camps.${row.get('camp') ?? ''}.meters.${row.get('meter') ?? ''}`;
    const twice = lines.get(path);
    if (wrong !== undefined) problems.push({ line, ...wrong });
    else if (twice !== undefined)
      problems.push({
        line,
        column: 'meter',
        message: `This meter stands in line ${String(twice)} too.`,
        hint: 'Keep one of the two.',
      });
    lines.set(path, line);
    for (const [column, kind] of Object.entries(COLUMNS)) {
      const cell = row.get(column);
      if (cell === undefined) continue;
      fields.push([`${path}.${column}`, kind]);
      typed.push([`${path}.${column}`, cell]);
    }
  }
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, MAX_PROBLEMS) };
  const shape: FormShape = { fields: Object.fromEntries(fields), lists: {} };
  const edited = editPart(registry, [], shape, Object.fromEntries(typed));
  if (edited.ok) return edited;
  return {
    ok: false,
    problems: edited.problems.map(({ field, problem: { path, message, hint } }) => {
      const [, meter = '', column = ''] =
        /^(missions\.[^.]+\.camps\.[^.]+\.meters\.[^.]+)(?:\.(\w+))?/.exec(field) ?? [];
      return { line: lines.get(meter) ?? 1, column: column === '' ? path : column, message, hint };
    }),
  };
}

const TOO_MANY = {
  column: '',
  message: 'The row has more cells than the header names columns.',
  hint: 'Put a text that holds the delimiter in quotes.',
};

function placeProblem(
  registry: Registry,
  row: ReadonlyMap<string, string>,
  only: string | undefined,
): Omit<CsvProblem, 'line'> | undefined {
  const [mission = '', camp = '', meter = ''] = PLACE.map((name) => row.get(name));
  const elsewhere = only !== undefined && mission !== only;
  if (elsewhere || !Object.hasOwn(registry.missions, mission))
    return {
      column: 'mission',
      message: elsewhere ? `Only meters of ${only} are read here.` : 'There is no such mission.',
      hint: 'Write its short name, as the download gives it.',
    };
  if (campOf(registry, mission, camp) === undefined)
    return { column: 'camp', message: 'There is no such camp in this mission.', hint: 'Add the camp first.' };
  if (isSlug(meter)) return undefined;
  return {
    column: 'meter',
    message: 'This cannot be used as a name in topics.',
    hint: 'Use small letters, digits and hyphens, at most 63, beginning with a letter or digit.',
  };
}
