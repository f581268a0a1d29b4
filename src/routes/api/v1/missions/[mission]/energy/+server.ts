/**
 * `GET /api/v1/missions/{mission}/energy?from&to&step=15m|1h|1d|1mo&camp`: series per source and a bucket a step, of
 * the mission or of one camp.
 */
import { queryContext } from '#lib/server/context.ts';
import { campEnergyAnswer, missionEnergyAnswer } from '#lib/server/queries/energy.ts';
import { parsePeriodAndStep, parseSlug } from '#lib/server/queries/parameters.ts';
import type { RequestHandler } from './$types';
import { answer, badParameter, unknownMission } from '../../../answer.ts';

export const GET: RequestHandler = ({ params: { mission }, url }) =>
  answer(async () => {
    const asked = parsePeriodAndStep(url.searchParams, Date.now());
    if (!asked.ok) return badParameter(asked.problem);
    const camp = parseSlug(url.searchParams, 'camp');
    if (!camp.ok) return badParameter(camp.problem);
    const ctx = await queryContext();
    const query = { mission, ...asked.value };
    const found =
      camp.value === undefined
        ? await missionEnergyAnswer(ctx, query)
        : await campEnergyAnswer(ctx, { ...query, camp: camp.value });
    return found ?? unknownMission(mission, camp.value);
  });
