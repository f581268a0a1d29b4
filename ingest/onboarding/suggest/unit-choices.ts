/** The units that devices use for each quantity, and which of them the recorded numbers can be in at all. */
import type { Quantity } from '#lib/energy/quantity.ts';
import { PLAUSIBLE } from '../../decode/plausible.ts';
import { CANONICAL_UNIT, toCanonical, UNITS, type Unit, type UnitName } from '../../decode/units.ts';
import type { Place } from './places.ts';

/** What devices use; the usual one first. */
const CHOICES: Readonly<Partial<Record<Quantity, readonly UnitName[]>>> = {
  activePowerW: ['W', 'kW', 'daW', 'mW'],
  reactivePowerVar: ['var', 'kvar'],
  apparentPowerVA: ['VA', 'kVA'],
  energyForwardWh: ['kWh', 'Wh', 'dkWh', 'MWh', 'Ws'],
  energyReverseWh: ['kWh', 'Wh', 'dkWh', 'MWh', 'Ws'],
  voltageV: ['V', 'dV', 'cV', 'mV', 'kV'],
  currentL1A: ['A', 'mA', 'cA', 'dA'],
  frequencyHz: ['Hz', 'dHz', 'cHz', 'mHz'],
  powerFactor: ['pf', 'pf%'],
  runTimeS: ['h', 's', 'min', 'dh'],
  oilPressureKPa: ['kPa', 'bar', 'psi', 'mbar'],
  coolantC: ['°C', '°F', 'd°C'],
  temperatureC: ['°C', '°F', 'd°C'],
  batteryV: ['V', 'dV', 'mV'],
  fuelUsedL: ['L', 'dL', 'gal', 'm3'],
  fuelRateLPerH: ['L/h', 'dL/h', 'gal/h'],
  fuelLevelL: ['L', 'dL', 'gal', 'm3'],
};

export function unitChoices(quantity: Quantity): readonly UnitName[] {
  return CHOICES[quantity] ?? [];
}

interface Measured {
  readonly quantity: Quantity;
  readonly place: Place;
  /** where it is told */
  readonly unit: UnitName | undefined;
}

/** The choices in which one of the numbers at least can be the quantity at all. */
export function possibleChoices({ quantity, place }: Measured): readonly UnitName[] {
  return unitChoices(quantity).filter((choice) => canBe(quantity, place, UNITS[choice]));
}

/** Whether its numbers can be what its name says, in any unit: a radio's 868 MHz is no mains frequency. */
export function isPossible(measured: Measured): boolean {
  const { quantity, place, unit } = measured;
  if (unit !== undefined) return canBe(quantity, place, UNITS[unit]);
  if (unitChoices(quantity).length > 0) return possibleChoices(measured).length > 0;
  return canBe(quantity, place, CANONICAL_UNIT[quantity]);
}

/** One number is enough: the others may be a device's sign for "no value". */
function canBe(quantity: Quantity, place: Place, unit: Unit): boolean {
  const { min, max } = PLAUSIBLE[quantity];
  return place.observed.some(({ value }) => {
    const canonical = toCanonical(value, unit, quantity);
    return canonical >= min && canonical <= max;
  });
}
