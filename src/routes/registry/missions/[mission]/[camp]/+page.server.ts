/** A camp of the registry: what it is, and its meters as a table, a part of them at a time. */
import { addPart, editPart, textsOf } from '#lib/registry/edit.ts';
import { campShape, METER_FORM, metersForm } from '#lib/registry/form-shapes.ts';
import { campOf } from '#lib/registry/lookup.ts';
import { registryRights } from '#lib/server/auth/changes.ts';
import { ask } from '../../../../ask.ts';
import { draftAction } from '../../../drafting.ts';
import { campPlace } from '../../../place.ts';
import type { Actions, PageServerLoad } from './$types';

const METERS_PER_PAGE = 50;

export const load: PageServerLoad = ({ params, url, locals }) =>
  ask(async () => {
    const { version, mission, camp } = await campPlace(params);
    const rights = registryRights(locals.access, params.mission);
    const slugs = rights.register ? Object.keys(camp.meters) : [];
    const pages = Math.max(1, Math.ceil(slugs.length / METERS_PER_PAGE));
    const page = Math.min(pages, Math.max(1, Math.trunc(Number(url.searchParams.get('page') ?? 1)) || 1));
    const shown = slugs.slice((page - 1) * METERS_PER_PAGE, page * METERS_PER_PAGE);
    return {
      version,
      rights,
      page,
      pages,
      mission: { slug: params.mission, name: mission.name },
      slug: params.camp,
      name: camp.name,
      texts: textsOf(camp, campShape(rights)),
      meters: shown,
      meterTexts: textsOf(camp, metersForm(shown)),
    };
  });

const pathOf = ({ mission, camp }: { mission: string; camp: string }) => ['missions', mission, 'camps', camp];

export const actions: Actions = {
  edit: async ({ request, params, locals }) => {
    const shape = campShape(registryRights(locals.access, params.mission));
    return draftAction(request, `${params.mission}/${params.camp}`, (registry, typed) =>
      editPart(registry, pathOf(params), shape, typed),
    );
  },
  meters: async ({ request, params }) =>
    draftAction(request, `${params.mission}/${params.camp}`, (registry, typed) => {
      const slugs = Object.keys(campOf(registry, params.mission, params.camp)?.meters ?? {});
      return editPart(registry, pathOf(params), metersForm(slugs), typed);
    }),
  add: async ({ request, params }) =>
    draftAction(request, `${params.mission}/${params.camp}`, (registry, typed) =>
      addPart(registry, [...pathOf(params), 'meters', (typed['slug'] ?? '').trim()], METER_FORM, typed),
    ),
};
