/**
 * The canonical quantities: the only names under which a value travels from decoder to store to page.
 * Each name ends in its unit. Their order is the column order of the embedded store, commonest first.
 */
export const QUANTITIES = [
  'activePowerW',
  'energyForwardWh',
  'energyReverseWh',
  'fuelUsedL',
  'fuelRateLPerH',
  'fuelLevelPct',
  'fuelLevelL',
  'runTimeS',
  'starts',
  'loadPct',
  'stateOfChargePct',
  'apparentPowerVA',
  'reactivePowerVar',
  'powerFactor',
  'frequencyHz',
  'voltageV',
  'voltageL1V',
  'voltageL2V',
  'voltageL3V',
  'currentL1A',
  'currentL2A',
  'currentL3A',
  'oilPressureKPa',
  'coolantC',
  'batteryV',
  'irradianceWPerM2',
  'temperatureC',
  'waterM3',
  'headcount',
] as const;

export type Quantity = (typeof QUANTITIES)[number];

const known: ReadonlySet<string> = new Set(QUANTITIES);

export function isQuantity(name: string): name is Quantity {
  return known.has(name);
}
