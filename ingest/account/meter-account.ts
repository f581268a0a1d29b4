/**
 * The running account of one meter: in-order readings go the fast path into the days held in memory; late
 * ones, and those of days no longer held, only note what has to be recomputed from raw.
 */
import { takeReading } from '#lib/energy/account.ts';
import type { MeterRules } from '#lib/energy/account-rules.ts';
import type { AccountState } from '#lib/energy/account-state.ts';
import { enterDays, utcDayOf } from '#lib/energy/checkpoint.ts';
import { withReplacements } from '#lib/energy/correction.ts';
import {
  emptyInterval,
  INTERVALS_PER_DAY,
  type EnergyInterval,
  type MeterDay,
} from '#lib/energy/interval.ts';
import type { MeterRef, Reading } from '#lib/energy/reading.ts';

/** The instants of a day's late readings; 'any' where they are not known, or too many to keep. */
export type LateInstants = Set<number> | 'any';

export interface MeterAccount {
  readonly meter: MeterRef;
  rules: MeterRules;
  /** null until the account was brought up from the store */
  state: AccountState | null;
  /** days held in memory: those changed since they were last stored, and the newest two */
  readonly days: Map<number, MeterDay>;
  readonly changed: Set<number>;
  /** days a correction fills, or filled until now, outside the time the meter ever spoke: to be stored */
  readonly outside: Map<number, MeterDay>;
  /** UTC days to recompute from raw */
  readonly late: Map<number, LateInstants>;
  /** the rules changed: everything is accounted anew */
  isToRestart: boolean;
  /** while recomputation reads the store, what comes in waits here */
  waiting: Reading[] | null;
}

/** Days kept in memory after they were stored: the newest, and the one before for its local days. */
const DAYS_KEPT = 2;
/** Late instants kept of a day; beyond, all of the day's readings count as late. */
const MAX_LATE_INSTANTS = 200;
const IN_NO_DAY = emptyInterval();

export function openAccount(meter: MeterRef, rules: MeterRules): MeterAccount {
  return {
    meter,
    rules,
    state: null,
    days: new Map(),
    changed: new Set(),
    outside: new Map(),
    late: new Map(),
    isToRestart: false,
    waiting: null,
  };
}

/** Takes one stored reading. What is not in order is noted as late. */
export function take(account: MeterAccount, reading: Reading): void {
  const { state } = account;
  if (account.waiting !== null) {
    account.waiting.push(reading);
    return;
  }
  if (state === null || (state.lastAt !== null && reading.at <= state.lastAt)) {
    noteLate(account, reading.at);
    return;
  }
  if (state.lastAt === null || utcDayOf(state.lastAt) !== utcDayOf(reading.at))
    openDays(account, state, reading.at);
  takeReading(state, reading.at, reading.values, account.rules, (index) => intervalOf(account, index));
}

export function noteLate(account: MeterAccount, at: number): void {
  const day = utcDayOf(at);
  const instants = account.late.get(day);
  if (instants === undefined) account.late.set(day, new Set([at]));
  else if (instants === 'any') return;
  else if (instants.size < MAX_LATE_INSTANTS) instants.add(at);
  else account.late.set(day, 'any');
}

/** Any of the day's readings may be late. */
export function noteLateDay(account: MeterAccount, day: number): void {
  account.late.set(day, 'any');
}

/** Whether the account has anything to recompute. */
export function isLate(account: MeterAccount): boolean {
  return account.isToRestart || account.late.size > 0;
}

/** The whole account anew, from the first reading on. */
export function restart(account: MeterAccount, rules: MeterRules): void {
  account.rules = rules;
  account.isToRestart = true;
  account.state = null;
  account.days.clear();
  account.changed.clear();
}

/** Other corrections hold of these days. The state may go another way from there: it is found by recomputation. */
export function recount(account: MeterAccount, rules: MeterRules, days: Iterable<number>): void {
  account.rules = rules;
  account.state = null;
  for (const day of days) noteLateDay(account, day);
}

function openDays(account: MeterAccount, state: AccountState, at: number): void {
  enterDays(state, at, (day, start) => {
    account.days.set(day, { meter: account.meter, day, start, intervals: unknownDay() });
    account.changed.add(day);
  });
}

export function unknownDay(): (EnergyInterval | null)[] {
  return Array<EnergyInterval | null>(INTERVALS_PER_DAY).fill(null);
}

function intervalOf(account: MeterAccount, index: number): EnergyInterval {
  const day = Math.floor(index / INTERVALS_PER_DAY);
  const held = account.days.get(day);
  if (held === undefined) {
    // A channel speaks again after so long that its last day has left memory: that day is recomputed.
    noteLateDay(account, day);
    return IN_NO_DAY;
  }
  account.changed.add(day);
  const place = index - day * INTERVALS_PER_DAY;
  return (held.intervals[place] ??= emptyInterval());
}

/**
 * The days changed since this was last called, as they are now: an interval that becomes known while they are
 * being written belongs to the next time.
 */
export function takeChanged(account: MeterAccount): MeterDay[] {
  const days: MeterDay[] = [];
  for (const day of account.changed) {
    const held = account.days.get(day);
    if (held !== undefined) days.push(corrected(account, held));
  }
  for (const [day, filled] of account.outside) {
    if (!account.days.has(day)) days.push(corrected(account, filled));
  }
  account.changed.clear();
  return days;
}

/** A day in memory as it is to be stored; undefined when only the store has it. */
export function heldDay(account: MeterAccount, day: number): MeterDay | undefined {
  const held = account.days.get(day) ?? account.outside.get(day);
  return held && corrected(account, held);
}

function corrected({ rules }: MeterAccount, day: MeterDay): MeterDay {
  return { ...day, intervals: withReplacements(day.day, day.intervals, rules.overlay) };
}

/** Lets go of stored days but the newest. */
export function forgetOldDays(account: MeterAccount): void {
  if (account.days.size <= DAYS_KEPT) return;
  const newest = Math.max(...account.days.keys());
  for (const day of account.days.keys()) {
    if (day <= newest - DAYS_KEPT && !account.changed.has(day)) account.days.delete(day);
  }
}
