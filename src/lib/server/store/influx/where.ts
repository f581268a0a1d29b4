/**
 * Conditions of InfluxQL statements. Text goes into placeholders; instants are clamped to what a signed
 * 64-bit count of nanoseconds can hold, so that an open range is an open range.
 */
import type { MeterRef } from '../../../energy/reading.ts';

const FIRST_AT = -9_223_372_036_854;
const LAST_AT = 9_223_372_036_854;

/** `123ms`, the literal of an instant in epoch ms; fractions are rounded up, which keeps `>=` and `<` true. */
export function instant(at: number): string {
  if (Number.isNaN(at)) throw new TypeError('an instant is NaN');
  return `${String(Math.min(Math.max(Math.ceil(at), FIRST_AT), LAST_AT))}ms`;
}

/** `"mission"=$mission AND ...` for the tags that are given, and the placeholders to go with it. */
export function tagsEqual(tags: Readonly<Record<string, string | undefined>>): {
  conditions: string[];
  placeholders: Record<string, string>;
} {
  const given = Object.entries(tags).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    conditions: given.map(([name]) => `"${name}"=$${name}`),
    placeholders: Object.fromEntries(given),
  };
}

export function isMeter({ mission, camp, meter }: MeterRef): ReturnType<typeof tagsEqual> {
  return tagsEqual({ mission, camp, meter });
}
