/**
 * A replay: one meter's raw readings taken in again from a known start, page by page and by the very function
 * of the fast path, until a day starts as it already did or the readings end. What it made is only put in
 * place when it is whole, so a fault in the middle leaves the account as it was.
 */
import { takeReading } from '#lib/energy/account.ts';
import type { MeterRules } from '#lib/energy/account-rules.ts';
import { cloneState, isSameState, type AccountState } from '#lib/energy/account-state.ts';
import { enterDays, isSettled, utcDayOf } from '#lib/energy/checkpoint.ts';
import {
  DAY_MS,
  emptyInterval,
  INTERVALS_PER_DAY,
  type EnergyInterval,
  type MeterDay,
} from '#lib/energy/interval.ts';
import type { MeterRef, Values } from '#lib/energy/reading.ts';
import { readingPages } from '#lib/server/store/reading-pages.ts';
import type { Store } from '#lib/server/store/store.ts';
import { unknownDay } from './meter-account.ts';
import type { Pace } from './pace.ts';

export type RawStore = Pick<
  Store,
  'readReadings' | 'readingBefore' | 'readingFrom' | 'readMeterDay' | 'lastMeterDay'
>;

export interface Course {
  readonly meter: MeterRef;
  readonly rules: MeterRules;
  /** the UTC day to begin with, and what it starts with */
  readonly firstDay: number;
  readonly start: AccountState;
  /** not before the day after this one may the replay stop; Infinity: not before the readings end */
  readonly lateDay: number;
  /** where the account stood when the replay began; null when nobody knows */
  readonly newest: AccountState | null;
  /** what the day starts with in the accounts as they are, and undefined when they have no such day */
  readonly startOf: (day: number) => Promise<AccountState | undefined>;
}

export interface Replayed {
  readonly days: ReadonlyMap<number, MeterDay>;
  /** the first day that was left as it is; Infinity when the replay reached the newest reading */
  readonly stopDay: number;
  /** as of the newest reading, when it was reached */
  readonly end: AccountState;
  /** the readings newer than the account's that the replay met and took in */
  readonly met: ReadonlyMap<number, Values>;
}

/** @throws AppError of the store; Stopped */
export async function replay(course: Course, store: RawStore, pace: Pace): Promise<Replayed> {
  const { meter, rules, firstDay, newest } = course;
  const days = new Map<number, MeterDay>();
  const met = new Map<number, Values>();
  const state = cloneState(course.start);
  const intervalAt = intervalsIn(days);
  let stopDay = Infinity;

  for await (const page of readingPages(store, meter, firstDay * DAY_MS)) {
    await pace.rest();
    // Without a state to compare with, only the newest page is remembered: what waits meanwhile is of now.
    if (newest === null) met.clear();
    for (const { at, values } of page) {
      if (stopDay === Infinity && entersDay(state, at)) {
        stopDay = await firstDayAsBefore(course, state, at);
        enterDays(state, at, (day, start) => {
          if (day >= firstDay && day < stopDay) days.set(day, { meter, day, start, intervals: unknownDay() });
        });
      }
      // Energy across midnight belongs to both days: read on until every channel has spoken again.
      if (stopDay < Infinity && isSettled(state, stopDay * DAY_MS, newest ?? undefined))
        return { days, stopDay, end: state, met };
      takeReading(state, at, values, rules, intervalAt);
      if (newest === null || newest.lastAt === null || at > newest.lastAt) met.set(at, values);
    }
  }
  return { days, stopDay, end: state, met };
}

function entersDay({ lastAt }: AccountState, at: number): boolean {
  return lastAt === null || utcDayOf(lastAt) !== utcDayOf(at);
}

/** The first day a reading at `at` enters that starts as it already did; Infinity when it may or does not. */
async function firstDayAsBefore(course: Course, state: AccountState, at: number): Promise<number> {
  const entered = state.lastAt === null ? utcDayOf(at) : utcDayOf(state.lastAt) + 1;
  for (let day = Math.max(entered, course.lateDay + 1); day <= utcDayOf(at); day += 1) {
    const before = await course.startOf(day);
    if (before !== undefined) return isSameState(before, state) ? day : Infinity;
  }
  return Infinity;
}

/** Where energy of the days made goes; what falls outside them goes to a place nobody reads. */
function intervalsIn(days: ReadonlyMap<number, MeterDay>): (index: number) => EnergyInterval {
  const elsewhere = emptyInterval();
  return (index) => {
    const day = Math.floor(index / INTERVALS_PER_DAY);
    const intervals = days.get(day)?.intervals;
    if (intervals === undefined) return elsewhere;
    return (intervals[index - day * INTERVALS_PER_DAY] ??= emptyInterval());
  };
}
