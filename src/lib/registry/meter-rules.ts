/**
 * What the registry says about one meter, boiled down to the rules its energy is accounted by. A meter that
 * nobody registered yet is accounted by the defaults, so that nothing it says is lost before somebody does.
 */
import type { MeterRules } from '../energy/account-rules.ts';
import type { Quantity } from '../energy/quantity.ts';
import type { MeterRef } from '../energy/reading.ts';
import { longestSilenceMs } from '../energy/silence.ts';
import { meterOf, missionOf } from './lookup.ts';
import type { Meter, RegisterPolicy, Registry } from './types.ts';

export type { MeterRules } from '../energy/account-rules.ts';

const ML_PER_L = 1000;

/** What a device family's profile says that its meters are accounted by. */
export type ProfileRules = ProfileRegisters & {
  /** how long the last value of a device holds that publishes on change, ms; absent for those that publish regularly */
  readonly expireAfterMs?: number;
};

/** How registers behave, by quantity; a modulus in the quantity's own unit, Wh or L. */
export type ProfileRegisters = Readonly<Partial<Record<Quantity, RegisterPolicy>>>;

/** The same of all profiles, by name. Plain JSON. */
export type ProfileBook = Readonly<Record<string, ProfileRules>>;

/**
 * The rules of a meter; build them once per registry version, not per reading. A `wrap` in the registry
 * speaks of the energy register (its modulus is in Wh): the fuel register then keeps the profile's policy.
 * Both energy registers of a meter follow one policy, the forward one's. A device that publishes on change may be silent for as
 * long as its profile says that a value holds.
 */
export function rulesOf(
  registry: Registry,
  ref: Pick<MeterRef, 'mission' | 'camp' | 'meter'>,
  profileDefault: ProfileRules = {},
): MeterRules {
  const meter = meterOf(registry, ref);
  const declared = meter?.register;
  const regularMs = longestSilenceMs(meter?.expectedIntervalS);
  const { expireAfterMs = 0 } = profileDefault;
  const fuelDeclared = typeof declared === 'object' ? undefined : declared;
  return {
    energyRegister:
      declared ?? profileDefault.energyForwardWh ?? profileDefault.energyReverseWh ?? 'persistent',
    fuelRegister: inMl(fuelDeclared ?? profileDefault.fuelUsedL ?? 'persistent'),
    maxGapMs: Math.max(regularMs, expireAfterMs),
    ...(expireAfterMs > regularMs && { heldBeyondMs: regularMs }),
    ratedW: meter?.ratedW ?? null,
    segmentStarts: meter === undefined ? [] : segmentStartsOf(meter),
    invert: meter?.invert ?? false,
    zone: missionOf(registry, ref.mission)?.zone ?? 'UTC',
  };
}

function inMl(policy: RegisterPolicy): RegisterPolicy {
  return typeof policy === 'object' ? { wrap: policy.wrap * ML_PER_L } : policy;
}

/** Every swap, change of CT ratio and move starts a new segment. The registry's parser has checked the instants. */
function segmentStartsOf(meter: Meter): number[] {
  return meter.events.map(({ at }) => Date.parse(at)).sort((a, b) => a - b);
}
