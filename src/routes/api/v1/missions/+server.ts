/** `GET /api/v1/missions?from&to`: every mission's summary over a period, the worst gap first. */
import { queryContext } from '#lib/server/context.ts';
import { missionsAnswer } from '#lib/server/queries/missions.ts';
import { parsePeriod } from '#lib/server/queries/parameters.ts';
import type { RequestHandler } from './$types';
import { answer, badParameter } from '../answer.ts';

export const GET: RequestHandler = ({ url }) =>
  answer(async () => {
    const period = parsePeriod(url.searchParams, Date.now());
    return period.ok ? missionsAnswer(await queryContext(), period.value) : badParameter(period.problem);
  });
