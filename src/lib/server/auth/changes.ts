/** What a change of the registry touches, and whether somebody may: a second lock behind the route's rule. Pure. */
import { missionOf } from '../../registry/lookup.ts';
import type { DeviceSource, Registry } from '../../registry/types.ts';
import type { Access } from './access.ts';

function differing(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}

/** Missions whose entry, or whose devices, differ between the two. */
export function changedMissions(before: Registry, after: Registry): readonly string[] {
  const all = new Set([
    ...[before, after].flatMap(({ missions }) => Object.keys(missions)),
    ...[before, after].flatMap(({ sources }) => sources.map(({ mission }) => mission)),
  ]);
  const devicesOf = (sources: readonly DeviceSource[], slug: string) =>
    sources.filter(({ mission }) => mission === slug);
  return [...all].filter(
    (slug) =>
      differing(missionOf(before, slug), missionOf(after, slug)) ||
      differing(devicesOf(before.sources, slug), devicesOf(after.sources, slug)),
  );
}

/** @throws Error when something changes in a mission where `access` may not register, or pledges do and it may not everywhere */
export function assertMayChange(access: Access, before: Registry, after: Registry): void {
  const refused = changedMissions(before, after).filter((mission) => !access.may('register', mission));
  if (differing(before.pledges, after.pledges) && !access.may('register')) refused.push('pledges');
  if (refused.length > 0) throw new Error(`Not allowed to change: ${refused.join(', ')}.`);
}
