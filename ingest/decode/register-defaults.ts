/** The register policies that accounting takes for a meter whose registry entry names none: its profile's. */
import type { MeterRef } from '#lib/energy/reading.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { Profile, RegisterDefaults } from './profile.ts';
import { templateCanMake, templateNames } from './slug.ts';

const NONE: RegisterDefaults = {};

/**
 * A look-up from meter to what its device's profile declares, by quantity; empty for native meters. A source
 * that names the meter outright counts before one whose template could make its name.
 */
export function profileRegisterDefaults(options: {
  readonly registry: Registry;
  readonly profiles: readonly Profile[];
}): (meter: MeterRef) => RegisterDefaults {
  const byName = new Map(options.profiles.map((profile) => [profile.name, profile]));
  const isTemplate = (text: string): number => Math.min(templateNames(text).length, 1);
  const sources = [...options.registry.sources].sort((a, b) => isTemplate(a.meter) - isTemplate(b.meter));
  return (meter) => {
    const source = sources.find(
      (each) =>
        each.mission === meter.mission &&
        each.camp === meter.camp &&
        templateCanMake(each.meter, meter.meter),
    );
    return (source && byName.get(source.profile)?.registers) ?? NONE;
  };
}
