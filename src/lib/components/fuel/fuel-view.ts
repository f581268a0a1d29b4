/** A camp's fuel over a period, as its history page shows it, and what became of a form. */
import type { BurnCheck } from '#lib/energy/fuel-reconciliation.ts';
import type { DeliveryField, DeliveryText } from '#lib/registry/delivery-form.ts';

interface Dates {
  readonly from: string;
  readonly to: string;
}

interface StockView {
  readonly litres: number;
  readonly at: string;
  readonly by: 'dip' | 'meters';
}

export interface InventoryView {
  readonly period: Dates | null;
  readonly issuedL: number | null;
  readonly burntL: number | null;
  readonly estimatedL: number | null;
  readonly stockAtStart: StockView | null;
  readonly stockAtEnd: StockView | null;
  readonly levelChangeL: number | null;
  readonly unexplainedL: number | null;
  readonly toleranceL: number | null;
  readonly isFinding: boolean;
  readonly withheld: 'issued-unknown' | 'burnt-unknown' | 'level-unknown' | 'period-too-long' | null;
}

export interface BurnView {
  readonly all: BurnCheck | null;
  readonly gensets: readonly (BurnCheck & { readonly meter: string; readonly name: string })[];
  readonly tolerance: number;
  readonly withheld: 'fuel-not-metered' | 'period-too-long' | null;
}

export interface DeliveryView {
  readonly id: number;
  readonly date: string;
  readonly litres: number;
  readonly reference: string;
  readonly author: string;
  readonly reason: string;
}

/** What a dipstick said is in the camp's tanks. */
export interface DipView {
  readonly id: number;
  readonly litres: number;
  /** RFC 3339 with the mission's offset */
  readonly at: string;
  readonly author: string;
  readonly reason: string;
}

/** A delivery or a dip as a list shows it. */
export interface RecordRow {
  readonly id: number;
  readonly litres: number;
  /** a date or RFC 3339, for machines */
  readonly at: string;
  /** the same for people */
  readonly when: string;
  readonly reference: string | null;
  readonly author: string;
  readonly reason: string;
}

export interface FuelView {
  readonly period: Dates;
  readonly zone: string;
  readonly deliveries: readonly DeliveryView[];
  readonly stocks: readonly DipView[];
  readonly inventory: InventoryView;
  readonly burn: BurnView;
}

interface Failed {
  readonly reason: 'failed';
  readonly code: string;
}

/** Why a delivery was not taken, and what was typed. */
export type DeliveryOutcome = { readonly form: 'delivery'; readonly typed: DeliveryText } & (
  | { readonly reason: 'fields'; readonly fields: readonly DeliveryField[] }
  /** the same delivery stands on record with other litres */
  | { readonly reason: 'known'; readonly litres: number }
  | Failed
);

/** Why nothing was withdrawn, and what was typed; `id` is the record's number. */
export type WithdrawOutcome = {
  readonly form: 'withdraw';
  readonly typed: Readonly<Partial<Record<'id' | 'author' | 'reason', string>>>;
} & ({ readonly reason: 'unsigned' | 'gone' } | Failed);

export type FuelOutcome = DeliveryOutcome | WithdrawOutcome;
