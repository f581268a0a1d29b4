/** A mission of the registry: what it is, what it is measured against, its camps, and its meters as a spreadsheet. */
import { addPart, editPart, textsOf } from '#lib/registry/edit.ts';
import { CAMP_FORM, missionShape } from '#lib/registry/form-shapes.ts';
import { registryRights } from '#lib/server/auth/changes.ts';
import { draftAction } from '../../drafting.ts';
import { csvAction } from '../../meter-csv.ts';
import { missionPlace } from '../../place.ts';
import { ask } from '../../../ask.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ params, locals }) =>
  ask(async () => {
    const { version, mission } = await missionPlace(params.mission);
    const rights = registryRights(locals.access, params.mission);
    return {
      version,
      rights,
      slug: params.mission,
      name: mission.name,
      texts: textsOf(mission, missionShape(rights)),
      camps: Object.entries(mission.camps).map(([slug, { name, meters }]) => ({
        slug,
        name,
        meters: Object.keys(meters).length,
      })),
    };
  });

export const actions: Actions = {
  edit: async ({ request, params, locals }) => {
    const shape = missionShape(registryRights(locals.access, params.mission));
    return draftAction(request, params.mission, (registry, typed) =>
      editPart(registry, ['missions', params.mission], shape, typed),
    );
  },
  add: async ({ request, params }) =>
    draftAction(request, params.mission, (registry, typed) =>
      addPart(
        registry,
        ['missions', params.mission, 'camps', (typed['slug'] ?? '').trim()],
        CAMP_FORM,
        typed,
      ),
    ),
  csv: async ({ request, params }) => csvAction(request, params.mission),
};
