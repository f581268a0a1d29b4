/** What two versions of the registry differ in, by path; what came or went as a whole is one difference. Pure. */
import { childOf, isBranch, isSame, keysOf, toTree, type Path, type Tree } from './tree.ts';
import type { Registry } from './types.ts';

export interface Difference {
  readonly path: Path;
  /** undefined: added */
  readonly before: Tree | undefined;
  /** undefined: removed */
  readonly after: Tree | undefined;
}

export function differencesOf(before: Registry, after: Registry): Difference[] {
  return differ(toTree(before), toTree(after), []);
}

function differ(before: Tree | undefined, after: Tree | undefined, path: Path): Difference[] {
  if (isSame(before, after)) return [];
  if (!isBranch(before) || !isBranch(after)) return [{ path, before, after }];
  return keysOf(before, after).flatMap((key) =>
    differ(childOf(before, key), childOf(after, key), [...path, key]),
  );
}

/** The missions a difference is about: one, or, for a pledge or device whose mission changed, both. */
export function missionsOf({ path, before, after }: Difference, whole: readonly Registry[]): string[] {
  const [list, item] = path;
  if (list === 'missions') return item === undefined ? [] : [item];
  const named = [before, after, ...whole.map((registry) => toTree(registry)[list ?? ''])].flatMap((tree) => [
    childOf(tree, 'mission'),
    childOf(childOf(tree, item ?? ''), 'mission'),
  ]);
  return [...new Set(named.filter((name) => typeof name === 'string'))];
}
