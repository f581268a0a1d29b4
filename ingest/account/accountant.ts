/**
 * The accounts: stored readings → interval energy → ledger. Readings are taken in memory as they come; every
 * second or so the days that changed are written together with the ledger entries they move.
 *
 * The accounts are derived and never the truth: whatever is unsure (late readings, a crash, a changed
 * registry) is recomputed from raw readings, and the result is the same to the byte. A fault here is told
 * and tried again with the next flush; it never reaches delivery.
 */
import type { AccountState } from '#lib/energy/account-state.ts';
import { parseMeterKey, type Reading } from '#lib/energy/reading.ts';
import type { Correction } from '#lib/registry/correction.ts';
import type { ProfileBook } from '#lib/registry/meter-rules.ts';
import type { Registry } from '#lib/registry/types.ts';
import { AppError } from '#lib/server/errors.ts';
import { ALL_KEPT } from '../retention/kept-from.ts';
import { AllAccounts } from './all-accounts.ts';
import { Basis, type BasisParts } from './basis.ts';
import { catchUp } from './catch-up.ts';
import { noteLate, noteLateDay, take, type MeterAccount } from './meter-account.ts';
import { allSettled, Pace, Stopped } from './pace.ts';
import { recomputeMeter } from './recompute-meter.ts';
import { writeDays } from './write-days.ts';

export interface AccountantParts extends BasisParts {
  readonly onFault: (error: unknown) => void;
  readonly pace?: Pace;
  /** the first UTC day of which all raw readings are kept: stored days before it stand; default: all are kept */
  readonly keptFromDay?: () => number;
}

export interface AccountCounters {
  flushes: number;
  failedFlushes: number;
  recomputedMeters: number;
  daysWritten: number;
  ledgerEntriesWritten: number;
  lastFlushMs: number;
}

/** Changed days held in memory beyond which they are written before more is recomputed. */
const MAX_CHANGED_DAYS = 1_000;
/** Meters recomputed at the same time: most of it is waiting for the store's answers. */
const RECOMPUTED_AT_ONCE = 8;

export class Accountant {
  readonly counters: AccountCounters = {
    flushes: 0,
    failedFlushes: 0,
    recomputedMeters: 0,
    daysWritten: 0,
    ledgerEntriesWritten: 0,
    lastFlushMs: 0,
  };
  readonly #parts: AccountantParts;
  readonly #pace: Pace;
  readonly #accounts: AllAccounts;
  readonly #basis: Basis;
  /** where the accounts stood when their days were last written, until that is settled */
  readonly #unsettled = new Map<string, AccountState>();
  #isCaughtUp = false;
  #running: Promise<boolean> | undefined;

