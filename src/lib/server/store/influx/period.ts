/**
 * Local periods as InfluxDB's times: a local date stands at that date's UTC midnight, a month at its first.
 * The zone plays no part: the date was already computed with it.
 */
import type { LedgerLevel } from '../../../energy/ledger.ts';

/** `2026-11-24` or `2026-11` → epoch ms. @throws TypeError for anything else */
export function periodAt(period: string): number {
  const at = /^\d{4}-\d{2}(-\d{2})?$/.test(period)
    ? Date.parse(`${period.length === 7 ? `${period}-01` : period}T00:00:00Z`)
    : NaN;
  if (Number.isNaN(at)) throw new TypeError(`${JSON.stringify(period)} is no date and no month`);
  return at;
}

/** The inverse of {@link periodAt}. */
export function periodOf(at: number, level: LedgerLevel): string {
  return new Date(at).toISOString().slice(0, level === 'month' ? 7 : 10);
}
