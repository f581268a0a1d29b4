/**
 * Coverage of each meter over the last thirty days, day by day: what the strip on the meters' page is drawn
 * from. A day is a UTC day here, as intervals are stored; the last one is the day that runs.
 *
 * This reads every quarter of an hour of thirty days, so it is read a few meters at a time, the event loop
 * turning between (live pages go on), and kept for five minutes: of thirty days that is a ten-thousandth.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { coverageOf } from '../../energy/coverage.ts';
import { DAY_MS } from '../../energy/interval.ts';
import type { MeterRef } from '../../energy/reading.ts';
import { serviceRange } from '../../registry/in-service.ts';
import type { Meter } from '../../registry/types.ts';
import type { Store } from '../store/store.ts';
import type { QueryContext } from './types.ts';

export const COVERAGE_DAYS = 30;
const METERS_AT_A_TIME = 10;
const KEPT_MS = 5 * 60 * 1000;

/** A registered meter and the zone its dates of service are told in. */
export interface CoveredMeter {
  readonly ref: MeterRef;
  readonly meter: Meter;
  readonly zone: string;
}

export interface MeterCoverage {
  /** 0..1 over all thirty days; null when the meter was not in service in any of them */
  readonly total: number | null;
  /** 0..1 a day, the oldest first; null where it was not in service */
  readonly days: readonly (number | null)[];
}

/** Covered seconds of each of the thirty days that end with the day of `at`. */
interface Kept {
  readonly at: number;
  readonly coveredS: readonly number[];
}

const keptByStore = new WeakMap<Store, Map<string, Kept>>();

function firstDayOf(now: number): number {
  return Math.floor(now / DAY_MS) - COVERAGE_DAYS + 1;
}

function isFresh(kept: Kept | undefined, now: number): kept is Kept {
  return (
    kept !== undefined && kept.at <= now && now - kept.at < KEPT_MS && firstDayOf(kept.at) === firstDayOf(now)
  );
}

async function readCoveredS(
  store: Store,
  refs: readonly MeterRef[],
  now: number,
): Promise<Map<string, number[]>> {
  const firstDay = firstDayOf(now);
  const byMeter = new Map(refs.map(({ key }) => [key, new Array<number>(COVERAGE_DAYS).fill(0)]));
  for (const { meter, start, coveredS } of await store.readIntervals(refs, {
    from: firstDay * DAY_MS,
    to: now,
  })) {
    const days = byMeter.get(meter.key);
    const day = Math.floor(start / DAY_MS) - firstDay;
    if (days !== undefined) days[day] = (days[day] ?? 0) + coveredS;
  }
  return byMeter;
}

/** Reads what is not kept; afterwards the answer for every ref is in the returned map. */
async function coveredSeconds(
  { store, now }: QueryContext,
  refs: readonly MeterRef[],
): Promise<ReadonlyMap<string, Kept>> {
  const kept = keptByStore.get(store) ?? new Map<string, Kept>();
  keptByStore.set(store, kept);
  for (const [key, each] of kept) if (!isFresh(each, now)) kept.delete(key);
  const missing = refs.filter(({ key }) => !kept.has(key));
  for (let i = 0; i < missing.length; i += METERS_AT_A_TIME) {
    const some = missing.slice(i, i + METERS_AT_A_TIME);
    for (const [key, coveredS] of await readCoveredS(store, some, now)) kept.set(key, { at: now, coveredS });
    await turnOfTheLoop();
  }
  return kept;
}

function coverageOfDays({ meter, zone }: CoveredMeter, { at, coveredS }: Kept): MeterCoverage {
  const service = serviceRange(meter, zone);
  const firstDay = firstDayOf(at);
  const expectedS = coveredS.map((_, i) => {
    const from = Math.max((firstDay + i) * DAY_MS, service.from);
    const to = Math.min((firstDay + i + 1) * DAY_MS, service.to, at);
    return Math.max(0, to - from) / 1000;
  });
  // What a meter said outside of its service is not part of what was expected of it.
  const counted = coveredS.map((seconds, i) => Math.min(seconds, expectedS[i] ?? 0));
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return {
    total: coverageOf({ coveredWs: sum(counted), expectedWs: sum(expectedS) }),
    days: counted.map((seconds, i) => coverageOf({ coveredWs: seconds, expectedWs: expectedS[i] ?? 0 })),
  };
}

/** By the meter's key. @throws AppError */
export async function recentCoverage(
  ctx: QueryContext,
  meters: readonly CoveredMeter[],
): Promise<ReadonlyMap<string, MeterCoverage>> {
  const kept = await coveredSeconds(
    ctx,
    meters.map(({ ref }) => ref),
  );
  return new Map(
    meters.flatMap((each) => {
      const seconds = kept.get(each.ref.key);
      return seconds === undefined ? [] : [[each.ref.key, coverageOfDays(each, seconds)] as const];
    }),
  );
}
