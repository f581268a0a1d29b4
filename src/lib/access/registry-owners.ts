/**
 * Who owns which part of the registry. Meters and devices belong to engineers; how many people a camp has and how
 * renewable its grid is, to whoever reports; what a mission is measured against, what countries pledged and what
 * emissions are counted with, to headquarters: nobody sets the target that they are measured by. Pure.
 */
import type { FormShape } from '../registry/edit.ts';
import { differencesOf, missionsOf, type Difference } from '../registry/difference.ts';
import { childOf, isBranch, type Path } from '../registry/tree.ts';
import type { Registry } from '../registry/types.ts';
import type { Right } from './roles.ts';

/** The rights that let somebody change something of the registry. */
export const REGISTRY_RIGHTS = ['register', 'facts', 'targets'] as const satisfies readonly Right[];
export type RegistryRight = (typeof REGISTRY_RIGHTS)[number];

/** Which of them somebody has in one mission. */
export type RegistryRights = Readonly<Record<RegistryRight, boolean>>;

export interface Needed {
  readonly right: RegistryRight;
  /** undefined: in all missions */
  readonly mission: string | undefined;
}

/** The right that changing what stands at `path` asks for: `['missions', 'unmiss', 'targets']` → `targets`. */
export function ownerOf([root, , part, , ofCamp]: Path): RegistryRight {
  if (root === 'pledges' || root === 'factors' || part === 'targets') return 'targets';
  const isFact = part === 'grid' || ofCamp === 'grid' || ofCamp === 'headcount';
  return root === 'missions' && isFact ? 'facts' : 'register';
}

/** All that is asked for to make `after` of `before`, each once. */
export function rightsNeeded(before: Registry, after: Registry): Needed[] {
  const needed = differencesOf(before, after).flatMap((difference) => neededFor(difference, [before, after]));
  return [...new Map(needed.map((each) => [`${each.right} ${each.mission ?? ''}`, each])).values()];
}

/** Lists that hold for every mission. */
const OF_ALL = ['pledges', 'factors'];

function neededFor(difference: Difference, whole: readonly Registry[]): Needed[] {
  const right = ownerOf(difference.path);
  if (OF_ALL.includes(difference.path[0] ?? '')) return [{ right, mission: undefined }];
  return missionsOf(difference, whole).flatMap((mission): Needed[] => [
    { right, mission },
    ...(bringsTargets(difference) ? [{ right: 'targets' as const, mission }] : []),
  ]);
}

/** A mission that comes or goes as a whole, with targets of its own. */
function bringsTargets({ path, before, after }: Difference): boolean {
  if (path.length !== 2) return false;
  return [before, after].some((mission) => {
    const targets = childOf(mission, 'targets');
    return isBranch(targets) && Object.keys(targets).length > 0;
  });
}

/** A form without what its reader may not change; `part` is the path of what it is about. */
export function ownShape(shape: FormShape, part: Path, rights: RegistryRights): FormShape {
  const isOwn = ([name]: readonly [string, unknown]) => rights[ownerOf([...part, ...name.split('.')])];
  return {
    ...shape,
    fields: Object.fromEntries(Object.entries(shape.fields).filter(isOwn)),
    lists: Object.fromEntries(Object.entries(shape.lists).filter(isOwn)),
  };
}
