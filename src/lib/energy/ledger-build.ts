/**
 * Interval energy → ledger: the entries of one camp's local day as the sums of its cells
 * (ledger-split.ts), and of a local month as the sums of its days.
 */
import { monthOf } from './calendar.ts';
import { splitCampDay, type CampDay, type LedgerCell } from './ledger-split.ts';
import { addAmounts, emptyTally, type LedgerEntry, type LedgerTally } from './ledger.ts';
import { bySourceAndOwner } from './source.ts';

/** The day's ledger entries, one for each source, ownership and contributor that has any interval known; Wh, mL and W·s. */
export function buildLedgerDay(day: CampDay): LedgerEntry[] {
  const { mission, camp, date } = day;
  const groups = Map.groupBy(splitCampDay(day), keyOf);
  const entries: LedgerEntry[] = [];
  for (const [first, ...rest] of groups.values()) {
    if (first === undefined) continue;
    const { start: _, amounts, ...owned } = first;
    for (const cell of rest) addAmounts(amounts, cell.amounts);
    entries.push({ level: 'day', mission, camp, ...owned, period: date, ...amounts });
  }
  return entries.sort(bySourceAndOwner);
}

function keyOf({ source, ownership, contributor = '' }: Omit<LedgerCell, 'start' | 'amounts'>): string {
  return `${source} ${ownership} ${contributor}`;
}

/** Month entries as the sums of day entries, by mission, camp, month, source, ownership and contributor; in order of first appearance. */
export function buildLedgerMonth(days: Iterable<LedgerEntry>): LedgerEntry[] {
  const groups = new Map<string, { head: LedgerEntry; tally: LedgerTally }>();
  for (const day of days) {
    const period = monthOf(day.period);
    const key = [day.mission, day.camp, period, keyOf(day)].join(' ');
    let group = groups.get(key);
    if (group === undefined) {
      group = { head: { ...day, level: 'month', period }, tally: emptyTally() };
      groups.set(key, group);
    }
    addAmounts(group.tally, day);
  }
  return [...groups.values()].map(({ head, tally }) => ({ ...head, ...tally }));
}
