/**
 * Which meters are there, what did each say last, and which are silent? Registered meters that never spoke
 * stand beside meters that speak and that nobody has registered: both are somebody's next task.
 */
import { localDateOf, toLocalTimestamp } from '../../energy/calendar.ts';
import { turnedRound } from '../../energy/direction.ts';
import { meterRef, type MeterRef, type Values } from '../../energy/reading.ts';
import { longestSilenceMs } from '../../energy/silence.ts';
import { isInService } from '../../registry/in-service.ts';
import { meterOf, missionOf } from '../../registry/lookup.ts';
import type { Meter } from '../../registry/types.ts';
import type { SeenMeter } from '../store/store.ts';
import { recentCoverage, type MeterCoverage } from './recent-coverage.ts';
import type { MetersAnswer, MeterStatus, QueryContext } from './types.ts';

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
    }));
}

/**
 * Whether a meter has been silent for longer than its expected interval allows. One that never spoke is stale
 * once it is in service; one whose service has ended is not missed.
 */
export function isStale({ meter, zone, seen }: ListedMeter, now: number): boolean {
  if (meter !== undefined && !isInService(meter, localDateOf(now, zone))) return false;
  return seen === undefined || now - seen.lastAt > longestSilenceMs(meter?.expectedIntervalS);
}

/** What the meter said last, in the direction its role serves; the store keeps what was published. */
export function shownValues({ meter, seen }: ListedMeter): Values | null {
  if (seen === undefined) return null;
  return meter?.invert === true ? turnedRound(seen.lastValues) : seen.lastValues;
}

function meterStatus(listed: ListedMeter, coverage: MeterCoverage | undefined, now: number): MeterStatus {
  const { ref, meter, zone, seen } = listed;
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
