/** A mission engineer's question: what runs in this camp now, and is anything wrong? */
import { error } from '@sveltejs/kit';
import {
  TRACE_MS,
  traceOf,
  type Trace,
  type TraceEvent,
  type TracePart,
} from '#lib/components/camp/trace.ts';
import type { DeskView } from '#lib/components/camp/desk-view.ts';
import type { MeterCard } from '#lib/components/camp/meter-view.ts';
import { localDateOf } from '#lib/energy/calendar.ts';
import { meterRef } from '#lib/energy/reading.ts';
import { covers } from '#lib/registry/mqtt-filter.ts';
import type { Registry } from '#lib/registry/types.ts';
import { workerHealth } from '#lib/server/context.ts';
import { readWorkerReport, type WorkerReport } from '#lib/server/live/worker-report.ts';
import { gensetHealth } from '#lib/server/queries/genset-health.ts';
import { meterRows } from '#lib/server/queries/meter-list.ts';
import { listMeters } from '#lib/server/queries/meters.ts';
import { gridRenewableFractionOn } from '#lib/registry/in-service.ts';
import { campOf, missionOf } from '#lib/registry/lookup.ts';
import { campNow } from '#lib/server/queries/camp-now.ts';
import type { MeterNow } from '#lib/server/queries/meter-types.ts';
import type { CampNow, QueryContext } from '#lib/server/queries/types.ts';
import { ask } from '../../../ask.ts';
import { toMeterLine } from '../../../meter-line.ts';
import { serviceableGensets, serviced } from './services.ts';
import type { Actions, PageServerLoad } from './$types';

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

/** Rows of the meters' table; the rest of a larger camp is on the meters' page. */
const MOST_ROWS = 100;
const MOST_REJECTIONS = 5;

/** Messages of this camp that were not taken: of its own topics, of its devices', or that name it in the worker's words. */
function rejectionsOf(
  registry: Registry,
  { mission, camp }: { mission: string; camp: string },
  rejections: WorkerReport['rejections'],
): WorkerReport['rejections'] {
  const filters = registry.sources.flatMap((source) =>
    source.mission === mission && source.camp === camp ? [source.topic] : [],
  );
  const own = rejections.filter(
    ({ topic, detail }) =>
      topic.startsWith(`bluewatt/${mission}/${camp}/`) ||
      detail.includes(`mission: ${mission}, camp: ${camp},`) ||
      filters.some((filter) => covers(filter, topic)),
  );
  return own.slice(0, MOST_REJECTIONS);
}

function toCard(now: MeterNow): MeterCard {
  const { meter, name, source, ratedW, tankL, registered, staleAfterS, gone } = now;
  return { meter, name, source, ratedW, tankL, registered, staleAfterMs: staleAfterS * 1000, gone };
}

export const load: PageServerLoad = async ({ params, url }) => {
  // Before the store is asked: reading much keeps the event loop busy, and an answer then looks late.
  const health = await workerHealth();
  return ask(async (ctx) => {
    const mission = missionOf(ctx.registry, params.mission);
    const camp = campOf(ctx.registry, params.mission, params.camp);
    const now = await campNow(ctx, params);
    if (mission === undefined || camp === undefined || now === undefined)
      error(404, { message: 'Not found' });
    const [trace, gensets, listed, serviceable] = await Promise.all([
      recentTrace(ctx, now),
      gensetHealth(ctx, params),
      listMeters(ctx, params),
      serviceableGensets(ctx, params),
    ]);
    const rows = await meterRows(ctx, listed.slice(0, MOST_ROWS));
    const today = localDateOf(ctx.now, mission.zone);
    const desk: DeskView = {
      mission: { slug: params.mission, name: mission.name },
      camp: { slug: params.camp, name: now.name },
      zone: now.zone,
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
      gensets,
      scope: { ...params, period: { from: today, to: today } },
    };
    // One meter, or several that were assigned together.
    const assigned = url.searchParams.get('assigned')?.split(',') ?? [];
    return {
      desk,
      example: now.example,
      assigned: now.meters.flatMap(({ meter, name, registered }) =>
        registered && assigned.includes(meter) ? [name] : [],
      ),
      serviceable,
      serviced: serviceable.find(({ meter }) => meter === url.searchParams.get('serviced'))?.name ?? null,
      meters: rows.map(toMeterLine),
      rejections: rejectionsOf(ctx.registry, params, readWorkerReport(health).rejections),
    };
  });
};

export const actions = { serviced } satisfies Actions;
