/** A mission engineer's question: what runs in this camp now, and is anything wrong? */
import { error } from '@sveltejs/kit';
import {
  TRACE_MS,
  traceOf,
  type Trace,
  type TraceEvent,
  type TracePart,
} from '#lib/components/camp/trace.ts';
import type { MeterCard } from '#lib/components/camp/meter-view.ts';
import { localDateOf } from '#lib/energy/calendar.ts';
import { meterRef } from '#lib/energy/reading.ts';
import { gridRenewableFractionOn } from '#lib/registry/in-service.ts';
import { campOf, missionOf } from '#lib/registry/lookup.ts';
import { campNow } from '#lib/server/queries/camp-now.ts';
import type { CampNow, MeterNow, QueryContext } from '#lib/server/queries/types.ts';
import { ask } from '../../../ask.ts';
import type { PageServerLoad } from './$types';

/** The last minutes from the store, so that the trace does not start empty. */
async function recentTrace(ctx: QueryContext, { mission, camp, meters }: CampNow): Promise<Trace> {
  const range = { from: ctx.now - TRACE_MS, to: ctx.now + 1 };
  const events = await Promise.all(
    meters.map(async ({ meter, source }): Promise<TraceEvent[]> => {
      if (source === null) return [];
      const readings = await ctx.store.readReadings(meterRef(mission, camp, meter), range);
      return readings.flatMap(({ at, values: { activePowerW: powerW } }) =>
        powerW === undefined ? [] : [{ meter, source, at, powerW }],
      );
    }),
  );
  return traceOf(events.flat());
}

function toCard({ meter, name, source, ratedW, tankL, registered, staleAfterS }: MeterNow): MeterCard {
  return { meter, name, source, ratedW, tankL, registered, staleAfterMs: staleAfterS * 1000 };
}

export const load: PageServerLoad = ({ params, url }) =>
  ask(async (ctx) => {
    const mission = missionOf(ctx.registry, params.mission);
    const camp = campOf(ctx.registry, params.mission, params.camp);
    const now = await campNow(ctx, params);
    if (mission === undefined || camp === undefined || now === undefined)
      error(404, { message: 'Not found' });
    const trace = await recentTrace(ctx, now);
    const today = localDateOf(ctx.now, mission.zone);
    return {
      mission: { slug: params.mission, name: mission.name },
      camp: { slug: params.camp, name: now.name },
      zone: now.zone,
      example: now.example,
      assigned:
        now.meters.find(({ meter, registered }) => registered && meter === url.searchParams.get('assigned'))
          ?.name ?? null,
      at: ctx.now,
      gridFraction: gridRenewableFractionOn(mission, camp, today),
      cards: now.meters.map(toCard),
      latest: now.meters.flatMap(({ meter, lastSeenAt, lastValues }) =>
        lastSeenAt === null || lastValues === null
          ? []
          : [{ meter, at: Date.parse(lastSeenAt), values: lastValues }],
      ),
      // A map without prototype does not travel to the browser as such.
      trace: {
        lines: trace.lines,
        parts: Object.entries(trace.parts).flatMap(([meter, part]): [string, TracePart][] =>
          part ? [[meter, part]] : [],
        ),
      },
      today: now.today,
      lineageQuery: `mission=${params.mission}&camp=${params.camp}&from=${today}&to=${today}`,
    };
  });
