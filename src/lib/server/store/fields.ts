/**
 * The numbers of an interval by name and the order of ledger entries, once for both adapters. A field that
 * was forgotten is a compile error.
 */
import type { EnergyInterval } from '../../energy/interval.ts';
import type { LedgerEntry } from '../../energy/ledger.ts';

/** Fields of an interval that always have a value. */
export const INTERVAL_FIELDS = [
  'forwardWh',
  'reverseWh',
  'fuelMl',
  'coveredS',
  'recoveredWh',
  'estimatedWh',
  'manualWh',
  'implausibleWh',
  'flags',
] as const satisfies readonly (keyof EnergyInterval)[];

/** Fields of an interval that are null when the meter told no power. */
export const POWER_FIELDS = ['minW', 'maxW'] as const satisfies readonly (keyof EnergyInterval)[];

type Forgotten = Exclude<
  keyof EnergyInterval,
  (typeof INTERVAL_FIELDS)[number] | (typeof POWER_FIELDS)[number]
>;
const _nothingForgotten: Forgotten extends never ? true : Forgotten = true;

/** The order in which both adapters return ledger entries. */
export function compareLedgerEntries(a: LedgerEntry, b: LedgerEntry): number {
  return (
    compareText(a.mission, b.mission) ||
    compareText(a.camp, b.camp) ||
    compareText(a.period, b.period) ||
    compareText(a.source, b.source) ||
    compareText(a.ownership, b.ownership) ||
    compareText(a.contributor ?? '', b.contributor ?? '')
  );
}

/** By code unit: a locale has no say in the order of slugs. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
