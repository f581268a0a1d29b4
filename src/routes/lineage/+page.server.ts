/** Where does this figure come from? The same answer as /api/v1/lineage, with the names that a page needs. */
import { error } from '@sveltejs/kit';
import { missionOf } from '#lib/registry/lookup.ts';
import { LINEAGE_FIGURES } from '#lib/server/queries/lineage-formula.ts';
import { parseLineage } from '#lib/server/queries/lineage-parameters.ts';
import { lineageAnswer } from '#lib/server/queries/lineage.ts';
import { ask } from '../ask.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) =>
  ask(async (ctx) => {
    const asked = parseLineage(url.searchParams, ctx.now);
    if (!asked.ok) error(400, { message: asked.problem.message, code: asked.problem.code });
    const lineage = await lineageAnswer(ctx, asked.value);
    const mission = missionOf(ctx.registry, asked.value.mission);
    if (lineage === undefined || mission === undefined) error(404, { message: 'Not found' });
    const camps = Object.entries(mission.camps).map(([slug, { name }]) => [slug, name]);
    return {
      lineage,
      missionName: mission.name,
      campNames: Object.fromEntries(camps) as Record<string, string>,
      example: mission.example ?? false,
      figures: LINEAGE_FIGURES,
      api: `/api/v1/lineage?${url.searchParams.toString()}`,
    };
  });
