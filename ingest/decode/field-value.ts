/**
 * One raw value of a device → canonical numbers, by the rules of its field: sentinel, suffix, scale, unit,
 * arrays spread over phases. Strict: a number, a numeric string, or a number with exactly the expected suffix.
 */
import type { Quantity } from '#lib/energy/quantity.ts';
import type { Values } from '#lib/energy/reading.ts';
import { describeFound } from './found.ts';
import { boundsOf, describeImpossible } from './plausible.ts';
import type { FieldSpec } from './profile-schema.ts';
import type { RejectionList } from './rejection-list.ts';
import { CANONICAL_UNIT, toCanonical, UNITS, type Unit } from './units.ts';

const NUMERIC = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NUMERIC_CHARS_MAX = 64;

/** What integers of a width say when there is nothing to say; DSE GenComm, "Modbus register map", and others. */
const SENTINEL_RANGES: Readonly<Record<string, readonly [number, number]>> = {
  s16: [32_760, 32_767],
  u16: [65_528, 65_535],
  s32: [2_147_483_640, 2_147_483_647],
  u32: [4_294_967_288, 4_294_967_295],
};

/** What a field fills, and where what cannot be used is told. */
export interface Target {
  readonly values: Values;
  readonly rejections: RejectionList;
}

/** Puts one raw value where it belongs. The first field that fills a quantity wins over later ones. */
export type FieldReader = (raw: unknown, place: string, target: Target) => void;

export function fieldReader(field: FieldSpec): FieldReader {
  const single = Array.isArray(field.to) ? undefined : field.to;
  const spread = Array.isArray(field.to) ? field.to : field.spread;
  return (raw, place, target) => {
    if (Array.isArray(raw) && field.array === 'sum' && single !== undefined) {
      const each = raw as readonly unknown[];
      const wrong = each.find((part) => readRaw(part, field) === 'no number');
      if (wrong === undefined) takeSum(each, single);
      else reject(`an array with ${describeFound(wrong)}`);
    } else if (Array.isArray(raw) && field.array === 'one' && single !== undefined) {
      // Two registers of a 32-bit number, told one by one, are neither of them the number.
      if (raw.length === 1) take(raw[0] as unknown, single);
      else reject(describeFound(raw));
    } else if (Array.isArray(raw) && spread !== undefined) {
      spread.forEach((quantity, index) => take(raw[index] as unknown, quantity));
    } else if (single !== undefined) {
      take(raw, single);
    } else {
      reject(`${describeFound(raw)}, not an array`);
    }

    function take(each: unknown, quantity: Quantity): void {
      const number = readRaw(each, field);
      if (typeof number === 'number') put(quantity, number, field, target);
      else if (number === 'no number') reject(describeFound(each));
    }
    /** A sum with a part missing would be a wrong number, so there is none. */
    function takeSum(each: readonly unknown[], quantity: Quantity): void {
      const numbers = each.map((part) => readRaw(part, field)).filter((part) => typeof part === 'number');
      const sum = numbers.reduce((total, part) => total + part, 0);
      if (numbers.length > 0 && numbers.length === each.length) put(quantity, sum, field, target);
    }
    function reject(found: string): void {
      const expected = field.suffix === undefined ? 'a number' : `a number with "${field.suffix}"`;
      target.rejections.add('value-not-a-number', () => `${place} is ${found}; expected ${expected}`);
    }
  };
}

/** The number a raw value tells, scaled but in the device's unit; 'absent' for null and sentinels. */
export function readRaw(raw: unknown, field: FieldSpec): number | 'absent' | 'no number' {
  if (raw === null || raw === undefined) return 'absent';
  if (Array.isArray(field.sentinel) && field.sentinel.some((each) => each === raw)) return 'absent';
  const number = typeof raw === 'number' ? raw : typeof raw === 'string' ? numberIn(raw, field.suffix) : NaN;
  if (!Number.isFinite(number)) return 'no number';
  if (isSentinel(number, field.sentinel)) return 'absent';
  return number * (field.scale ?? 1) + (field.offset ?? 0);
}

function numberIn(text: string, suffix: string | undefined): number {
  let body = text.trim();
  if (suffix !== undefined && body.endsWith(suffix.trim())) {
    body = body.slice(0, body.length - suffix.trim().length).trimEnd();
  }
  return body.length <= NUMERIC_CHARS_MAX && NUMERIC.test(body) ? Number(body) : NaN;
}

function isSentinel(number: number, sentinel: FieldSpec['sentinel']): boolean {
  if (sentinel === undefined) return false;
  if (Array.isArray(sentinel)) return sentinel.includes(number);
  const range = SENTINEL_RANGES[sentinel];
  return range !== undefined && number >= range[0] && number <= range[1];
}

/** Stores a number told in the field's unit under `quantity`, when it is possible at all. */
export function put(quantity: Quantity, number: number, field: FieldSpec, target: Target): void {
  if (target.values[quantity] !== undefined) return;
  const unit: Unit = field.unit === undefined ? CANONICAL_UNIT[quantity] : UNITS[field.unit];
  const value = toCanonical(number, unit, quantity) + 0;
  const bounds = boundsOf(quantity);
  if (bounds !== undefined && value >= bounds.min && value <= bounds.max) target.values[quantity] = value;
  else if (bounds !== undefined) {
    target.rejections.add('value-out-of-range', () => describeImpossible(quantity, value, bounds));
  }
}
