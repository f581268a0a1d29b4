/**
 * What corrections would change, before anybody makes them: one meter's days accounted once by the rules as
 * they would be, by the worker's own functions, and compared with what is stored. Writes nothing.
 */
import { localDateOf, periodRange, type InstantRange } from '#lib/energy/calendar.ts';
import { overlayOf } from '#lib/energy/correction.ts';
import { DAY_MS, INTERVAL_MS, type EnergyInterval } from '#lib/energy/interval.ts';
import type { MeterRef } from '#lib/energy/reading.ts';
import { daysOfRanges, type Correction } from '#lib/registry/correction.ts';
import { missionOf } from '#lib/registry/lookup.ts';
import { rulesOf, type ProfileRules } from '#lib/registry/meter-rules.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { Store } from '#lib/server/store/store.ts';
import { openAccount, recount, takeChanged } from '../account/meter-account.ts';
import { Pace } from '../account/pace.ts';
import { recomputeMeter } from '../account/recompute-meter.ts';

const FIGURES = ['forwardWh', 'reverseWh', 'fuelMl', 'implausibleWh'] as const;
export type DayFigures = Record<(typeof FIGURES)[number], number>;

export interface DayChange {
  /** local date of the mission */
  readonly date: string;
  readonly before: DayFigures;
  readonly after: DayFigures;
}

export interface PreviewParts {
  readonly store: Store;
  readonly registry: Registry;
  readonly profileRules: ProfileRules;
  /** the first UTC day of which all raw readings are kept: earlier ones stand */
  readonly keptFromDay: number;
}

/**
 * The local days whose energy or fuel would change when `corrections` hold of `meter` instead of those that
 * the accounts were made by; `moved` are the ranges that are not the same in both.
 * @throws AppError of the store
 */
export async function previewChanges(
  meter: MeterRef,
  corrections: readonly Pick<Correction, 'from' | 'to' | 'effect'>[],
  moved: readonly InstantRange[],
  { store, registry, profileRules, keptFromDay }: PreviewParts,
): Promise<DayChange[]> {
  const overlay = overlayOf(corrections);
  const rules = { ...rulesOf(registry, meter, profileRules), ...(overlay && { overlay }) };
  const account = openAccount(meter, rules);
  recount(account, rules, daysOfRanges(moved));
  await recomputeMeter(account, { store, pace: new Pace(), keptFromDay });
  const days = takeChanged(account);
  const { zone } = missionOf(registry, meter.mission) ?? { zone: 'UTC' };
  const dates = new Set<string>();
  for (const { day } of days) {
    for (const at of [day * DAY_MS, (day + 1) * DAY_MS - 1]) dates.add(localDateOf(at, zone));
  }
  const sorted = [...dates].sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return [];
  const range = periodRange({ from: first, to: last }, zone);
  const stored = await store.readIntervals([meter], range);
  const before = new Map(stored.map((interval) => [interval.start, interval as EnergyInterval]));
  const after = new Map(before);
  for (const { day, intervals } of days) {
    intervals.forEach((interval, place) => {
      const start = day * DAY_MS + place * INTERVAL_MS;
      if (interval === null) after.delete(start);
      else if (start >= range.from && start < range.to) after.set(start, interval);
    });
  }
  const [sumsBefore, sumsAfter] = [byDate(before, zone), byDate(after, zone)];
  return sorted.flatMap((date) => {
    const change = {
      date,
      before: sumsBefore.get(date) ?? nothing(),
      after: sumsAfter.get(date) ?? nothing(),
    };
    return FIGURES.some((name) => change.before[name] !== change.after[name]) ? [change] : [];
  });
}

function nothing(): DayFigures {
  return { forwardWh: 0, reverseWh: 0, fuelMl: 0, implausibleWh: 0 };
}

function byDate(intervals: ReadonlyMap<number, EnergyInterval>, zone: string): Map<string, DayFigures> {
  const sums = new Map<string, DayFigures>();
  for (const [start, interval] of intervals) {
    const date = localDateOf(start, zone);
    const sum = sums.get(date) ?? nothing();
    sums.set(date, sum);
    for (const name of FIGURES) sum[name] += interval[name];
  }
  return sums;
}
