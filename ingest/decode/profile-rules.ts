/** What accounting takes of a meter's device profile: how registers behave that the registry says nothing of, and how long a value holds. */
import type { MeterRef } from '#lib/energy/reading.ts';
import type { ProfileBook, ProfileRules } from '#lib/registry/meter-rules.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { Profile } from './profile.ts';
import { templateCanMake, templateNames } from './slug.ts';

const NONE: ProfileRules = {};

/** What `profiles` say, by name; of two with one name the last. */
export function profileBook(profiles: readonly Profile[]): ProfileBook {
  const entries = profiles.map(({ name, registers, expireAfterMs }): [string, ProfileRules] => [
    name,
    { ...registers, ...(expireAfterMs !== undefined && { expireAfterMs }) },
  ]);
  return Object.fromEntries(entries);
}

/**
 * A look-up from meter to what its device's profile declares; empty for native meters. A source that names the meter
 * outright counts before one whose template could make its name.
 */
export function profileRulesOf(registry: Registry, book: ProfileBook): (meter: MeterRef) => ProfileRules {
  const isTemplate = (text: string): number => Math.min(templateNames(text).length, 1);
  const sources = [...registry.sources].sort((a, b) => isTemplate(a.meter) - isTemplate(b.meter));
  return (meter) => {
    const source = sources.find(
      (each) =>
        each.mission === meter.mission &&
        each.camp === meter.camp &&
        templateCanMake(each.meter, meter.meter),
    );
    if (source === undefined || !Object.hasOwn(book, source.profile)) return NONE;
    return book[source.profile] ?? NONE;
  };
}
