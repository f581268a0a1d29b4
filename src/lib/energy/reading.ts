/**
 * A reading: what one meter said at one instant, in canonical quantities. Everything downstream of the
 * decoders speaks only of these.
 */
import type { Quantity } from './quantity.ts';

/** Mission, camp and meter slugs, and `key`, the three joined by `/`. Interned: see {@link meterRef}. */
export interface MeterRef {
  readonly mission: string;
  readonly camp: string;
  readonly meter: string;
  readonly key: string;
}

/** Finite numbers by canonical quantity. Absent means the meter did not say; it never means zero. */
export type Values = Partial<Record<Quantity, number>>;

export interface Reading {
  readonly meter: MeterRef;
  /** epoch ms, UTC */
  readonly at: number;
  readonly values: Values;
}

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Whether `text` can name a mission, a camp or a meter: `[a-z0-9][a-z0-9-]{0,62}`. */
export function isSlug(text: string): boolean {
  return SLUG.test(text);
}

/** Builds the reference of a meter from its three slugs. The caller has checked them with {@link isSlug}. */
export function meterRef(mission: string, camp: string, meter: string): MeterRef {
  return { mission, camp, meter, key: `${mission}/${camp}/${meter}` };
}

/** The inverse of `MeterRef.key`; undefined when `key` is not three slugs joined by `/`. */
export function parseMeterKey(key: string): MeterRef | undefined {
  const [mission, camp, meter, ...rest] = key.split('/');
  if (mission === undefined || camp === undefined || meter === undefined || rest.length > 0) return undefined;
  return [mission, camp, meter].every(isSlug) ? meterRef(mission, camp, meter) : undefined;
}
