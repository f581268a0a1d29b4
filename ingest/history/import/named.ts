/** What a line names has to be in the registry: a typing error in ten thousand lines would make a meter of its own. */
import { isSlug, meterRef, type MeterRef } from '#lib/energy/reading.ts';
import { campOf, meterOf, missionOf } from '#lib/registry/lookup.ts';
import type { Registry } from '#lib/registry/types.ts';

export interface CampName {
  readonly mission: string;
  readonly camp: string;
}

/** Why a camp cannot be meant, if it cannot. */
export function campProblem(registry: Registry, { mission, camp }: CampName): string | undefined {
  if (missionOf(registry, mission) === undefined) return `the registry has no mission "${mission}"`;
  if (campOf(registry, mission, camp) === undefined)
    return `the registry has no camp "${camp}" in ${mission}`;
  return undefined;
}

/** The meter of three names, or why it cannot be meant. */
export function registeredMeter(
  registry: Registry,
  { mission, camp, meter }: CampName & { readonly meter: string },
): { readonly meter: MeterRef; readonly zone: string } | { readonly problem: string } {
  const problem = campProblem(registry, { mission, camp });
  if (problem !== undefined) return { problem };
  const ref = meterRef(mission, camp, meter);
  const zone = missionOf(registry, mission)?.zone;
  if (!isSlug(meter) || zone === undefined || meterOf(registry, ref) === undefined) {
    return { problem: `the registry has no meter "${meter}" in ${mission}/${camp}: register it first` };
  }
  return { meter: ref, zone };
}
