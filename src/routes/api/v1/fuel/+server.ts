/** `GET /api/v1/fuel?mission&camp&from&to`: a camp's fuel delivered, burnt and left, reconciled. */
import { queryContext } from '#lib/server/context.ts';
import { parseFuel } from '#lib/server/queries/lineage-parameters.ts';
import { fuelAnswer } from '#lib/server/queries/fuel.ts';
import type { RequestHandler } from './$types';
import { answer, badParameter, unknownMission } from '../answer.ts';

export const GET: RequestHandler = ({ url }) =>
  answer(async () => {
    const asked = parseFuel(url.searchParams, Date.now());
    if (!asked.ok) return badParameter(asked.problem);
    const { mission, camp } = asked.value;
    return (await fuelAnswer(await queryContext(), asked.value)) ?? unknownMission(mission, camp);
  });
