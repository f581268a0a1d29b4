/**
 * The ledger: energy of one camp by source, ownership and contributing unit, per local day and per local month, as exact
 * sums of interval energy. Pages read the ledger; the ledger is always rebuilt from the intervals, never
 * adjusted, so the two cannot disagree.
 */
import type { Ownership, Source } from './source.ts';

export type LedgerLevel = 'day' | 'month';

/** What a ledger entry counts. All of it adds up: over quarters of an hour, days, camps and missions. */
export interface LedgerAmounts {
  /** Wh in the direction the source serves (generated, imported, discharged, consumed) */
  readonly energyWh: number;
  /** Wh against it: grid export, battery charge */
  readonly reverseWh: number;
  /** the part of an on-site source's `energyWh` that left the camp through a grid meter, pro rata of the interval's mix */
  readonly exportedWh: number;
  /** the part of `energyWh` − `exportedWh` that counts as renewable */
  readonly renewableWh: number;
  /** mL burnt, metered */
  readonly fuelMl: number;
  /** mL estimated from energy and load for gensets whose fuel nobody meters; never part of `fuelMl` */
  readonly estimatedFuelMl: number;
  readonly recoveredWh: number;
  readonly estimatedWh: number;
  readonly manualWh: number;
  readonly implausibleWh: number;
  /** Σ over meters of covered seconds × rated watts: the numerator of coverage */
  readonly coveredWs: number;
}

export interface LedgerEntry extends LedgerAmounts {
  readonly level: LedgerLevel;
  readonly mission: string;
  readonly camp: string;
  readonly source: Source;
  readonly ownership: Ownership;
  /** the contributing country and unit, `BD/BANBATT` (owner.ts); absent for equipment of no unit, and where contributors are summed */
  readonly contributor?: string;
  /** local date of the mission: `2026-11-24` for a day, `2026-11` for a month */
  readonly period: string;
}

export const LEDGER_AMOUNTS = [
  'energyWh',
  'reverseWh',
  'exportedWh',
  'renewableWh',
  'fuelMl',
  'estimatedFuelMl',
  'recoveredWh',
  'estimatedWh',
  'manualWh',
  'implausibleWh',
  'coveredWs',
] as const satisfies readonly (keyof LedgerAmounts)[];

/** Amounts while they are being summed. */
export type LedgerTally = { -readonly [K in keyof LedgerAmounts]: number };

export function emptyTally(): LedgerTally {
  return {
    energyWh: 0,
    reverseWh: 0,
    exportedWh: 0,
    renewableWh: 0,
    fuelMl: 0,
    estimatedFuelMl: 0,
    recoveredWh: 0,
    estimatedWh: 0,
    manualWh: 0,
    implausibleWh: 0,
    coveredWs: 0,
  };
}

export function addAmounts(tally: LedgerTally, amounts: LedgerAmounts): void {
  for (const name of LEDGER_AMOUNTS) tally[name] += amounts[name];
}
