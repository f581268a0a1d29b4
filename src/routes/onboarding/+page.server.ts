/** What arrives that nobody reads, or that nobody has a place for? And after saving: which meters came of it? */
import { askWorker } from '#lib/server/context.ts';
import { readGroups } from '#lib/server/live/onboarding-answer.ts';
import { ask } from '../ask.ts';
import { listUnassigned, toUnassignedMeters } from '../unassigned.ts';
import type { PageServerLoad } from './$types';

const METERS_SHOWN = 50;

export const load: PageServerLoad = async ({ url }) => {
  const heard = readGroups(await askWorker('/onboarding'));
  const saved = url.searchParams.get('saved');
  return ask(async (ctx) => {
    const [mission, camp] = saved?.split('/') ?? [];
    const unassigned =
      saved === null
        ? []
        : (await listUnassigned(ctx)).filter(({ ref }) => ref.mission === mission && ref.camp === camp);
    return {
      now: ctx.now,
      hearing: heard?.hearing ?? null,
      groups: heard?.groups ?? [],
      saved: saved === null ? null : toUnassignedMeters(unassigned.slice(0, METERS_SHOWN)),
    };
  });
};
