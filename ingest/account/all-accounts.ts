/** The running accounts of all meters: opened as meters appear, changed days taken out of them to be written. */
import { cloneState, initialState, type AccountState } from '#lib/energy/account-state.ts';
import type { MeterDay } from '#lib/energy/interval.ts';
import type { MeterRef } from '#lib/energy/reading.ts';
import type { MeterRules } from '#lib/registry/meter-rules.ts';
import {
  forgetOldDays,
  heldDay,
  isLate,
  openAccount,
  takeChanged,
  type MeterAccount,
} from './meter-account.ts';

export interface Snapshot {
  readonly days: readonly MeterDay[];
  /** of every meter with such a day: where it stands with them; null when something is late, and nobody can say */
  readonly states: ReadonlyMap<string, AccountState | null>;
}

export class AllAccounts {
  readonly #accounts = new Map<string, MeterAccount>();
  readonly #rulesOf: (meter: MeterRef) => MeterRules;
  #areOthersNew = false;

  constructor(rulesOf: (meter: MeterRef) => MeterRules) {
    this.#rulesOf = rulesOf;
  }

  of(meter: MeterRef): MeterAccount {
    let account = this.#accounts.get(meter.key);
    if (account === undefined) {
      account = openAccount(meter, this.#rulesOf(meter));
      if (this.#areOthersNew) account.state = initialState();
      this.#accounts.set(meter.key, account);
    }
    return account;
  }

  /**
   * From now on a meter without an account is one that the store holds nothing of: it begins at its first reading, and the
   * store need not be asked what came before.
   */
  takeOthersAsNew(): void {
    this.#areOthersNew = true;
  }

  late(): MeterAccount[] {
    return [...this.#accounts.values()].filter(isLate);
  }

  isLate(meter: string): boolean {
    const account = this.#accounts.get(meter);
    return account !== undefined && isLate(account);
  }

  /** A day in memory: as new as what was taken. */
  readonly held = (meter: MeterRef, day: number): MeterDay | undefined => {
    const account = this.#accounts.get(meter.key);
    return account && heldDay(account, day);
  };

  /** The days changed since this was last asked and the states that belong to them, of one moment. */
  takeChanged(): Snapshot {
    const touched = [...this.#accounts.values()].filter(
      ({ changed, outside }) => changed.size > 0 || outside.size > 0,
    );
    const states = touched.map((account) => {
      const { state } = account;
      return [account.meter.key, state === null || isLate(account) ? null : cloneState(state)] as const;
    });
    return { days: touched.flatMap(takeChanged), states: new Map(states) };
  }

  /** The days could not be written: they have changed again. */
  putBack({ days }: Snapshot): void {
    for (const { meter, day } of days) {
      const account = this.#accounts.get(meter.key);
      if (account?.days.has(day) === true) account.changed.add(day);
    }
  }

  /** The days are in the store: memory keeps only the newest. */
  forgetOld({ days, states }: Snapshot): void {
    for (const { meter, day } of days) this.#accounts.get(meter.key)?.outside.delete(day);
    for (const key of states.keys()) {
      const account = this.#accounts.get(key);
      if (account !== undefined) forgetOldDays(account);
    }
  }
}
