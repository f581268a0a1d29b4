/** The meters of one mission as CSV. */
import { ask } from '../../../../ask.ts';
import { meterCsv } from '../../../meter-csv.ts';
import { missionPlace } from '../../../place.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ params }) =>
  ask(async () => {
    await missionPlace(params.mission);
    return meterCsv(params.mission);
  });
