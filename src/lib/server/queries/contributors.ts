/** The registry's side of contributed equipment: which meters are whose, and when, as the ledger tells contributors apart. */
import { contributorOf } from '../../energy/owner.ts';
import type { Ownership } from '../../energy/source.ts';
import { ownedStretches, serviceRange } from '../../registry/in-service.ts';
import type { InstantRange } from '../../energy/calendar.ts';
import type { Meter, Mission, Registry } from '../../registry/types.ts';

/** A meter for as long as its equipment stays in one hand. */
export interface OwnedMeter {
  readonly slug: string;
  readonly mission: Mission;
  readonly camp: string;
  readonly name: string;
  readonly meter: Meter;
  readonly ownership: Ownership;
  /** undefined for equipment of no unit */
  readonly contributor: string | undefined;
  readonly service: InstantRange;
}

/** Every stretch of every registered meter, in the registry's order. */
export function ownedMeters(registry: Registry): OwnedMeter[] {
  return Object.entries(registry.missions).flatMap(([slug, mission]) =>
    Object.entries(mission.camps).flatMap(([camp, { meters }]) =>
      Object.entries(meters).flatMap(([name, meter]) =>
        ownedStretches(meter).map(({ owner, ...service }) => ({
          slug,
          mission,
          camp,
          name,
          meter,
          ownership: owner.ownership,
          contributor: contributorOf(owner),
          service: serviceRange(service, mission.zone),
        })),
      ),
    ),
  );
}

/** Seconds of `range` that the meter was in this hand. */
export function ownedSeconds({ service }: OwnedMeter, { from, to }: InstantRange): number {
  return Math.max(0, Math.min(to, service.to) - Math.max(from, service.from)) / 1000;
}
