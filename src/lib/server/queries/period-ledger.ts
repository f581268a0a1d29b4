/**
 * Reads the ledger of an inclusive period with as few rows as it takes: whole local months from the month
 * ledger, the days at either edge from the day ledger. Periods are local dates, so one read serves
 * missions in different zones.
 */
import { addDays, addMonths, monthOf, monthPeriod } from '../../energy/calendar.ts';
import type { LedgerEntry, LedgerLevel } from '../../energy/ledger.ts';
import type { LedgerQuery, Store } from '../store/store.ts';
import type { Period } from './types.ts';

export interface LedgerPart {
  readonly level: LedgerLevel;
  readonly from: string;
  readonly to: string;
}

/** The reads that make up `period`, ascending, without overlap or gap. */
export function ledgerParts({ from, to }: Period): LedgerPart[] {
  if (from > to) return [];
  const firstMonth = from === monthPeriod(monthOf(from)).from ? monthOf(from) : addMonths(monthOf(from), 1);
  const lastMonth = to === monthPeriod(monthOf(to)).to ? monthOf(to) : addMonths(monthOf(to), -1);
  if (firstMonth > lastMonth) return [{ level: 'day', from, to }];
  const wholeFrom = monthPeriod(firstMonth).from;
  const wholeTo = monthPeriod(lastMonth).to;
  const parts: LedgerPart[] = [];
  if (from < wholeFrom) parts.push({ level: 'day', from, to: addDays(wholeFrom, -1) });
  parts.push({ level: 'month', from: firstMonth, to: lastMonth });
  if (wholeTo < to) parts.push({ level: 'day', from: addDays(wholeTo, 1), to });
  return parts;
}

export type LedgerScope = Pick<LedgerQuery, 'mission' | 'camp' | 'sumCamps' | 'sumPeriods'>;

/** Entries of the period, of month and day level where it has whole months. @throws AppError from the store */
export async function readPeriodLedger(
  store: Store,
  period: Period,
  scope: LedgerScope,
): Promise<LedgerEntry[]> {
  const parts = await Promise.all(ledgerParts(period).map((part) => store.readLedger({ ...scope, ...part })));
  return parts.flat();
}
