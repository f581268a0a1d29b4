/** HQ's question: how do these missions stand side by side, in all and per person? */
import { trendsAnswer } from '#lib/server/queries/trends.ts';
import { ask } from '../ask.ts';
import { periodChoices } from '../period.ts';
import { MAX_COMPARED, readChosen } from './chosen.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) =>
  ask(async (ctx) => {
    const { period, missions, all } = await readChosen(ctx, url);
    const trends = await Promise.all(missions.map(({ mission }) => trendsAnswer(ctx, { mission })));
    const shares = trends
      .flat()
      .map(({ mission, months }) => [mission, months.map((each) => each.renewableShare)]);
    return {
      period,
      missions,
      all,
      chosen: url.searchParams.getAll('m'),
      most: MAX_COMPARED,
      shares: Object.fromEntries(shares) as Record<string, (number | null)[]>,
      choices: periodChoices(ctx.now, 'UTC'),
    };
  });
