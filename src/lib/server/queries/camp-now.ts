/** A mission engineer's question: what runs in this camp now, which meters are silent, how green is today? */
import { localDateOf, toLocalTimestamp } from '../../energy/calendar.ts';
import { patienceMs } from '../../energy/silence.ts';
import { isInService } from '../../registry/in-service.ts';
import { campOf, missionOf } from '../../registry/lookup.ts';
import { campSummaryAnswer } from './camps.ts';
import { isStale, listMeters, shownValues, type ListedMeter } from './meters.ts';
import type { MeterNow } from './meter-types.ts';
import { withNewestValues } from './newest-values.ts';
import type { CampNow, QueryContext } from './types.ts';

function meterNow(listed: ListedMeter, now: number): MeterNow {
  const { ref, meter, zone, seen, known } = listed;
  return {
    meter: ref.meter,
    name: meter?.name ?? ref.meter,
    source: meter?.source ?? null,
    ownership: meter?.ownership ?? null,
    ratedW: meter?.ratedW ?? null,
    tankL: meter?.tankL ?? null,
    registered: meter !== undefined,
    lastValues: shownValues(listed),
    lastSeenAt: seen === undefined ? null : toLocalTimestamp(seen.lastAt, zone),
    ageS: seen === undefined ? null : Math.max(0, (now - seen.lastAt) / 1000),
    stale: isStale(listed, now),
    staleAfterS: patienceMs(meter?.expectedIntervalS, known) / 1000,
    gone: known?.silent ?? null,
  };
}

/** The camp as it is at `ctx.now`: meters in service and unregistered ones, and today's shares. Undefined when unknown. @throws AppError */
export async function campNow(
  ctx: QueryContext,
  { mission: missionSlug, camp: campSlug }: { mission: string; camp: string },
): Promise<CampNow | undefined> {
  const mission = missionOf(ctx.registry, missionSlug);
  const camp = campOf(ctx.registry, missionSlug, campSlug);
  if (mission === undefined || camp === undefined) return undefined;
  const date = localDateOf(ctx.now, mission.zone);
  const scope = { mission: missionSlug, camp: campSlug };
  const [listed, today] = await Promise.all([
    listMeters(ctx, scope),
    campSummaryAnswer(ctx, { ...scope, period: { from: date, to: date } }),
  ]);
  if (today === undefined) return undefined;
  const current = listed.filter(({ meter }) => meter === undefined || isInService(meter, date));
  return {
    ...scope,
    name: camp.name,
    zone: mission.zone,
    example: mission.example ?? false,
    at: toLocalTimestamp(ctx.now, mission.zone),
    meters: (await withNewestValues(ctx, current)).map((each) => meterNow(each, ctx.now)),
    today,
  };
}
