/**
 * Writes changed meter days with the ledger they move, in bounded pieces and in an order that a crash between
 * any two of them cannot harm: the ledger first, then the days, the newest first.
 *
 * Recomputation after a crash begins at the oldest marked day and stops at a day that starts as the stored
 * one does. Newest first means that whenever it stops, all later days are new ones; ledger first means that
 * their ledger is new as well.
 */
import type { MeterDay } from '#lib/energy/interval.ts';
import type { LedgerEntry } from '#lib/energy/ledger.ts';
import type { Store } from '#lib/server/store/store.ts';
import { campMonthsOf, ledgerOfMonth, type CampMonth, type LedgerOfMonth } from './ledger-room.ts';
import type { LedgerSources } from './ledger-room.ts';
import type { Pace } from './pace.ts';

/** Meter days, or ledger entries, written at once. */
const PIECE = 200;

export interface WriteParts extends LedgerSources {
  readonly store: Pick<Store, 'readIntervals' | 'readLedger' | 'writeAccounts' | 'replaceLedger'>;
  readonly pace: Pace;
}

/** Returns how many ledger entries were written. @throws AppError; Stopped */
export async function writeDays(days: readonly MeterDay[], parts: WriteParts): Promise<number> {
  const { store, pace, registry } = parts;
  const entries: LedgerEntry[] = [];
  let written = 0;
  const writeEntries = async (): Promise<void> => {
    if (entries.length === 0) return;
    written += entries.length;
    await store.writeAccounts([], entries.splice(0));
    await pace.rest();
  };
  for (const campMonth of campMonthsOf(days, registry)) {
    const ledger = await ledgerOfMonth(campMonth, parts, pace);
    if (ledger.shrunk.size > 0) await removeLost(campMonth, ledger, store);
    entries.push(...ledger.days, ...ledger.month);
    if (entries.length >= PIECE) await writeEntries();
  }
  await writeEntries();
  const newestFirst = [...days].sort((a, b) => b.day - a.day);
  for (let i = 0; i < newestFirst.length; i += PIECE) {
    await store.writeAccounts(newestFirst.slice(i, i + PIECE), []);
    await pace.rest();
  }
  return written;
}

/** A source of which nothing is known any more leaves no entry behind. */
async function removeLost(
  { mission, camp, month }: CampMonth,
  ledger: LedgerOfMonth,
  store: Pick<Store, 'replaceLedger'>,
): Promise<void> {
  for (const period of ledger.shrunk) {
    const entries = ledger.days.filter((entry) => entry.period === period);
    await store.replaceLedger({ mission, camp, level: 'day', period }, entries);
  }
  await store.replaceLedger({ mission, camp, level: 'month', period: month }, ledger.month);
}