  constructor(parts: AccountantParts) {
    this.#parts = parts;
    this.#pace = parts.pace ?? new Pace();
    this.#basis = new Basis(parts);
    this.#accounts = new AllAccounts((meter) => this.#basis.rulesOf(meter));
    for (const { meter, fromDay, toDay } of parts.bookmarks.standing()) {
      // A mark means that the saved state and the stored days may be of different moments.
      const ref = parseMeterKey(meter);
      if (ref === undefined) continue;
      for (let day = fromDay; day <= toDay; day += 1) noteLateDay(this.#accounts.of(ref), day);
    }
  }

  /** Goes on from where the last run ended. When the store is away, the flushes see to it: never fails. */
  async start(): Promise<void> {
    await this.#exclusively(() => this.#catchUp());
  }

  /** Takes stored readings. Synchronous and cheap; never fails. */
  take(readings: readonly Reading[]): void {
    for (const reading of readings) {
      const account = this.#accounts.of(reading.meter);
      try {
        take(account, reading);
      } catch (error) {
        // Half taken in is worse than not at all: the account is made anew, from its day on.
        account.state = null;
        noteLate(account, reading.at);
        this.#parts.onFault(error);
      }
    }
  }

  /** What the change moves is recomputed with the next flushes. */
  useRegistry(registry: Registry, profiles?: ProfileBook): void {
    this.#basis.useRegistry(registry, profiles);
  }

  /** The days that the change moves are recomputed with the next flush. */
  useCorrections(corrections: readonly Correction[]): void {
    this.#basis.useCorrections(corrections);
  }

  /** Brings the store up to date with all that was taken. False when a fault, or a flush under way, left some for later. */
  flush(): Promise<boolean> {
    return this.#exclusively(async () => {
      const startedAt = performance.now();
      this.#parts.bookmarks.begin();
      try {
        const isWhole = await this.#bringUpToDate();
        this.counters[isWhole ? 'flushes' : 'failedFlushes'] += 1;
        return isWhole;
      } catch (error) {
        this.#parts.bookmarks.abandon();
        this.counters.failedFlushes += 1;
        throw error;
      } finally {
        this.counters.lastFlushMs = performance.now() - startedAt;
      }
    });
  }

  /** A last flush within `withinMs`; what is not done by then is recomputed at the next start. */
  async stop(withinMs: number): Promise<boolean> {
    const isDone = Promise.resolve(this.#running).then(() => this.flush());
    let timer: NodeJS.Timeout | undefined;
    const isLateNow = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, withinMs, false);
    });
    const isWhole = await Promise.race([isDone, isLateNow]);
    clearTimeout(timer);
    this.#pace.stop();
    return isWhole;
  }

  /** Meters whose late readings are not taken in yet. */
  lateMeters(): number {
    return this.#accounts.late().length;
  }

  async #exclusively(work: () => Promise<boolean>): Promise<boolean> {
    if (this.#running !== undefined) return false;
    const running = work().catch((error: unknown) => {
      if (!(error instanceof Stopped)) this.#parts.onFault(error);
      return false;
    });
    this.#running = running;
    const isWhole = await running;
    this.#running = undefined;
    return isWhole;
  }

  async #catchUp(): Promise<boolean> {
    if (this.#isCaughtUp) return true;
    const { store, bookmarks } = this.#parts;
    await catchUp({ store, bookmarks, pace: this.#pace, accountOf: (meter) => this.#accounts.of(meter) });
    this.#isCaughtUp = true;
    // Every meter the store knew has its account now.
    this.#accounts.takeOthersAsNew();
    return true;
  }

  /** False when a meter's own fault keeps it late. */
  async #bringUpToDate(): Promise<boolean> {
    const { bookmarks } = this.#parts;
    await this.#catchUp();
    const moved = await this.#basis.apply((meter) => this.#accounts.of(meter));
    for (const { key } of moved) this.#unsettled.delete(key);
    const isWhole = await this.#recompute();
    await this.#writeChanged();
    await this.#basis.restateCamps(this.#pace);
    this.#pace.assertGoing();
    bookmarks.settle(this.#unsettled, (meter) => this.#accounts.isLate(meter));
    this.#unsettled.clear();
    if (isWhole) this.#basis.save();
    return isWhole;
  }

  async #recompute(): Promise<boolean> {
    let isWhole = true;
    let changedDays = 0;
    const late = this.#accounts.late();
    for (let from = 0; from < late.length; from += RECOMPUTED_AT_ONCE) {
      const group = late.slice(from, from + RECOMPUTED_AT_ONCE);
      const done = await allSettled(group.map((account) => this.#recomputeOne(account)));
      isWhole &&= done.every(Boolean);
      for (const { changed } of group) changedDays += changed.size;
      if (changedDays < MAX_CHANGED_DAYS) continue;
      changedDays = 0;
      await this.#writeChanged();
    }
    return isWhole;
  }

  /** False for a fault of this meter's own, which must not stop the others. @throws AppError of the store; Stopped */
  async #recomputeOne(account: MeterAccount): Promise<boolean> {
    try {
      const keptFromDay = this.#parts.keptFromDay?.() ?? ALL_KEPT;
      await recomputeMeter(account, { store: this.#parts.store, pace: this.#pace, keptFromDay });
      this.counters.recomputedMeters += 1;
      return true;
    } catch (error) {
      if (error instanceof AppError || error instanceof Stopped) throw error;
      this.#parts.onFault(error);
      return false;
    }
  }

  async #writeChanged(): Promise<void> {
    const snapshot = this.#accounts.takeChanged();
    const { days, states } = snapshot;
    if (days.length === 0) return;
    for (const [meter, state] of states) {
      if (state === null) this.#unsettled.delete(meter);
      else this.#unsettled.set(meter, state);
    }
    const { store } = this.#parts;
    const parts = {
      registry: this.#basis.accountedRegistry,
      held: this.#accounts.held,
      store,
      pace: this.#pace,
    };
    try {
      this.counters.ledgerEntriesWritten += await writeDays(days, parts);
    } catch (error) {
      this.#accounts.putBack(snapshot);
      throw error;
    }
    this.counters.daysWritten += days.length;
    this.#accounts.forgetOld(snapshot);
  }
}
