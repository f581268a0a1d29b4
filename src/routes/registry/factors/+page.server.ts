/** Emission factors of the organisation's own, as a list to edit. */
import { editPart, textsOf } from '#lib/registry/edit.ts';
import { FACTORS_FORM } from '#lib/registry/form-shapes.ts';
import { registryVersions } from '#lib/server/context.ts';
import { ask } from '../../ask.ts';
import { draftAction } from '../drafting.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () =>
  ask(async () => {
    const { version, registry } = (await registryVersions()).current();
    return { version, texts: textsOf(registry, FACTORS_FORM) };
  });

export const actions: Actions = {
  default: async ({ request }) =>
    draftAction(request, 'factors', (registry, typed) => editPart(registry, [], FACTORS_FORM, typed)),
};
