/** `GET /api/v1/meters?mission&camp`: registered and unassigned meters, what each said last, coverage of 30 days. */
import { queryContext } from '#lib/server/context.ts';
import { metersAnswer } from '#lib/server/queries/meters.ts';
import { parseMeterFilter } from '#lib/server/queries/parameters.ts';
import type { RequestHandler } from './$types';
import { answer, badParameter } from '../answer.ts';

export const GET: RequestHandler = ({ url }) =>
  answer(async () => {
    const filter = parseMeterFilter(url.searchParams);
    return filter.ok ? metersAnswer(await queryContext(), filter.value) : badParameter(filter.problem);
  });
