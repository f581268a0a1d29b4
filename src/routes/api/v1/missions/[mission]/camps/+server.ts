/** `GET /api/v1/missions/{mission}/camps?from&to`: the summary of each of a mission's camps, the worst gap first. */
import { queryContext } from '#lib/server/context.ts';
import { campsAnswer } from '#lib/server/queries/camps.ts';
import { parsePeriod } from '#lib/server/queries/parameters.ts';
import type { RequestHandler } from './$types';
import { answer, badParameter, unknownMission } from '../../../answer.ts';

export const GET: RequestHandler = ({ params: { mission }, url }) =>
  answer(async () => {
    const period = parsePeriod(url.searchParams, Date.now());
    if (!period.ok) return badParameter(period.problem);
    return (
      (await campsAnswer(await queryContext(), { mission, period: period.value })) ?? unknownMission(mission)
    );
  });
