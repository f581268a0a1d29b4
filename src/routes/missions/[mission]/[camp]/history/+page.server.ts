/** An environment officer's question about one camp, over any period; what runs now stands on the camp's live page. */
import { missionOf } from '#lib/registry/lookup.ts';
import { fuelAnswer, hasFuel } from '#lib/server/queries/fuel.ts';
import { ask } from '../../../../ask.ts';
import { ownAddress } from '../../../../forms.ts';
import { historyPage } from '../../history.ts';
import { noteActions } from '../../notes.ts';
import { deliver, recordedDelivery, withdraw } from './deliveries.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ params, url, request }) =>
  ask(async (ctx) => {
    const place = { mission: params.mission, camp: params.camp };
    const history = await historyPage(ctx, place, url);
    const mission = missionOf(ctx.registry, params.mission);
    const fuel = hasFuel(ctx, place)
      ? await fuelAnswer(ctx, { ...place, period: history.period })
      : undefined;
    return {
      history,
      missionName: mission?.name ?? params.mission,
      example: mission?.example ?? false,
      fuel: fuel ?? null,
      recorded: recordedDelivery(ctx, place, url),
      ownAddress: ownAddress({ url, request }),
    };
  });

export const actions = {
  delivery: deliver,
  withdraw,
  ...noteActions(({ params }) => ({ mission: params['mission'] ?? '', camp: params['camp'] ?? '' })),
} satisfies Actions;
