/**
 * Two people change one registry: what each changed since the version both began from is put together where it does not
 * touch, and told as a conflict where it does. Three-way, on the tree of `tree.ts`. Pure.
 */
import { parseRegistry, type RegistryProblem } from './parse.ts';
import { stringifyRegistry } from './stringify.ts';
import { childOf, fromTree, isBranch, isSame, keysOf, toTree, type Path, type Tree } from './tree.ts';
import type { Registry } from './types.ts';

export interface Versions<T> {
  /** what both began from */
  readonly base: T;
  readonly mine: T;
  readonly theirs: T;
}

/** Both changed this, and not to the same; undefined where it was not, or is no longer there. */
export interface Conflict extends Versions<Tree | undefined> {
  readonly path: Path;
}

export type Choice = 'mine' | 'theirs';

export type Merged =
  | { readonly ok: true; readonly registry: Registry }
  | { readonly ok: false; readonly reason: 'conflicts'; readonly conflicts: readonly Conflict[] }
  /** each change is right by itself, and together they are no registry: a pledge to a mission that the other removed */
  | { readonly ok: false; readonly reason: 'problems'; readonly problems: readonly RegistryProblem[] };

/** @param choices by the path's {@link pathText}, for what would be a conflict */
export function mergeRegistries(
  { base, mine, theirs }: Versions<Registry>,
  choices: ReadonlyMap<string, Choice> = new Map(),
): Merged {
  const conflicts: Conflict[] = [];
  const settle = (conflict: Conflict): Tree | undefined => {
    const choice = choices.get(pathText(conflict.path));
    if (choice === undefined) conflicts.push(conflict);
    return choice === 'mine' ? conflict.mine : conflict.theirs;
  };
  const trees = { base: toTree(base), mine: toTree(mine), theirs: toTree(theirs) };
  const merged = merge(trees, [], settle);
  if (conflicts.length > 0) return { ok: false, reason: 'conflicts', conflicts };
  // The whole is no leaf and cannot be removed.
  if (!isBranch(merged) || merged === trees.theirs) return { ok: true, registry: theirs };
  if (merged === trees.mine) return { ok: true, registry: mine };
  const parsed = parseRegistry(stringifyRegistry(fromTree(merged)));
  return parsed.ok
    ? { ok: true, registry: parsed.registry }
    : { ok: false, reason: 'problems', problems: parsed.problems };
}

export function pathText(path: Path): string {
  return JSON.stringify(path);
}

function merge(
  { base, mine, theirs }: Versions<Tree | undefined>,
  path: Path,
  settle: (conflict: Conflict) => Tree | undefined,
): Tree | undefined {
  if (isSame(base, mine) || isSame(mine, theirs)) return theirs;
  if (isSame(base, theirs)) return mine;
  // Two that were added under one name are two things: their parts are never mixed.
  if (!isBranch(base) || !isBranch(mine) || !isBranch(theirs)) return settle({ path, base, mine, theirs });
  const parts = keysOf(theirs, mine).flatMap((key): [string, Tree][] => {
    const versions = { base: childOf(base, key), mine: childOf(mine, key), theirs: childOf(theirs, key) };
    const part = merge(versions, [...path, key], settle);
    return part === undefined ? [] : [[key, part]];
  });
  return Object.fromEntries(parts);
}
