/** The registry's pledges as a list to edit. */
import { editPart, textsOf } from '#lib/registry/edit.ts';
import { PLEDGES_FORM } from '#lib/registry/form-shapes.ts';
import { registryVersions } from '#lib/server/context.ts';
import { ask } from '../../ask.ts';
import { draftAction } from '../drafting.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () =>
  ask(async () => {
    const { version, registry } = (await registryVersions()).current();
    return { version, texts: textsOf(registry, PLEDGES_FORM) };
  });

export const actions: Actions = {
  default: async ({ request }) =>
    draftAction(request, 'pledges', (registry, typed) => editPart(registry, [], PLEDGES_FORM, typed)),
};
