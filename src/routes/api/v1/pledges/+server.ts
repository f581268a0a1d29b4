/** `GET /api/v1/pledges?mission`: what was promised, what of it stands, and what it delivers. */
import { queryContext } from '#lib/server/context.ts';
import { parseSlug } from '#lib/server/queries/parameters.ts';
import { pledges } from '#lib/server/queries/pledges.ts';
import { missionOf } from '#lib/registry/lookup.ts';
import type { RequestHandler } from './$types';
import { answer, badParameter, unknownMission } from '../answer.ts';

export const GET: RequestHandler = ({ url }) =>
  answer(async () => {
    const mission = parseSlug(url.searchParams, 'mission');
    if (!mission.ok) return badParameter(mission.problem);
    const context = await queryContext();
    if (mission.value === undefined) return pledges(context);
    if (missionOf(context.registry, mission.value) === undefined) return unknownMission(mission.value);
    return pledges(context, { mission: mission.value });
  });
