/**
 * The registry as a tree of maps, in which a list's items stand under what they are called (a date, a year) rather
 * than at a number: what two versions differ in, and what two people's changes touch, is told by path. Pure.
 */
import type { Registry } from './types.ts';

/** A list of words, such as an order of phases, is one value. */
export type Tree = string | number | boolean | null | readonly string[] | Branch;
export interface Branch {
  readonly [key: string]: Tree;
}

/** From the root: `['missions', 'unmiss', 'grid', '2024-01-01', 'renewableFraction']`. */
export type Path = readonly string[];

type Fields = Readonly<Record<string, unknown>>;

const LISTS = {
  pledges: ['country', 'unit', 'mission', 'source', 'due'],
  sources: ['profile', 'topic'],
  factors: ['version'],
  targets: ['year'],
  grid: ['from'],
  headcount: ['from'],
  owners: ['from'],
  events: ['at', 'kind'],
} as const;
type ListName = keyof typeof LISTS;

export function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own keys only: a meter may be called `constructor`. */
export function childOf(tree: Tree | undefined, key: string): Tree | undefined {
  return isBranch(tree) && Object.hasOwn(tree, key) ? tree[key] : undefined;
}

export function toTree(registry: Registry): Branch {
  return withLists(registry as unknown as Fields, itemsByName) as Branch;
}

/** What {@link toTree} was made from; whether it is a registry is for `parseRegistry` to say. */
export function fromTree(tree: Branch): Registry {
  return withLists(tree, (items) => Object.values(items as Branch)) as unknown as Registry;
}

/** Two that are called the same are told apart by their order. */
function itemsByName(items: unknown, list: ListName): Branch {
  const named = new Map<string, Tree>();
  for (const item of items as readonly Branch[]) {
    const name = LISTS[list]
      .map((key) => item[key])
      .filter((part) => typeof part === 'string' || typeof part === 'number')
      .join(' ');
    let free = name;
    for (let number = 2; named.has(free); number += 1) free = `${name} #${String(number)}`;
    named.set(free, item);
  }
  return Object.fromEntries(named);
}

function withLists(registry: Fields, convert: (items: unknown, list: ListName) => unknown): Fields {
  const lists = (fields: Fields, names: readonly ListName[]): Fields => {
    const converted = names.flatMap((name) =>
      Object.hasOwn(fields, name) ? [[name, convert(fields[name], name)] as const] : [],
    );
    return { ...fields, ...Object.fromEntries(converted) };
  };
  const meter = (fields: Fields) => lists(fields, ['owners', 'events']);
  const camp = (fields: Fields) => ({
    ...lists(fields, ['headcount', 'grid']),
    meters: each(fields['meters'], meter),
  });
  const mission = (fields: Fields) => ({
    ...lists(fields, ['targets', 'grid']),
    camps: each(fields['camps'], camp),
  });
  return {
    ...lists(registry, ['pledges', 'sources', 'factors']),
    missions: each(registry['missions'], mission),
  };
}

function each(record: unknown, convert: (fields: Fields) => Fields): Fields {
  const entries = Object.entries(record as Record<string, Fields>);
  return Object.fromEntries(entries.map(([slug, fields]) => [slug, convert(fields)]));
}

/** Whether two trees hold the same, in whatever order. */
export function isSame(a: Tree | undefined, b: Tree | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return JSON.stringify(a) === JSON.stringify(b);
  if (!isBranch(a) || !isBranch(b)) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]))
  );
}

export function keysOf(...trees: readonly (Tree | undefined)[]): string[] {
  return [...new Set(trees.flatMap((tree) => (isBranch(tree) ? Object.keys(tree) : [])))];
}
