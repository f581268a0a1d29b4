/**
 * What a name says of its value: a quantity, and the unit where the name tells that too. Names are the field's usual
 * ones; a name that could be two things is none. Nothing is read from a number here.
 */
import type { Quantity } from '#lib/energy/quantity.ts';
import type { UnitName } from '../../decode/units.ts';
import { unitIn } from './unit-names.ts';

export interface Meaning {
  readonly quantity: Quantity;
  /** a counter that begins anew each day */
  readonly isDaily?: true;
  readonly unit?: UnitName;
}

/** With one of these a value is a limit, a statistic, a price or a setting, and no measurement. */
const NO_MEASUREMENT: ReadonlySet<string> = new Set(
  (
    'yesterday month monthly week weekly year yearly avg average mean max maximum min minimum peak limit setpoint threshold ' +
    'nominal rated rating target forecast price cost tariff status error err fault alarm code version rssi snr id interval ' +
    'minute minutes by thd harmonic angle phi dc string scale multiplier index previous last config'
  ).split(' '),
);
const REVERSE: ReadonlySet<string> = new Set(
  'export exported returned return ret reverse rev feedin negative neg injected injection sold'.split(' '),
);
const DAILY: ReadonlySet<string> = new Set('today daily day'.split(' '));

type Rule = readonly [quantity: Quantity, all: readonly (readonly string[])[], none?: readonly string[]];

const FUEL = ['fuel', 'diesel', 'tank'];
const REACTIVE = ['reactive', 'react', 'var', 'kvar'];
const APPARENT = ['apparent', 'aprt', 'va', 'kva'];
const TEMPERATURE = ['temperature', 'temp'];

/** The first whose every list has one of the name's words, and that shares none with `none`. */
const RULES: readonly Rule[] = [
  ['powerFactor', [['pf', 'cosphi', 'powerfactor']]],
  [
    'powerFactor',
    [
      ['power', 'cos'],
      ['factor', 'phi'],
    ],
  ],
  ['fuelRateLPerH', [FUEL, ['rate', 'flow', 'lph']]],
  ['fuelUsedL', [FUEL, ['used', 'total', 'consumed', 'consumption', 'burnt']]],
  ['fuelLevelPct', [FUEL, ['level', 'percent', 'pct', '%', 'remaining']]],
  [
    'runTimeS',
    [
      ['run', 'running', 'engine', 'operating', 'operation', 'genset'],
      ['hours', 'hour', 'hrs', 'time', 'seconds', 'h'],
    ],
  ],
  ['runTimeS', [['runtime', 'runhours', 'enginehours', 'hourmeter', 'runninghours']]],
  ['starts', [['starts']]],
  [
    'starts',
    [
      ['start', 'crank', 'starting'],
      ['count', 'counter', 'number'],
    ],
  ],
  ['stateOfChargePct', [['soc']]],
  [
    'stateOfChargePct',
    [
      ['battery', 'batt'],
      ['level', 'percent', 'pct', 'charge', '%'],
    ],
    ['power', 'current', 'energy', 'voltage'],
  ],
  ['loadPct', [['load'], ['pct', 'percent', '%', 'factor']]],
  ['oilPressureKPa', [['oil'], ['pressure', 'press']]],
  ['coolantC', [['coolant', 'engine', 'water'], TEMPERATURE]],
  ['irradianceWPerM2', [['irradiance', 'ghi', 'insolation']]],
  ['irradianceWPerM2', [['solar', 'global'], ['radiation']]],
  ['reactivePowerVar', [REACTIVE], ['energy', 'wh', 'kwh', 'varh', 'kvarh']],
  ['apparentPowerVA', [APPARENT], ['energy', 'wh', 'kwh', 'vah', 'kvah']],
  [
    'energyForwardWh',
    [['energy', 'kwh', 'wh', 'mwh', 'aenergy', 'etotal', 'etot', 'eac', 'yield', 'yieldtotal']],
    [...REACTIVE, ...APPARENT],
  ],
  [
    'activePowerW',
    [['power', 'watt', 'watts', 'w', 'kw', 'pac', 'apower', 'ptot', 'p']],
    ['factor', ...REACTIVE, ...APPARENT],
  ],
  [
    'batteryV',
    [
      ['battery', 'batt', 'starter'],
      ['voltage', 'volt', 'volts', 'v', 'u'],
    ],
  ],
  ['voltageV', [['voltage', 'volt', 'volts', 'v', 'u', 'vac', 'uac']]],
  ['frequencyHz', [['frequency', 'freq', 'hz', 'fac']]],
  ['currentL1A', [['current', 'amp', 'amps', 'ampere', 'amperes', 'i', 'a', 'iac', 'ma']]],
  ['temperatureC', [TEMPERATURE]],
];

/** @param words of {@link wordsOf}, without the phase */
export function meaningOf(words: readonly string[]): Meaning | undefined {
  if (words.some((word) => NO_MEASUREMENT.has(word))) return undefined;
  const isOneOf = (list: readonly string[]): boolean => list.some((word) => words.includes(word));
  const rule = RULES.find(([, all, none]) => all.every(isOneOf) && !(none !== undefined && isOneOf(none)));
  if (rule === undefined) return undefined;
  const quantity = named(rule[0], words);
  const unit = unitIn(words, quantity);
  const isDaily = words.some((word) => DAILY.has(word));
  if (isDaily && !quantity.startsWith('energy')) return undefined;
  return { quantity, ...(isDaily && { isDaily: true as const }), ...(unit !== undefined && { unit }) };
}

function named(quantity: Quantity, words: readonly string[]): Quantity {
  if (quantity === 'energyForwardWh' && words.some((word) => REVERSE.has(word))) return 'energyReverseWh';
  if (
    quantity === 'fuelLevelPct' &&
    words.some((word) => ['l', 'litres', 'liters', 'litre', 'liter'].includes(word))
  )
    return 'fuelLevelL';
  return quantity;
}
