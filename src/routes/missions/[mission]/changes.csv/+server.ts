/** The waterfall as CSV: shares 0..1 of both periods, and the parts in percentage points, unrounded. */
import { factorSetsIn } from '#lib/server/queries/emissions.ts';
import { ask } from '../../../ask.ts';
import { csvResponse } from '../../../csv-response.ts';
import { readPeriod } from '../../../period.ts';
import { historyChange } from '../history.ts';
import { placeName, readPlace } from '../place.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ params, url }) =>
  ask(async (ctx) => {
    const place = readPlace(params.mission, url);
    const period = readPeriod(url, ctx.now);
    const { before, now, parts } = await historyChange(ctx, place, { period, url });
    const name = placeName(place);
    const side = (kind: string, { period, renewableShare }: typeof before) => [
      name,
      kind,
      period.from,
      period.to,
      renewableShare,
      null,
      factorSetsIn(period, ctx.factorSets),
    ];
    const { from, to } = now.period;
    const factorSets = factorSetsIn(now.period, ctx.factorSets);
    return csvResponse(`${name}-changes-${from}-${to}`, [
      ['place', 'row', 'from', 'to', 'renewable_share', 'change_pp', 'factor_set'],
      side('before', before),
      ...(parts ?? []).map(({ driver, pp }) => [name, driver, from, to, null, pp, factorSets]),
      side('now', now),
    ]);
  });
