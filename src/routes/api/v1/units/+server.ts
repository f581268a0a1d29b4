/** `GET /api/v1/units?from&to`: what contributing units brought over a period, those with renewable energy first. */
import { queryContext } from '#lib/server/context.ts';
import { parsePeriod } from '#lib/server/queries/parameters.ts';
import { units } from '#lib/server/queries/units.ts';
import type { RequestHandler } from './$types';
import { answer, badParameter } from '../answer.ts';

export const GET: RequestHandler = ({ url }) =>
  answer(async () => {
    const period = parsePeriod(url.searchParams, Date.now());
    return period.ok ? units(await queryContext(), period.value) : badParameter(period.problem);
  });
