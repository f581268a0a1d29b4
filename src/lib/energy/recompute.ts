/**
 * Recomputation: whole UTC days of one meter from their raw readings and the state the first of them starts
 * with. It runs the very function of the fast path and keeps what falls into the days asked for, so the
 * result is the same to the byte, however the days are divided into ranges.
 */
import { takeReading } from './account.ts';
import type { MeterRules } from './account-rules.ts';
import { cloneState, type AccountState } from './account-state.ts';
import { isSettled } from './checkpoint.ts';
import { withReplacements } from './correction.ts';
import { DAY_MS, emptyInterval, INTERVALS_PER_DAY, type EnergyInterval } from './interval.ts';
import type { Reading } from './reading.ts';
import type { IntervalAt } from './spread.ts';

export interface DaysToRecompute {
  /** what `firstDay` starts with: `MeterDay.start`, or `initialState()` where nothing came before */
  readonly start: AccountState;
  /** UTC days since 1970-01-01, both inclusive */
  readonly firstDay: number;
  readonly lastDay: number;
  /**
   * One meter's readings of those days as {@link mergeReadings} leaves them, and those that come after until
   * every channel has spoken again: the first one is enough where every reading tells every channel. Taken
   * only as far as needed, so an iterator that reads page by page may stop early.
   */
  readonly readings: Iterable<Reading>;
  readonly rules: MeterRules;
  /** the meter's state as the fast path has it, when there is one: see {@link isSettled} */
  readonly newest?: AccountState;
}

export interface RecomputedDays {
  /** one entry per day of the range: 96 places, null where nothing is known */
  readonly days: Map<number, (EnergyInterval | null)[]>;
  /** what each day of the range starts with */
  readonly startStates: Map<number, AccountState>;
  /** as of the last reading before the range ends: what the day after `lastDay` starts with */
  readonly end: AccountState;
  /** false when a reading after those given may still add to these days: more were to be given, or none exist yet */
  readonly settled: boolean;
}

/**
 * @throws RangeError when readings are not ascending, not merged, or lie before `firstDay`: the caller asked
 * for something else than it gave
 */
export function recomputeDays(task: DaysToRecompute): RecomputedDays {
  const { start, firstDay, lastDay, readings, rules, newest } = task;
  const endAt = (lastDay + 1) * DAY_MS;
  const days = emptyDays(firstDay, lastDay);
  const intervalAt = keepOnly(days);
  const startStates = new Map<number, AccountState>();
  const state = cloneState(start);
  let end: AccountState | null = null;
  let nextDay = firstDay;
  const closeDaysUntil = (day: number): void => {
    for (; nextDay <= Math.min(day, lastDay); nextDay++) startStates.set(nextDay, cloneState(state));
    if (day > lastDay && end === null) end = cloneState(state);
  };
  for (const { at, values } of readings) {
    if (at < firstDay * DAY_MS) throw new RangeError(`Reading at ${at} lies before day ${firstDay}.`);
    closeDaysUntil(Math.floor(at / DAY_MS));
    if (end !== null && isSettled(state, endAt, newest)) break;
    takeReading(state, at, values, rules, intervalAt);
  }
  closeDaysUntil(lastDay + 1);
  for (const [day, intervals] of days) days.set(day, withReplacements(day, intervals, rules.overlay));
  return { days, startStates, end: end ?? cloneState(state), settled: isSettled(state, endAt, newest) };
}

function emptyDays(firstDay: number, lastDay: number): Map<number, (EnergyInterval | null)[]> {
  const days = new Map<number, (EnergyInterval | null)[]>();
  for (let day = firstDay; day <= lastDay; day++) days.set(day, Array<null>(INTERVALS_PER_DAY).fill(null));
  return days;
}

/** Intervals of the given days; what falls outside them goes to a place nobody reads. */
function keepOnly(days: ReadonlyMap<number, (EnergyInterval | null)[]>): IntervalAt {
  const elsewhere = emptyInterval();
  return (index) => {
    const intervals = days.get(Math.floor(index / INTERVALS_PER_DAY));
    if (intervals === undefined) return elsewhere;
    const place = index - Math.floor(index / INTERVALS_PER_DAY) * INTERVALS_PER_DAY;
    return (intervals[place] ??= emptyInterval());
  };
}

/**
 * One meter's readings in the order of time, those of one instant merged field by field; the last value of
 * a field wins, so what was delivered twice changes nothing. The readings given are left as they are.
 * @throws RangeError when they are not of one meter
 */
export function mergeReadings(readings: Iterable<Reading>): Reading[] {
  const sorted = [...readings].sort((a, b) => a.at - b.at);
  const merged: Reading[] = [];
  for (const reading of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && last.meter.key !== reading.meter.key) {
      throw new RangeError(`Readings of ${last.meter.key} and ${reading.meter.key} can't be merged.`);
    }
    if (last?.at !== reading.at) merged.push(reading);
    else merged[merged.length - 1] = { ...last, values: { ...last.values, ...reading.values } };
  }
  return merged;
}
