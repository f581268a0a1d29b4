/** `GET /api/v1/readings?mission&camp&meter&date&after&limit`: the raw readings of one meter on one local day. */
import { queryContext } from '#lib/server/context.ts';
import { parseReadings } from '#lib/server/queries/lineage-parameters.ts';
import { readingsAnswer } from '#lib/server/queries/readings.ts';
import type { RequestHandler } from './$types';
import { answer, badParameter, unknownMeter } from '../answer.ts';

export const GET: RequestHandler = ({ url }) =>
  answer(async () => {
    const asked = parseReadings(url.searchParams);
    if (!asked.ok) return badParameter(asked.problem);
    return (await readingsAnswer(await queryContext(), asked.value)) ?? unknownMeter(asked.value);
  });
