/** Whether somebody may make a change of the registry: a second lock behind the route's rule. Pure. */
import { rightsNeeded, REGISTRY_RIGHTS, type RegistryRights } from '../../access/registry-owners.ts';
import type { Registry } from '../../registry/types.ts';
import type { Access } from './access.ts';

/** @throws Error when something changes that `access` does not own there */
export function assertMayChange(access: Access, before: Registry, after: Registry): void {
  const refused = rightsNeeded(before, after).filter(({ right, mission }) => !access.may(right, mission));
  if (refused.length === 0) return;
  const parts = refused.map(({ right, mission }) => `${right} of ${mission ?? 'all missions'}`);
  throw new Error(`Not allowed to change: ${parts.join(', ')}.`);
}

/** What of the registry somebody may change in a mission; without one, in all of them. */
export function registryRights(access: Access, mission?: string): RegistryRights {
  const entries = REGISTRY_RIGHTS.map((right) => [right, access.may(right, mission)] as const);
  return Object.fromEntries(entries) as Record<(typeof REGISTRY_RIGHTS)[number], boolean>;
}
