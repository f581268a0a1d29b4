/** The value of a canonical quantity with its unit, as people read it. Pure: the locale is an argument. */
import type { Quantity } from '../energy/quantity.ts';
import { formatEnergy, formatLitres, formatNumber, formatPower, formatShare } from './number.ts';

/** No break between a number and its unit. */
const GAP = '\u00a0';

/** What a name ends in, the longest first, and the unit it is shown in. */
const UNITS: readonly (readonly [suffix: string, unit: string, factor: number, decimals: number])[] = [
  ['WPerM2', 'W/m²', 1, 0],
  ['LPerH', 'L/h', 1, 1],
  ['KPa', 'kPa', 1, 0],
  ['Var', 'kvar', 1000, 1],
  ['VA', 'kVA', 1000, 1],
  ['Hz', 'Hz', 1, 2],
  ['M3', 'm³', 1, 1],
  ['V', 'V', 1, 1],
  ['A', 'A', 1, 1],
  ['C', '°C', 1, 1],
  ['S', 'h', 3600, 0],
];

export function formatQuantity(name: Quantity, value: number, locale: string): string {
  if (name === 'powerFactor') return formatNumber(value, locale, 2);
  if (name.endsWith('Pct')) return formatShare(value / 100, locale, 0);
  if (name.endsWith('Wh')) return formatEnergy(value, locale);
  if (name.endsWith('W')) return formatPower(value, locale);
  const unit = UNITS.find(([suffix]) => name.endsWith(suffix));
  if (unit !== undefined) return `${formatNumber(value / unit[2], locale, unit[3])}${GAP}${unit[1]}`;
  return name.endsWith('L') ? formatLitres(value, locale) : formatNumber(value, locale);
}
