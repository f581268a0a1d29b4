/**
 * The units a profile may name, and what each quantity measures. Closed tables: a unit of the wrong dimension
 * is a mistake in the profile, found at start, and no text from a file is ever evaluated.
 */
import type { Quantity } from '#lib/energy/quantity.ts';

export const DIMENSIONS = [
  'active power',
  'apparent power',
  'reactive power',
  'energy',
  'volume',
  'flow',
  'ratio',
  'power factor',
  'frequency',
  'voltage',
  'current',
  'duration',
  'count',
  'pressure',
  'temperature',
  'irradiance',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** `canonical = value × times ÷ by + plus`. Dividing by 10 is exact where multiplying by 0.1 is not. */
export interface Unit {
  readonly dimension: Dimension;
  readonly times: number;
  readonly by: number;
  readonly plus: number;
}

function unit(dimension: Dimension, times = 1, by = 1, plus = 0): Unit {
  return { dimension, times, by, plus };
}

/**
 * Canonical within each dimension: W, VA, var, Wh, L, L/h, %, a power factor of -1..1, Hz, V, A, s, a plain
 * count, kPa, °C, W/m². Exact definitions: US gallon 3.785411784 L, imperial gallon 4.54609 L, psi
 * 6.894757293168 kPa (NIST SP 811, appendix B).
 */
export const UNITS = {
  mW: unit('active power', 1, 1e3),
  W: unit('active power'),
  daW: unit('active power', 10),
  kW: unit('active power', 1e3),
  MW: unit('active power', 1e6),
  VA: unit('apparent power'),
  kVA: unit('apparent power', 1e3),
  var: unit('reactive power'),
  kvar: unit('reactive power', 1e3),
  Wh: unit('energy'),
  Wmin: unit('energy', 1, 60),
  Ws: unit('energy', 1, 3600),
  kWh: unit('energy', 1e3),
  dkWh: unit('energy', 100),
  MWh: unit('energy', 1e6),
  mL: unit('volume', 1, 1e3),
  dL: unit('volume', 1, 10),
  L: unit('volume'),
  m3: unit('volume', 1e3),
  gal: unit('volume', 3.785411784),
  galUK: unit('volume', 4.54609),
  'mL/h': unit('flow', 1, 1e3),
  'dL/h': unit('flow', 1, 10),
  'L/h': unit('flow'),
  'L/min': unit('flow', 60),
  'm3/h': unit('flow', 1e3),
  'gal/h': unit('flow', 3.785411784),
  '%': unit('ratio'),
  'd%': unit('ratio', 1, 10),
  'c%': unit('ratio', 1, 100),
  ratio: unit('ratio', 100),
  pf: unit('power factor'),
  'pf%': unit('power factor', 1, 100),
  Hz: unit('frequency'),
  dHz: unit('frequency', 1, 10),
  cHz: unit('frequency', 1, 100),
  mHz: unit('frequency', 1, 1e3),
  mV: unit('voltage', 1, 1e3),
  cV: unit('voltage', 1, 100),
  dV: unit('voltage', 1, 10),
  V: unit('voltage'),
  kV: unit('voltage', 1e3),
  mA: unit('current', 1, 1e3),
  cA: unit('current', 1, 100),
  dA: unit('current', 1, 10),
  A: unit('current'),
  kA: unit('current', 1e3),
  ms: unit('duration', 1, 1e3),
  s: unit('duration'),
  min: unit('duration', 60),
  h: unit('duration', 3600),
  dh: unit('duration', 360),
  d: unit('duration', 86_400),
  count: unit('count'),
  Pa: unit('pressure', 1, 1e3),
  mbar: unit('pressure', 1, 10),
  kPa: unit('pressure'),
  bar: unit('pressure', 100),
  psi: unit('pressure', 6.894757293168),
  'd°C': unit('temperature', 1, 10),
  '°C': unit('temperature'),
  '°F': unit('temperature', 5, 9, -160 / 9),
  K: unit('temperature', 1, 1, -273.15),
  'W/m2': unit('irradiance'),
} as const satisfies Readonly<Record<string, Unit>>;
export type UnitName = keyof typeof UNITS;

/** Each quantity's own unit; what a field means that names none. */
export const CANONICAL_UNIT: Readonly<Record<Quantity, Unit>> = {
  activePowerW: UNITS.W,
  energyForwardWh: UNITS.Wh,
  energyReverseWh: UNITS.Wh,
  fuelUsedL: UNITS.L,
  fuelRateLPerH: UNITS['L/h'],
  fuelLevelPct: UNITS['%'],
  fuelLevelL: UNITS.L,
  runTimeS: UNITS.s,
  starts: UNITS.count,
  loadPct: UNITS['%'],
  stateOfChargePct: UNITS['%'],
  apparentPowerVA: UNITS.VA,
  reactivePowerVar: UNITS.var,
  powerFactor: UNITS.pf,
  frequencyHz: UNITS.Hz,
  voltageV: UNITS.V,
  voltageL1V: UNITS.V,
  voltageL2V: UNITS.V,
  voltageL3V: UNITS.V,
  currentL1A: UNITS.A,
  currentL2A: UNITS.A,
  currentL3A: UNITS.A,
  oilPressureKPa: UNITS.kPa,
  coolantC: UNITS['°C'],
  batteryV: UNITS.V,
  irradianceWPerM2: UNITS['W/m2'],
  temperatureC: UNITS['°C'],
  // The one quantity whose own unit is not the canonical one of its dimension.
  waterM3: UNITS.m3,
  headcount: UNITS.count,
};

/** The names of the units that fit `quantity`. */
export function unitsFor(quantity: Quantity): string[] {
  const { dimension } = CANONICAL_UNIT[quantity];
  return Object.entries(UNITS).flatMap(([name, each]) => (each.dimension === dimension ? [name] : []));
}

/** `value`, told in `from`, in the quantity's own unit; rounded to a millionth where the conversion would leave binary dust. */
export function toCanonical(value: number, from: Unit, quantity: Quantity): number {
  const own = CANONICAL_UNIT[quantity];
  if (from === own) return value;
  const converted = (((value * from.times) / from.by + from.plus) * own.by) / own.times;
  return roundedToMillionth(converted);
}

/** Without the binary dust of a multiplication, where a double still tells millionths apart. */
export function roundedToMillionth(value: number): number {
  return Math.abs(value) < 9e9 ? Math.round(value * 1e6) / 1e6 : value;
}
