/** An environment officer's question about one camp, over any period; what runs now stands on the camp's live page. */
import { missionOf } from '#lib/registry/lookup.ts';
import { ask } from '../../../../ask.ts';
import { historyPage } from '../../history.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ params, url }) =>
  ask(async (ctx) => {
    const history = await historyPage(ctx, { mission: params.mission, camp: params.camp }, url);
    const mission = missionOf(ctx.registry, params.mission);
    return { history, missionName: mission?.name ?? params.mission, example: mission?.example ?? false };
  });
