/**
 * A meter accounted anew by other rules, from its raw readings and without writing anything: what the worker
 * would make of it. Packed day by day, because years of a camp's meters are held at once.
 */
import { takeReading } from '../../energy/account.ts';
import { initialState } from '../../energy/account-state.ts';
import { utcDayOf } from '../../energy/checkpoint.ts';
import { withReplacements } from '../../energy/correction.ts';
import {
  DAY_MS,
  emptyInterval,
  INTERVAL_MS,
  INTERVALS_PER_DAY,
  type EnergyInterval,
} from '../../energy/interval.ts';
import type { MeterRef } from '../../energy/reading.ts';
import { daysOfRanges } from '../../registry/correction.ts';
import type { MeterRules } from '../../registry/meter-rules.ts';
import { readingPages } from '../store/reading-pages.ts';
import { decodeIntervals, encodeIntervals } from '../store/sqlite/interval-codec.ts';
import type { Store, TimeRange } from '../store/store.ts';

export interface RecountedMeter {
  readonly meter: MeterRef;
  /** UTC days since 1970-01-01, both inclusive; `lastDay` lies before `firstDay` when it never spoke */
  readonly firstDay: number;
  readonly lastDay: number;
  /** epoch ms: what is stored before it stands; `-Infinity` while all raw readings are kept */
  readonly closedBefore: number;
  /** the known intervals of a range, by the epoch ms of their first instant */
  intervalsIn(range: TimeRange): Map<number, EnergyInterval>;
}

type Days = Map<number, (EnergyInterval | null)[]>;

function unknownDay(): (EnergyInterval | null)[] {
  return Array<null>(INTERVALS_PER_DAY).fill(null);
}

function intervalIn(days: Days): (index: number) => EnergyInterval {
  return (index) => {
    const day = Math.floor(index / INTERVALS_PER_DAY);
    let intervals = days.get(day);
    if (intervals === undefined) {
      intervals = unknownDay();
      days.set(day, intervals);
    }
    return (intervals[index - day * INTERVALS_PER_DAY] ??= emptyInterval());
  };
}

/** Reads all of the meter's readings, of which all since the UTC day `keptFromDay` are there. @throws AppError */
export async function recountMeter(
  store: Pick<Store, 'readReadings' | 'readingFrom'>,
  meter: MeterRef,
  { rules, keptFromDay }: { readonly rules: MeterRules; readonly keptFromDay: number },
): Promise<RecountedMeter> {
  const first = await store.readingFrom(meter, 0);
  const days: Days = new Map();
  const firstDay = first === undefined ? 0 : utcDayOf(first.at);
  const state = initialState();
  const intervalAt = intervalIn(days);
  if (first !== undefined) {
    for await (const page of readingPages(store, meter, firstDay * DAY_MS)) {
      for (const { at, values } of page) takeReading(state, at, values, rules, intervalAt);
    }
  }
  const filled = daysOfRanges(rules.overlay?.replacements ?? []);
  const packed = new Map<number, Uint8Array>();
  for (const day of new Set([...days.keys(), ...filled])) {
    const metered = days.get(day) ?? unknownDay();
    packed.set(day, encodeIntervals(withReplacements(day, metered, rules.overlay)));
  }
  return {
    meter,
    firstDay: Math.max(firstDay, keptFromDay),
    lastDay: state.lastAt === null ? -1 : utcDayOf(state.lastAt),
    closedBefore: keptFromDay * DAY_MS,
    intervalsIn: ({ from: start, to }) =>
      unpacked(packed, { from: Math.max(start, keptFromDay * DAY_MS), to }),
  };
}

function unpacked(
  packed: ReadonlyMap<number, Uint8Array>,
  { from, to }: TimeRange,
): Map<number, EnergyInterval> {
  const found = new Map<number, EnergyInterval>();
  for (let day = Math.floor(from / DAY_MS); day * DAY_MS < to; day += 1) {
    const bytes = packed.get(day);
    if (bytes === undefined) continue;
    for (const [place, interval] of decodeIntervals(bytes).entries()) {
      const start = day * DAY_MS + place * INTERVAL_MS;
      if (interval !== null && start >= from && start < to) found.set(start, interval);
    }
  }
  return found;
}
