/**
 * Which meters are there, what did each say last, and which are silent? Registered meters that never spoke
 * stand beside meters that speak and that nobody has registered: both are somebody's next task.
 */
import { localDateOf, toLocalTimestamp } from '../../energy/calendar.ts';
import { turnedRound } from '../../energy/direction.ts';
import { meterRef, type MeterRef, type Values } from '../../energy/reading.ts';
import { staleness, type MeterSilence, type Staleness } from '../../energy/silence.ts';
import { isInService } from '../../registry/in-service.ts';
import { meterOf, missionOf } from '../../registry/lookup.ts';
import type { Meter } from '../../registry/types.ts';
import type { SeenMeter } from '../store/store.ts';
import { recentCoverage, type MeterCoverage } from './recent-coverage.ts';
import type { MetersAnswer, MeterStatus, ToldAt } from './meter-types.ts';
import type { QueryContext } from './types.ts';

/** Stamps of a meter whose mission nobody registered are told in UTC. */
const UNKNOWN_ZONE = 'UTC';

export interface MeterFilter {
  readonly mission?: string;
  readonly camp?: string;
}

export interface ListedMeter {
  readonly ref: MeterRef;
  readonly meter: Meter | undefined;
  readonly zone: string;
  readonly seen: SeenMeter | undefined;
  /** what the worker knows of its silence */
  readonly known: MeterSilence | undefined;
  /** of values older than the newest reading, where they were asked for */
  readonly toldAt?: ToldAt;
}

function registeredRefs(ctx: QueryContext, filter: MeterFilter): MeterRef[] {
  return Object.entries(ctx.registry.missions).flatMap(([mission, { camps }]) =>
    filter.mission !== undefined && filter.mission !== mission
      ? []
      : Object.entries(camps).flatMap(([camp, { meters }]) =>
          filter.camp !== undefined && filter.camp !== camp
            ? []
            : Object.keys(meters).map((meter) => meterRef(mission, camp, meter)),
        ),
  );
}

/** Registered meters and meters that publish, each once, ascending by key. @throws AppError */
export async function listMeters(ctx: QueryContext, filter: MeterFilter): Promise<ListedMeter[]> {
  const seen = new Map((await ctx.store.listMeters({ ...filter })).map((each) => [each.meter.key, each]));
  const refs = new Map(registeredRefs(ctx, filter).map((ref) => [ref.key, ref]));
  for (const { meter } of seen.values()) if (!refs.has(meter.key)) refs.set(meter.key, meter);
  return [...refs.values()]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map((ref) => ({
      ref,
      meter: meterOf(ctx.registry, ref),
      zone: missionOf(ctx.registry, ref.mission)?.zone ?? UNKNOWN_ZONE,
      seen: seen.get(ref.key),
      known: ctx.silences?.get(ref.key),
    }));
}

/**
 * Since when a meter in service that has spoken is silent, and how that is known: it said so itself, it was found to
 * have gone, or it is overdue. Null while it speaks, when it never did, and when its service has ended: it is not missed.
 */
export function staleSince({ meter, zone, seen, known }: ListedMeter, now: number): Staleness | null {
  if (seen === undefined || (meter !== undefined && !isInService(meter, localDateOf(now, zone)))) return null;
  return staleness({ lastAt: seen.lastAt, expectedIntervalS: meter?.expectedIntervalS, known }, now);
}

/** Whether a meter is silent. One that never spoke is stale once it is in service. */
export function isStale(listed: ListedMeter, now: number): boolean {
  const { meter, zone, seen } = listed;
  if (seen !== undefined) return staleSince(listed, now) !== null;
  return meter === undefined || isInService(meter, localDateOf(now, zone));
}

/** What the meter said last, in the direction its role serves; the store keeps what was published. */
export function shownValues({ meter, seen }: ListedMeter): Values | null {
  if (seen === undefined) return null;
  return meter?.invert === true ? turnedRound(seen.lastValues) : seen.lastValues;
}

function meterStatus(listed: ListedMeter, coverage: MeterCoverage | undefined, now: number): MeterStatus {
  const { ref, meter, zone, seen } = listed;
  const stale = staleSince(listed, now);
  return {
    mission: ref.mission,
    camp: ref.camp,
    meter: ref.meter,
    name: meter?.name ?? ref.meter,
    source: meter?.source ?? null,
    ratedW: meter?.ratedW ?? null,
    registered: meter !== undefined,
    lastSeenAt: seen === undefined ? null : toLocalTimestamp(seen.lastAt, zone),
    lastReading: shownValues(listed),
    stale: isStale(listed, now),
    staleSince: stale && toLocalTimestamp(stale.since, zone),
    staleCause: stale && stale.cause,
    coverage: coverage?.total ?? null,
    coverageByDay: coverage?.days ?? [],
  };
}

/** What is said of each meter, in the order given; reads the coverage of these alone. @throws AppError */
export async function meterStatuses(
  ctx: QueryContext,
  listed: readonly ListedMeter[],
): Promise<{ listed: ListedMeter; status: MeterStatus }[]> {
  const registered = listed.flatMap(({ ref, meter, zone }) =>
    meter === undefined ? [] : [{ ref, meter, zone }],
  );
  const coverage = await recentCoverage(ctx, registered);
  return listed.map((each) => ({
    listed: each,
    status: meterStatus(each, coverage.get(each.ref.key), ctx.now),
  }));
}

/** All meters, or those of a mission or a camp; empty when there are none of that name. @throws AppError */
export async function metersAnswer(ctx: QueryContext, filter: MeterFilter = {}): Promise<MetersAnswer> {
  const statuses = await meterStatuses(ctx, await listMeters(ctx, filter));
  return { meters: statuses.map(({ status }) => status) };
}
