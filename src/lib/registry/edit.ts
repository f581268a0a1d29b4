/**
 * A form about a part of the registry: what it shows, and what was typed made into another registry by the very rules of
 * the registry file. A field is called as the value's path below its part (`grid[0].from`), so a problem of the file
 * is the field's. What a form does not hold, or shows unchanged, stays to the letter. Pure.
 */
import { isSlug } from '../energy/reading.ts';
import { textOf, valueOf, type FieldKind } from './field-text.ts';
import { parseRegistry, type RegistryProblem } from './parse.ts';
import { stringifyRegistry } from './stringify.ts';
import { isBranch, type Path } from './tree.ts';
import type { Registry } from './types.ts';

type Kinds = Readonly<Record<string, FieldKind>>;

export interface FormShape {
  /** by path: `location.lat` */
  readonly fields: Kinds;
  /** the columns of each list */
  readonly lists: Readonly<Record<string, Kinds>>;
  /** lists whose mere presence says something, under a field of their own that is `own` when they are there */
  readonly ownLists?: readonly string[];
}

/** What was typed, by field. A field that is not there was not in the form. */
export type Typed = Readonly<Record<string, string>>;

export interface FieldProblem {
  /** the field's name; '' when it is about more than one */
  readonly field: string;
  /** in the words of the file's reader */
  readonly problem: RegistryProblem;
}

export type Edited =
  | { readonly ok: true; readonly registry: Registry }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

type Raw = Record<string, unknown>;
/** More rows than any list of a form has. */
const ROWS_MAX = 2_000;

/** The path as it stands in the registry: `['missions', 'unmiss']`. */
export function editPart(registry: Registry, part: Path, shape: FormShape, typed: Typed): Edited {
  return edited(registry, part, (raw) => {
    const target = part.reduce<unknown>(ownOf, raw);
    if (isBranch(target)) fill(target, shape, typed);
  });
}

/** What a form of `shape` shows of a part. */
export function textsOf(part: object, { fields, lists, ownLists = [] }: FormShape): Typed {
  const texts: Record<string, string> = {};
  for (const [field, kind] of Object.entries(fields))
    texts[field] = textOf(field.split('.').reduce<unknown>(ownOf, part), kind);
  for (const [list, columns] of Object.entries(lists)) {
    const items = ownOf(part, list);
    if (ownLists.includes(list)) texts[list] = items === undefined ? '' : 'own';
    for (const [index, item] of (Array.isArray(items) ? items : []).entries())
      for (const [column, kind] of Object.entries(columns))
        texts[`${list}[${String(index)}].${column}`] = textOf(ownOf(item, column), kind);
  }
  return texts;
}

/** The typed rows of a list without the blank ones, as texts; undefined when the form did not hold the list. */
export function typedRows(typed: Typed, list: string, columns: Kinds): Record<string, string>[] | undefined {
  const rows: Record<string, string>[] = [];
  for (const [field, text] of Object.entries(typed)) {
    if (!field.startsWith(`${list}[`)) continue;
    const [, index = '', column = ''] = /^\[(\d{1,4})\]\.(\w+)$/.exec(field.slice(list.length)) ?? [];
    if (index !== '' && Number(index) < ROWS_MAX && Object.hasOwn(columns, column))
      (rows[Number(index)] ??= {})[column] = text;
  }
  if (rows.length === 0) return undefined;
  return Object.values(rows).filter((row) => Object.values(row).some((text) => text.trim() !== ''));
}

/** The registry with a part more: `part` ends in its new name, which is a problem of the field `slug` when it cannot be. */
export function addPart(registry: Registry, part: Path, shape: FormShape, typed: Typed): Edited {
  const above = part.slice(0, -1).reduce<unknown>(ownOf, registry);
  const slug = part.at(-1) ?? '';
  // Live readings are republished under `bluewatt/live/`.
  if (!isSlug(slug) || (part.length === 2 && slug === 'live')) return refused('slug', part, SLUG);
  if (ownOf(above, slug) !== undefined) return refused('slug', part, 'This name is taken.');
  return edited(registry, part, (raw) => {
    const parent = part.slice(0, -1).reduce<unknown>(ownOf, raw);
    if (!isBranch(parent)) return;
    const added = {};
    fill(added, shape, typed);
    (parent as Raw)[slug] = added;
  });
}

const SLUG = 'Use small letters, digits and hyphens, at most 63, beginning with a letter or digit.';

function refused(field: string, part: Path, message: string): Edited {
  const problem = { path: part.join('.'), line: 1, column: 1, message, hint: '' };
  return { ok: false, problems: [{ field, problem }] };
}

/** The registry without a mission, camp or meter. Refused while something names it. */
export function removePart(registry: Registry, part: Path): Edited {
  return edited(registry, part, (raw) => {
    const parent = part.slice(0, -1).reduce<unknown>(ownOf, raw);
    if (isBranch(parent)) Reflect.deleteProperty(parent, part.at(-1) ?? '');
  });
}

function edited(registry: Registry, part: Path, change: (raw: Registry) => void): Edited {
  const raw = structuredClone(registry);
  change(raw);
  const parsed = parseRegistry(stringifyRegistry(raw));
  if (parsed.ok) return { ok: true, registry: parsed.registry };
  const above = part.length === 0 ? '' : `${part.join('.')}.`;
  return {
    ok: false,
    problems: parsed.problems.map((problem) => ({
      field: problem.path.startsWith(above) ? problem.path.slice(above.length) : '',
      problem,
    })),
  };
}

function ownOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Raw)[key]
    : undefined;
}

function fill(target: Raw, shape: FormShape, typed: Typed): void {
  const shown = textsOf(target, shape);
  for (const [field, kind] of Object.entries(shape.fields)) {
    const text = ownOf(typed, field);
    if (typeof text !== 'string' || text.trim() === shown[field]) continue;
    put(target, field.split('.'), valueOf(text, kind));
  }
  for (const [list, columns] of Object.entries(shape.lists))
    fillList(target, { list, columns, shape }, typed);
}

function put(target: Raw, path: Path, value: unknown): void {
  const [key = '', ...below] = path;
  if (below.length === 0) {
    if (value === undefined) Reflect.deleteProperty(target, key);
    else target[key] = value;
    return;
  }
  const known = ownOf(target, key);
  // In place: a copy of all meters for each of ten thousand would take minutes.
  const inner: Raw = isBranch(known) ? known : {};
  put(inner, below, value);
  if (Object.keys(inner).length === 0) Reflect.deleteProperty(target, key);
  else target[key] = inner;
}

function fillList(
  target: Raw,
  { list, columns, shape }: { list: string; columns: Kinds; shape: FormShape },
  typed: Typed,
): void {
  const isOptional = shape.ownLists?.includes(list) === true;
  const isOwn = ownOf(typed, list);
  if (isOptional && isOwn === '') {
    Reflect.deleteProperty(target, list);
    return;
  }
  const rows = typedRows(typed, list, columns);
  if (rows === undefined) {
    if (isOwn === 'own') target[list] ??= [];
    return;
  }
  const shown = typedRows(textsOf(target, shape), list, columns) ?? [];
  const isUnchanged =
    rows.length === shown.length &&
    rows.every((row, at) =>
      Object.keys(columns).every((key) => (row[key] ?? '').trim() === shown[at]?.[key]),
    );
  if (isUnchanged && ownOf(target, list) !== undefined) return;
  target[list] = rows.map((row) =>
    Object.fromEntries(
      Object.entries(columns).flatMap(([column, kind]) => {
        const value = valueOf(row[column] ?? '', kind);
        return value === undefined ? [] : [[column, value]];
      }),
    ),
  );
}
