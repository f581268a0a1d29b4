/**
 * Numbers and units as people read them, in the reader's language. Everything inside Bluewatt counts in Wh,
 * W, litres and kilograms; only this folder turns them into MWh, kW and tonnes. Pure: the locale is an argument.
 * A value that is not known (null, or no finite number) is a dash, never a zero.
 */

/** What stands where there is nothing to tell. */
export const UNKNOWN = '–';

/** No break between a number and its unit. */
const GAP = '\u00a0';

const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}|${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (format === undefined) formats.set(key, (format = new Intl.NumberFormat(locale, options)));
  return format;
}

function isKnown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** A true minus sign, as wide as a digit and the plus above it in the column. */
function withMinus(text: string): string {
  return text.replace('-', '\u2212');
}

/** A plain number with a fixed count of decimals. */
export function formatNumber(value: number | null | undefined, locale: string, decimals = 0): string {
  if (!isKnown(value)) return UNKNOWN;
  // A rounded nothing must not read as "−0".
  const shown = Math.abs(value) < 0.5 * 10 ** -decimals ? 0 : value;
  const format = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return withMinus(numberFormat(locale, format).format(shown));
}

/** A share 0..1 as per cent. */
export function formatShare(share: number | null | undefined, locale: string, decimals = 1): string {
  if (!isKnown(share)) return UNKNOWN;
  return numberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(share);
}

/** A difference in percentage points, always with its sign; the unit's word is the page's. */
export function formatPoints(points: number | null | undefined, locale: string, decimals = 1): string {
  if (!isKnown(points)) return UNKNOWN;
  const format = {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: 'exceptZero',
  } as const;
  return withMinus(numberFormat(locale, format).format(points));
}

interface Scale {
  readonly unit: string;
  readonly factor: number;
}

const ENERGY: readonly Scale[] = [
  { unit: 'GWh', factor: 1e9 },
  { unit: 'MWh', factor: 1e6 },
  { unit: 'kWh', factor: 1e3 },
  { unit: 'Wh', factor: 1 },
];
const POWER: readonly Scale[] = [
  { unit: 'MW', factor: 1e6 },
  { unit: 'kW', factor: 1e3 },
];
const MASS: readonly Scale[] = [
  { unit: 't', factor: 1e3 },
  { unit: 'kg', factor: 1 },
];

export type EnergyUnit = 'GWh' | 'MWh' | 'kWh' | 'Wh';

/** Three significant figures or so: enough to compare, not more than a meter is worth. */
function decimalsFor(value: number): number {
  const size = Math.abs(value);
  return size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2;
}

/** The first scale in which the value is at least one; the smallest when there is none. */
function scaleFor(value: number, scales: readonly Scale[]): Scale {
  const found = scales.find(({ factor }) => Math.abs(value) >= factor) ?? scales.at(-1);
  if (found === undefined) throw new Error('no scale');
  return found;
}

function formatScaled(value: number | null | undefined, locale: string, scales: readonly Scale[]): string {
  if (!isKnown(value)) return UNKNOWN;
  const { unit, factor } = scaleFor(value, scales);
  const scaled = value / factor;
  return `${formatNumber(scaled, locale, decimalsFor(scaled))}${GAP}${unit}`;
}

/** Wh → "12.3 MWh". */
export function formatEnergy(energyWh: number | null | undefined, locale: string): string {
  return formatScaled(energyWh, locale, ENERGY);
}

/** The unit in which the largest of several energies reads best, so that one column or axis has one unit. */
export function energyUnitFor(largestWh: number): EnergyUnit {
  return scaleFor(largestWh, ENERGY).unit as EnergyUnit;
}

/** Wh per `unit`. */
export function whPer(unit: EnergyUnit): number {
  return ENERGY.find((scale) => scale.unit === unit)?.factor ?? 1;
}

/** Wh as a bare number of `unit`, for a column whose head names the unit. */
export function formatEnergyIn(
  energyWh: number | null | undefined,
  unit: EnergyUnit,
  locale: string,
): string {
  if (!isKnown(energyWh)) return UNKNOWN;
  const scaled = energyWh / whPer(unit);
  return formatNumber(scaled, locale, Math.abs(scaled) >= 100 ? 0 : 1);
}

/** W → "92.5 kW"; kilowatts even when small, because that is what an engineer reads. */
export function formatPower(powerW: number | null | undefined, locale: string): string {
  if (!isKnown(powerW)) return UNKNOWN;
  const { unit, factor } = scaleFor(powerW, POWER);
  const scaled = powerW / factor;
  const isWhole = Math.abs(scaled) >= 100 || Number.isInteger(scaled);
  return `${formatNumber(scaled, locale, isWhole ? 0 : 1)}${GAP}${unit}`;
}

export function formatLitres(litres: number | null | undefined, locale: string): string {
  if (!isKnown(litres)) return UNKNOWN;
  return `${formatNumber(litres, locale, Math.abs(litres) < 10 && litres !== 0 ? 1 : 0)}${GAP}L`;
}

/** kg → "1.24 t". */
export function formatMass(massKg: number | null | undefined, locale: string): string {
  return formatScaled(massKg, locale, MASS);
}

/** kg as a bare number of tonnes, for a column whose head names the unit. */
export function formatTonnes(massKg: number | null | undefined, locale: string): string {
  if (!isKnown(massKg)) return UNKNOWN;
  const tonnes = massKg / 1000;
  return formatNumber(tonnes, locale, Math.abs(tonnes) >= 100 ? 0 : 1);
}

const BYTES: readonly Scale[] = [
  { unit: 'GB', factor: 1e9 },
  { unit: 'MB', factor: 1e6 },
  { unit: 'kB', factor: 1e3 },
  { unit: 'B', factor: 1 },
];

/** Bytes → "1.2 MB"; an octet in French. */
export function formatBytes(bytes: number | null | undefined, locale: string): string {
  const text = formatScaled(bytes, locale, BYTES);
  return locale.startsWith('fr') ? text.replace(/B$/, 'o') : text;
}
