/** What a change of the record (`change-log.ts`) made of what: the values that differ, each before and after. */
import type { DatabaseSync } from 'node:sqlite';
import type { AuditedChange, AuditedThing, AuditedValue } from '../../registry/audited.ts';
import { differencesOf } from '../../registry/difference.ts';
import { EMPTY_REGISTRY } from '../../registry/lookup.ts';
import { isBranch, type Tree } from '../../registry/tree.ts';
import type { Registry } from '../../registry/types.ts';
import type { Row } from '../database.ts';

/** An import may change thousands of values; what is left out is counted. */
const MOST_VALUES = 40;
const LONGEST_VALUE = 240;

export interface ChangeDetails {
  readonly values: readonly AuditedValue[];
  /** how many more there are */
  readonly more: number;
}

const TABLES: Readonly<Partial<Record<AuditedThing, string>>> = {
  correction: 'correction',
  fuel: 'fuel_record',
  note: 'note',
  credential: 'broker.credential',
};
const NOT_DATA = ['id', 'author', 'reason', 'made_at', 'supersedes', 'password_hash'];

export function changeDetails(database: DatabaseSync, change: AuditedChange): ChangeDetails {
  const values = valuesOf(database, change);
  return { values: values.slice(0, MOST_VALUES), more: Math.max(0, values.length - MOST_VALUES) };
}

function valuesOf(database: DatabaseSync, { thing, action, number }: AuditedChange): AuditedValue[] {
  const table = TABLES[thing];
  if (table !== undefined) {
    const row = rowOf(database, table, number);
    if (action === 'withdrawn') return differing(row, undefined);
    const superseded = row?.['supersedes'] ?? null;
    return differing(superseded === null ? undefined : rowOf(database, table, Number(superseded)), row);
  }
  if (thing === 'registry') return registryValues(database, number);
  if (thing === 'profile') {
    const row = database.prepare('SELECT name, yaml FROM profile_save WHERE id = ?').get(number) as Row;
    return [{ path: String(row['name']), before: null, after: short(String(row['yaml'])) }];
  }
  const row = database
    .prepare('SELECT subject, before, after FROM access.access_event WHERE id = ?')
    .get(number) as Row;
  return [{ path: String(row['subject']), before: textOf(row['before']), after: textOf(row['after']) }];
}

function rowOf(database: DatabaseSync, table: string, id: number): Row | undefined {
  return database.prepare(`SELECT * FROM ${table} WHERE id = ?`).get(id);
}

function registryValues(database: DatabaseSync, version: number): AuditedValue[] {
  const one = database.prepare(
    'SELECT document FROM registry_version WHERE id <= ? ORDER BY id DESC LIMIT 2',
  );
  const [after, before] = (one.all(version) as Row[]).map(
    (row) => JSON.parse(String(row['document'])) as Registry,
  );
  return differencesOf(before ?? EMPTY_REGISTRY, after ?? EMPTY_REGISTRY).map((difference) => ({
    path: difference.path.join(' › '),
    before: treeText(difference.before),
    after: treeText(difference.after),
  }));
}

function treeText(tree: Tree | undefined): string | null {
  if (tree === undefined) return null;
  return short(isBranch(tree) ? leavesOf(tree, []).join('; ') : String(tree));
}

/** What came or went as a whole, value by value: `meters pv-9 source: solar`. */
function leavesOf(tree: Tree, path: readonly string[]): string[] {
  if (!isBranch(tree)) return [`${path.join(' ')}: ${String(tree)}`];
  return Object.entries(tree).flatMap(([key, below]) => leavesOf(below, [...path, key]));
}

function differing(before: Row | undefined, after: Row | undefined): AuditedValue[] {
  const columns = Object.keys(after ?? before ?? {}).filter((column) => !NOT_DATA.includes(column));
  return columns.flatMap((column) => {
    const [was, is] = [shown(column, before?.[column]), shown(column, after?.[column])];
    return was.text === is.text ? [] : [{ path: is.name, before: was.text, after: is.text }];
  });
}

/** A column as people read it: instants as such, litres for millilitres. */
function shown(column: string, value: Row[string] | undefined): { name: string; text: string | null } {
  const text = textOf(value);
  if (/(^|_)at$/.test(column))
    return { name: column.replace('_at', ''), text: text && new Date(Number(text)).toISOString() };
  if (column === 'volume_ml') return { name: 'litres', text: text && String(Number(text) / 1000) };
  return { name: column, text: text && short(text) };
}

function textOf(value: Row[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function short(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}
