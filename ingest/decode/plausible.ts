/**
 * What a quantity can be at all. Only the impossible is refused here (a power factor of 92, a negative
 * register); whether a possible value is believable for one meter is the accounting's question, which knows
 * the rating. The table is part of docs/devices.md.
 */
import type { Quantity } from '#lib/energy/quantity.ts';

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Accounting works in whole Wh and mL, exact up to 2^53: registers stay well below. */
const REGISTER_MAX = 1e15;
const POWER: Bounds = { min: -1e10, max: 1e10 };
const VOLTAGE: Bounds = { min: -1e6, max: 1e6 };
const CURRENT: Bounds = { min: -1e6, max: 1e6 };

/** Inclusive bounds, in the unit the name ends in. Percentages leave room for a sensor's tolerance and for overload. */
export const PLAUSIBLE: Readonly<Record<Quantity, Bounds>> = {
  activePowerW: POWER,
  energyForwardWh: { min: 0, max: REGISTER_MAX },
  energyReverseWh: { min: 0, max: REGISTER_MAX },
  fuelUsedL: { min: 0, max: 1e12 },
  fuelRateLPerH: { min: 0, max: 1e6 },
  fuelLevelPct: { min: -5, max: 110 },
  fuelLevelL: { min: -1000, max: 1e9 },
  runTimeS: { min: 0, max: 1e10 },
  starts: { min: 0, max: 1e9 },
  loadPct: { min: -200, max: 300 },
  stateOfChargePct: { min: -5, max: 110 },
  apparentPowerVA: POWER,
  reactivePowerVar: POWER,
  powerFactor: { min: -1.01, max: 1.01 },
  frequencyHz: { min: 0, max: 1000 },
  voltageV: VOLTAGE,
  voltageL1V: VOLTAGE,
  voltageL2V: VOLTAGE,
  voltageL3V: VOLTAGE,
  currentL1A: CURRENT,
  currentL2A: CURRENT,
  currentL3A: CURRENT,
  oilPressureKPa: { min: -110, max: 1e5 },
  coolantC: { min: -100, max: 500 },
  batteryV: { min: -1000, max: 1e5 },
  irradianceWPerM2: { min: -50, max: 3000 },
  temperatureC: { min: -273.15, max: 3000 },
  waterM3: { min: 0, max: 1e12 },
  headcount: { min: 0, max: 1e8 },
};

const byName: ReadonlyMap<string, Bounds> = new Map(Object.entries(PLAUSIBLE));

/** The bounds of a canonical quantity, undefined for every other name; safe for names such as `constructor`. */
export function boundsOf(name: string): Bounds | undefined {
  return byName.get(name);
}

/** Why `value` cannot be this quantity: one sentence. */
export function describeImpossible(name: string, value: number, bounds: Bounds): string {
  return `${name} is ${value}; it can only lie between ${bounds.min} and ${bounds.max}`;
}
