/**
 * Fuel reconciliation: what was burnt beside what the energy should have taken, and what was issued beside what
 * was burnt and what the tanks still hold.
 *
 *     expected L       = Σ kWh × L/kWh of the set's curve at its load
 *     burnt − expected : a finding beyond ±15 % of the expected
 *     unexplained L    = issued − burnt − (tank level at the end − tank level at the beginning)
 *     unexplained L    : a finding beyond 1 % of the issued + 492 L a month (30 days)
 *
 * The first tolerance is this project's own: ISO 3046-1 allows a maker 5 % on the consumption declared, and the default curves are those of
 * a typical set of that size, not of this one. The second is that of tank inventory control, US EPA 40 CFR 280.43(a): 1.0 % of
 * flow-through plus 130 gallons a month.
 */

/** Fraction of the expected litres. */
export const BURN_TOLERANCE = 0.15;
/** Fraction of the litres issued. */
export const INVENTORY_TOLERANCE_SHARE = 0.01;
/** 130 US gallons of 3.785411784 L. */
export const INVENTORY_TOLERANCE_L_PER_MONTH = 130 * 3.785411784;
const DAYS_PER_MONTH = 30;
/** Days that a stock reading may lie from the end of the period that is asked for; this project's own. */
export const MAX_STOCK_OFFSET_DAYS = 3;

export interface BurnCheck {
  readonly burntL: number;
  readonly expectedL: number;
  /** burnt − expected: above 0 more was burnt than the energy explains */
  readonly differenceL: number;
  /** of the expected */
  readonly differenceShare: number;
  readonly isFinding: boolean;
}

/** Metered litres beside those that the metered energy should have taken. Null where either is not known. */
export function checkBurn(
  { burntL, expectedL }: { readonly burntL: number | null; readonly expectedL: number | null },
  tolerance: number = BURN_TOLERANCE,
): BurnCheck | null {
  if (burntL === null || expectedL === null || !(expectedL > 0)) return null;
  const differenceL = burntL - expectedL;
  const differenceShare = differenceL / expectedL;
  return {
    burntL,
    expectedL,
    differenceL,
    differenceShare,
    isFinding: Math.abs(differenceShare) > tolerance,
  };
}

export interface Inventory {
  /** litres delivered to the camp's tanks in the period; null where nobody keeps record */
  readonly issuedL: number | null;
  /** litres burnt in it, metered or estimated; null where not known */
  readonly burntL: number | null;
  /** litres in all tanks at its two ends; null where not known */
  readonly levelAtStartL: number | null;
  readonly levelAtEndL: number | null;
  readonly days: number;
}

/** Why the litres cannot be balanced. */
export type InventoryGap = 'issued-unknown' | 'burnt-unknown' | 'level-unknown';

export type InventoryCheck =
  | { readonly ok: false; readonly reason: InventoryGap }
  | {
      readonly ok: true;
      readonly levelChangeL: number;
      /** above 0: issued, and neither burnt nor in the tanks */
      readonly unexplainedL: number;
      readonly toleranceL: number;
      readonly isFinding: boolean;
    };

/** @throws RangeError when the period has no days */
export function checkInventory({
  issuedL,
  burntL,
  levelAtStartL,
  levelAtEndL,
  days,
}: Inventory): InventoryCheck {
  if (!(days > 0)) throw new RangeError('A period to balance fuel over needs at least a day.');
  if (issuedL === null) return { ok: false, reason: 'issued-unknown' };
  if (burntL === null) return { ok: false, reason: 'burnt-unknown' };
  if (levelAtStartL === null || levelAtEndL === null) return { ok: false, reason: 'level-unknown' };
  const levelChangeL = levelAtEndL - levelAtStartL;
  const unexplainedL = issuedL - burntL - levelChangeL;
  const toleranceL =
    issuedL * INVENTORY_TOLERANCE_SHARE + (INVENTORY_TOLERANCE_L_PER_MONTH * days) / DAYS_PER_MONTH;
  return {
    ok: true,
    levelChangeL,
    unexplainedL,
    toleranceL,
    isFinding: Math.abs(unexplainedL) > toleranceL,
  };
}
