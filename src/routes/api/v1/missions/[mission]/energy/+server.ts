/** `GET /api/v1/missions/{mission}/energy?from&to&step=15m|1h|1d|1mo`: series per source and a bucket a step. */
import { queryContext } from '#lib/server/context.ts';
import { missionEnergyAnswer } from '#lib/server/queries/energy.ts';
import { parsePeriodAndStep } from '#lib/server/queries/parameters.ts';
import type { RequestHandler } from './$types';
import { answer, badParameter, unknownMission } from '../../../answer.ts';

export const GET: RequestHandler = ({ params: { mission }, url }) =>
  answer(async () => {
    const asked = parsePeriodAndStep(url.searchParams, Date.now());
    if (!asked.ok) return badParameter(asked.problem);
    return (
      (await missionEnergyAnswer(await queryContext(), { mission, ...asked.value })) ??
      unknownMission(mission)
    );
  });
