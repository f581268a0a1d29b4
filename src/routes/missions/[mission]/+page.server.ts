/** An environment officer's question: how did the mission's share move, and what are the data worth? */
import { campsAnswer } from '#lib/server/queries/camps.ts';
import { missionOf } from '#lib/registry/lookup.ts';
import { ask } from '../../ask.ts';
import { periodChoices } from '../../period.ts';
import { energyPage } from './energy-page.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ params, url }) =>
  ask(async (ctx) => {
    const { answer, step, steps } = await energyPage(ctx, params.mission, url);
    const { period, zone, summary, buckets } = answer;
    const camps = await campsAnswer(ctx, { mission: params.mission, period });
    return {
      mission: params.mission,
      example: missionOf(ctx.registry, params.mission)?.example ?? false,
      period,
      zone,
      step,
      steps,
      summary,
      buckets,
      camps: camps?.camps ?? [],
      choices: periodChoices(ctx.now, zone),
    };
  });
