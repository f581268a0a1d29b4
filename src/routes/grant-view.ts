/** A role and its mission's name, as pages show it. */
import type { GrantView } from '#lib/components/access/role-words.ts';
import { missionOf } from '#lib/registry/lookup.ts';
import type { Registry } from '#lib/registry/types.ts';
import { ALL_MISSIONS, type Grant } from '#lib/access/roles.ts';

/** Without a registry the mission's slug stands for its name. */
export function toGrantView({ role, mission }: Grant, registry?: Registry): GrantView {
  if (mission === ALL_MISSIONS) return { role, mission: null };
  const name = registry && missionOf(registry, mission)?.name;
  return { role, mission: { slug: mission, name: name ?? mission } };
}
