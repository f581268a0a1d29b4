/**
 * What accounting must not hand a store: faults of our own code, found before anything is written. These
 * throw; they are neither bad data nor an outage.
 */
import { INTERVALS_PER_DAY, type MeterDay } from '../../energy/interval.ts';
import { LEDGER_AMOUNTS, type LedgerEntry, type LedgerLevel } from '../../energy/ledger.ts';
import { isSlug } from '../../energy/reading.ts';
import { INTERVAL_FIELDS, POWER_FIELDS } from './fields.ts';
import type { LedgerScope } from './store.ts';

const PERIOD: Readonly<Record<LedgerLevel, RegExp>> = {
  day: /^\d{4}-\d{2}-\d{2}$/,
  month: /^\d{4}-\d{2}$/,
};

/** @throws TypeError naming the meter and the day */
export function assertMeterDays(days: readonly MeterDay[]): void {
  for (const { meter, day, intervals } of days) {
    const where = `${meter.key}, day ${String(day)}`;
    if (![meter.mission, meter.camp, meter.meter].every(isSlug))
      throw new TypeError(`${where}: no valid slugs`);
    if (!Number.isSafeInteger(day)) throw new TypeError(`${where}: a day is a whole number`);
    if (intervals.length !== INTERVALS_PER_DAY) {
      throw new TypeError(
        `${where}: ${String(intervals.length)} intervals instead of ${String(INTERVALS_PER_DAY)}`,
      );
    }
    for (const interval of intervals) {
      if (interval === null) continue;
      const odd =
        INTERVAL_FIELDS.find((name) => !Number.isFinite(interval[name])) ??
        POWER_FIELDS.find((name) => interval[name] !== null && !Number.isFinite(interval[name]));
      if (odd !== undefined) throw new TypeError(`${where}: ${odd} is ${String(interval[odd])}`);
    }
  }
}

/** @throws TypeError naming the entry */
export function assertLedger(entries: readonly LedgerEntry[]): void {
  for (const entry of entries) {
    const where = `ledger ${entry.level} ${entry.mission}/${entry.camp} ${entry.period}`;
    if (!isSlug(entry.mission) || !isSlug(entry.camp)) throw new TypeError(`${where}: no valid slugs`);
    if (!PERIOD[entry.level].test(entry.period)) throw new TypeError(`${where}: no valid period`);
    const odd = LEDGER_AMOUNTS.find((name) => !Number.isFinite(entry[name]));
    if (odd !== undefined) throw new TypeError(`${where}: ${odd} is ${String(entry[odd])}`);
  }
}

/** @throws TypeError when an entry lies outside of the camp and period that are being replaced */
export function assertScope(scope: LedgerScope, entries: readonly LedgerEntry[]): void {
  assertLedger(entries);
  for (const { mission, camp, level, period } of entries) {
    if (
      mission !== scope.mission ||
      camp !== scope.camp ||
      level !== scope.level ||
      period !== scope.period
    ) {
      throw new TypeError(
        `a ledger entry of ${mission}/${camp} ${period} does not belong to ${scope.mission}/${scope.camp} ${scope.period}`,
      );
    }
  }
}
