/**
 * The accounts: stored readings → interval energy → ledger. Readings are taken in memory as they come; every
 * second or so the days that changed are written together with the ledger entries they move.
 *
 * The accounts are derived and never the truth: whatever is unsure (late readings, a crash, a changed
 * registry) is recomputed from raw readings, and the result is the same to the byte.
 */
import type { MeterDay } from '#lib/energy/interval.ts';
import { parseMeterKey, type MeterRef, type Reading } from '#lib/energy/reading.ts';
import { rulesOf, type ProfileRegisters } from '#lib/registry/meter-rules.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { Store } from '#lib/server/store/store.ts';
import type { Bookmarks } from './bookmarks.ts';
import { campDatesOf, ledgerOfDay, ledgerOfMonths, type HeldDay } from './ledger-room.ts';
import {
  forgetOldDays,
  isLate,
  noteLate,
  openAccount,
  take,
  takeChanged,
  type MeterAccount,
} from './meter-account.ts';
import { recomputeMeter } from './recompute-meter.ts';
import { planRestatement, restateCamp } from './restate.ts';

export interface AccountantParts {
  readonly store: Store;
  readonly bookmarks: Bookmarks;
  readonly registry: Registry;
  readonly registerDefaults: (meter: MeterRef) => ProfileRegisters;
  readonly onFault: (error: unknown) => void;
}

export interface AccountCounters {
  flushes: number;
  failedFlushes: number;
  recomputedMeters: number;
  daysWritten: number;
  ledgerEntriesWritten: number;
  lastFlushMs: number;
}

export interface Accountant {
  /** Marks what a crash left open and what a registry changed while away has moved. @throws AppError */
  start(): Promise<void>;
  /** Takes stored readings. Synchronous and cheap; never fails. */
  take(readings: readonly Reading[]): void;
  /** The registry changed: what it moves is recomputed with the next flushes. @throws AppError */
  useRegistry(registry: Registry, registerDefaults: (meter: MeterRef) => ProfileRegisters): Promise<void>;
  /** Brings the store up to date with all that was taken. False when a fault left some for later. */
  flush(): Promise<boolean>;
  readonly counters: AccountCounters;
  /** meters whose late readings are not taken in yet */
  lateMeters(): number;
}

export function createAccountant(parts: AccountantParts): Accountant {
  const { store, bookmarks } = parts;
  const accounts = new Map<string, MeterAccount>();
  const campsToRestate = new Map<string, { mission: string; camp: string }>();
  const counters: AccountCounters = {
    flushes: 0,
    failedFlushes: 0,
    recomputedMeters: 0,
    daysWritten: 0,
    ledgerEntriesWritten: 0,
    lastFlushMs: 0,
  };
  let { registry, registerDefaults } = parts;
  let isFlushing = false;

  const held: HeldDay = (meter, day) => accounts.get(meter.key)?.days.get(day);

  function accountOf(meter: MeterRef): MeterAccount {
    let account = accounts.get(meter.key);
    if (account === undefined) {
      account = openAccount(meter, rulesOf(registry, meter, registerDefaults(meter)));
      account.state = bookmarks.savedState(meter.key) ?? null;
      accounts.set(meter.key, account);
    }
    return account;
  }

  async function flush(): Promise<boolean> {
    if (isFlushing) return false;
    isFlushing = true;
    const startedAt = performance.now();
    bookmarks.begin();
    try {
      await recomputeLate();
      await writeChanged();
      await restateCamps();
      counters.flushes += 1;
      return true;
    } catch (error) {
      bookmarks.abandon();
      counters.failedFlushes += 1;
      parts.onFault(error);
      return false;
    } finally {
      counters.lastFlushMs = performance.now() - startedAt;
      isFlushing = false;
    }
  }

  async function recomputeLate(): Promise<void> {
    for (const account of accounts.values()) {
      if (!isLate(account)) continue;
      await recomputeMeter(account, store);
      counters.recomputedMeters += 1;
    }
  }

  async function writeChanged(): Promise<void> {
    const touched = [...accounts.values()].filter(({ changed }) => changed.size > 0);
    // From here to the snapshot nothing else runs: days and states belong together.
    const days = touched.flatMap(takeChanged);
    const states = new Map(
      touched.flatMap((account) =>
        account.state === null || isLate(account)
          ? []
          : [[account.meter.key, structuredClone(account.state)]],
      ),
    );
    try {
      const changed = campDatesOf(days, registry);
      const dayEntries = [];
      for (const campDate of changed)
        dayEntries.push(...(await ledgerOfDay(campDate, registry, { held, store })));
      const monthEntries = await ledgerOfMonths(changed, dayEntries, store);
      if (days.length > 0) await store.writeAccounts(days, [...dayEntries, ...monthEntries]);
      counters.daysWritten += days.length;
      counters.ledgerEntriesWritten += dayEntries.length + monthEntries.length;
    } catch (error) {
      markChanged(days);
      throw error;
    }
    bookmarks.settle(states);
    for (const account of touched) forgetOldDays(account);
  }

  function markChanged(days: readonly MeterDay[]): void {
    for (const { meter, day } of days) accounts.get(meter.key)?.changed.add(day);
  }

  async function restateCamps(): Promise<void> {
    for (const [key, camp] of campsToRestate) {
      await restateCamp(camp, registry, store);
      campsToRestate.delete(key);
    }
    if (campsToRestate.size === 0) bookmarks.saveAccountedRegistry(registry);
  }

  async function applyRegistry(before: Registry, after: Registry): Promise<void> {
    const { meters, camps } = await planRestatement(before, after, { store, registerDefaults });
    for (const { mission, camp } of camps) campsToRestate.set(`${mission}/${camp}`, { mission, camp });
    for (const meter of meters) {
      const account = accountOf(meter);
      account.rules = rulesOf(after, meter, registerDefaults(meter));
      restart(account);
    }
  }

  return {
    counters,
    lateMeters: () => [...accounts.values()].filter(isLate).length,
    async start() {
      for (const { meter: key, fromDay, toDay } of bookmarks.standing()) {
        const ref = parseMeterKey(key);
        if (ref === undefined) continue;
        const account = accountOf(ref);
        // A mark means the saved state and the stored days may be of different moments: neither is gone on from.
        account.state = null;
        bookmarks.write([{ meter: key, fromDay, toDay }]);
        for (let day = fromDay; day <= toDay; day += 1) account.late.set(day, new Set());
      }
      for (const { meter, lastAt } of await store.listMeters()) {
        const account = accountOf(meter);
        if (account.state?.lastAt !== lastAt) noteLate(account, lastAt);
      }
      const accounted = bookmarks.accountedRegistry();
      if (accounted !== undefined) await applyRegistry(accounted, registry);
    },
    take(readings) {
      for (const reading of readings) take(accountOf(reading.meter), reading);
    },
    async useRegistry(next, defaults) {
      const before = registry;
      registry = next;
      registerDefaults = defaults;
      await applyRegistry(before, next);
    },
    flush,
  };
}

/** The whole account anew, from the first reading on. */
function restart(account: MeterAccount): void {
  account.isToRestart = true;
  account.state = null;
  account.days.clear();
  account.changed.clear();
  account.late.clear();
}
