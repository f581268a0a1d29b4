/** How units are written in names and beside values → a unit of the profiles' table. */
import type { Quantity } from '#lib/energy/quantity.ts';
import { CANONICAL_UNIT, UNITS, type UnitName } from '../../decode/units.ts';

const WORD_UNITS: Readonly<Record<string, UnitName>> = {
  ...{
    w: 'W',
    watt: 'W',
    watts: 'W',
    kw: 'kW',
    mw: 'MW',
    wh: 'Wh',
    kwh: 'kWh',
    mwh: 'MWh',
    va: 'VA',
    kva: 'kVA',
  },
  ...{
    var: 'var',
    kvar: 'kvar',
    volt: 'V',
    volts: 'V',
    kv: 'kV',
    mv: 'mV',
    amp: 'A',
    amps: 'A',
    ampere: 'A',
    ma: 'mA',
  },
  ...{
    hz: 'Hz',
    pct: '%',
    percent: '%',
    '%': '%',
    l: 'L',
    litre: 'L',
    litres: 'L',
    liter: 'L',
    liters: 'L',
    lph: 'L/h',
  },
  ...{
    bar: 'bar',
    kpa: 'kPa',
    psi: 'psi',
    pa: 'Pa',
    hours: 'h',
    hour: 'h',
    hrs: 'h',
    runhours: 'h',
    enginehours: 'h',
  },
  ...{ seconds: 's', celsius: '°C', degc: '°C', fahrenheit: '°F', m3: 'm3', gal: 'gal' },
};

/** Letters that are a unit behind a name (`voltage_v`), and alone a name of their own. */
const LETTER_UNITS: Readonly<Record<string, UnitName>> = { v: 'V', a: 'A', c: '°C', f: '°F' };

/** Words that are as often the quantity's name (`Volt1`, of a raw register) as its unit. */
const NAMES_TOO: ReadonlySet<string> = new Set(['volt', 'volts', 'amp', 'amps', 'ampere']);

/** The unit that a name's words tell, where it measures what `quantity` is. */
export function unitIn(words: readonly string[], quantity: Quantity): UnitName | undefined {
  const isNamed = words.includes('voltage') || words.includes('current');
  const found = words.flatMap((word) =>
    Object.hasOwn(WORD_UNITS, word) && (isNamed || !NAMES_TOO.has(word)) ? (WORD_UNITS[word] ?? []) : [],
  );
  const last = words.length > 1 ? LETTER_UNITS[words.at(-1) ?? ''] : undefined;
  return [...found, ...(last === undefined ? [] : [last])].find((unit) => fits(unit, quantity));
}

function fits(unit: UnitName, quantity: Quantity): boolean {
  return UNITS[unit].dimension === CANONICAL_UNIT[quantity].dimension;
}

const WRITTEN_UNITS: Readonly<Record<string, UnitName>> = {
  ...{
    'l/h': 'L/h',
    'm³': 'm3',
    'm3/h': 'm3/h',
    'w/m²': 'W/m2',
    'w/m2': 'W/m2',
    '°c': '°C',
    '°f': '°F',
    c: '°C',
    l: 'L',
  },
  ...{
    watt: 'W',
    watts: 'W',
    volt: 'V',
    volts: 'V',
    ampere: 'A',
    amps: 'A',
    percent: '%',
    hours: 'h',
    hour: 'h',
    var: 'var',
  },
};

/** A unit as devices write it beside a value (`kWh`, `°C`, `m³`), where it measures what `quantity` is. */
export function writtenUnit(text: string, quantity: Quantity): UnitName | undefined {
  const bare = text.trim();
  const exact = Object.hasOwn(UNITS, bare) ? (bare as UnitName) : undefined;
  const lower = bare.toLowerCase();
  const loose = Object.hasOwn(WRITTEN_UNITS, lower)
    ? WRITTEN_UNITS[lower]
    : (Object.keys(UNITS) as UnitName[]).filter((name) => name.toLowerCase() === lower).at(0);
  return [exact, loose].find((unit) => unit !== undefined && fits(unit, quantity));
}
