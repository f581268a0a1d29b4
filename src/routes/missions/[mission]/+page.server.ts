/** An environment officer's question: how did the mission's share move, what moved it, and what are the data worth? */
import { campsAnswer } from '#lib/server/queries/camps.ts';
import { missionOf } from '#lib/registry/lookup.ts';
import { ask } from '../../ask.ts';
import { historyPage } from './history.ts';
import { noteActions } from './notes.ts';
import type { PageServerLoad } from './$types';

export const actions = noteActions(({ params }) => ({ mission: params['mission'] ?? '' }));

export const load: PageServerLoad = ({ params, url }) =>
  ask(async (ctx) => {
    const history = await historyPage(ctx, { mission: params.mission }, url);
    const camps = await campsAnswer(ctx, { mission: params.mission, period: history.period });
    return {
      history,
      example: missionOf(ctx.registry, params.mission)?.example ?? false,
      camps: camps?.camps ?? [],
    };
  });
