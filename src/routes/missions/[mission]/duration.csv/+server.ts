/** The load duration as CSV: the part of the time 0..1, and the W reached or exceeded for it. */
import { missionOf } from '#lib/registry/lookup.ts';
import { factorSetsIn } from '#lib/server/queries/emissions.ts';
import { error } from '@sveltejs/kit';
import { ask } from '../../../ask.ts';
import { csvResponse } from '../../../csv-response.ts';
import { readPeriod } from '../../../period.ts';
import { historyDuration } from '../history.ts';
import { placeName, readPlace } from '../place.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ params, url }) =>
  ask(async (ctx) => {
    const place = readPlace(params.mission, url);
    const mission = missionOf(ctx.registry, params.mission);
    if (mission === undefined) error(404, { message: 'Not found' });
    const { zone } = mission;
    const duration = await historyDuration(ctx, place, { period: readPeriod(url, ctx.now), zone, url });
    const name = placeName(place);
    const { from, to } = duration.period;
    const factorSets = factorSetsIn(duration.period, ctx.factorSets);
    return csvResponse(`${name}-duration-${from}-${to}`, [
      ['place', 'from', 'to', 'time', 'demand_w', 'diesel_w', 'factor_set'],
      ...(duration.curve?.points ?? []).map(({ time, demandW, dieselW }) => [
        name,
        from,
        to,
        time,
        demandW,
        dieselW,
        factorSets,
      ]),
    ]);
  });
