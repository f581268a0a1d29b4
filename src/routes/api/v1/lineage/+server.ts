/** `GET /api/v1/lineage?mission&camp&from&to&figure`: where a figure comes from, as data. */
import { queryContext } from '#lib/server/context.ts';
import { parseLineage } from '#lib/server/queries/lineage-parameters.ts';
import { lineageAnswer } from '#lib/server/queries/lineage.ts';
import type { RequestHandler } from './$types';
import { answer, badParameter, unknownMission } from '../answer.ts';

export const GET: RequestHandler = ({ url }) =>
  answer(async () => {
    const asked = parseLineage(url.searchParams, Date.now());
    if (!asked.ok) return badParameter(asked.problem);
    const { mission, camp } = asked.value;
    return (await lineageAnswer(await queryContext(), asked.value)) ?? unknownMission(mission, camp);
  });
