/**
 * What a device tells → what flows where it is installed: phases by the conductor that each of its inputs sits on, and
 * power, current and energy of a device that tells its current transformers' secondary side times their ratio. Both
 * stand in the registry's line of the device, because two devices of one profile are wired in two ways.
 */
import type { Quantity } from '#lib/energy/quantity.ts';
import type { Values } from '#lib/energy/reading.ts';
import { PHASES, type DeviceSource, type Phase } from '#lib/registry/types.ts';
import { boundsOf, describeImpossible } from './plausible.ts';
import type { RejectionList } from './rejection-list.ts';
import { roundedToMillionth } from './units.ts';

/** Canonical values as told → as they are; what then cannot be is left out and added to `rejections`. */
export type InstalledValues = (told: Values, rejections: RejectionList) => Values;

type OfPhases = Readonly<Record<Phase, Quantity>>;
const VOLTAGES: OfPhases = { L1: 'voltageL1V', L2: 'voltageL2V', L3: 'voltageL3V' };
const CURRENTS: OfPhases = { L1: 'currentL1A', L2: 'currentL2A', L3: 'currentL3A' };

/** All that is proportional to the transformers' current. */
const PROPORTIONAL: ReadonlySet<Quantity> = new Set<Quantity>([
  'activePowerW',
  'apparentPowerVA',
  'reactivePowerVar',
  'energyForwardWh',
  'energyReverseWh',
  'currentL1A',
  'currentL2A',
  'currentL3A',
]);

/** Undefined when the line says nothing of it. */
export function installedValues({
  phases,
  ctRatio = 1,
}: Pick<DeviceSource, 'phases' | 'ctRatio'>): InstalledValues | undefined {
  const isInOrder = phases === undefined || phases.every((phase, input) => phase === PHASES[input]);
  if (isInOrder && ctRatio === 1) return undefined;
  const nameOf = new Map<string, Quantity>();
  for (const [input, phase] of (phases ?? PHASES).entries()) {
    for (const names of [VOLTAGES, CURRENTS]) nameOf.set(names[PHASES[input] ?? phase], names[phase]);
  }
  return (told, rejections) => {
    const values: Values = {};
    for (const name in told) {
      const before = name as Quantity;
      const value = told[before];
      if (value === undefined) continue;
      const quantity = nameOf.get(before) ?? before;
      const installed = PROPORTIONAL.has(quantity) ? roundedToMillionth(value * ctRatio) : value;
      const bounds = boundsOf(quantity);
      if (bounds === undefined || (installed >= bounds.min && installed <= bounds.max))
        values[quantity] = installed;
      else {
        const why = describeImpossible(quantity, installed, bounds);
        rejections.add('value-out-of-range', () => `${why}, after the registry line's ctRatio ${ctRatio}`);
      }
    }
    return values;
  };
}
