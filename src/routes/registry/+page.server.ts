/** The registry at a glance: what stands in it, who changed it last, and the ways to change it. */
import { addPart } from '#lib/registry/edit.ts';
import { MISSION_FORM } from '#lib/registry/form-shapes.ts';
import { registryRights } from '#lib/server/auth/changes.ts';
import { registryVersions } from '#lib/server/context.ts';
import { ask } from '../ask.ts';
import { draftAction } from './drafting.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) =>
  ask(async ({ registry }) => {
    const versions = await registryVersions();
    const isWhole = locals.access.may('register');
    return {
      version: versions.current().version,
      last: isWhole ? (versions.list({ limit: 1 })[0] ?? null) : null,
      isWhole,
      mayTargets: locals.access.may('targets'),
      zones: Intl.supportedValuesOf('timeZone'),
      pledges: registry.pledges.length,
      sources: registry.sources.length,
      missions: Object.entries(registry.missions)
        .filter(([slug]) => Object.values(registryRights(locals.access, slug)).includes(true))
        .map(([slug, { name, zone, camps }]) => ({
          slug,
          name,
          zone,
          camps: Object.keys(camps).length,
          meters: Object.values(camps).reduce((sum, { meters }) => sum + Object.keys(meters).length, 0),
        })),
    };
  });

export const actions: Actions = {
  default: async ({ request }) =>
    draftAction(request, 'missions', (registry, typed) =>
      addPart(registry, ['missions', (typed['slug'] ?? '').trim()], MISSION_FORM, typed),
    ),
};
