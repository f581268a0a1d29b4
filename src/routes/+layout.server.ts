/** The reader's language and theme, for the head of every page, and who they are. */
import { REGISTRY_RIGHTS } from '#lib/access/registry-owners.ts';
import { accessNote } from '#lib/server/context.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals: { locale, theme, access }, params: { mission } }) => ({
  locale,
  theme,
  reader: {
    ...accessNote(),
    name: access.person?.name ?? null,
    mayAdminister: access.may('administer'),
    mayRecord: access.may('record', mission),
    mayRegister: access.may('register', mission),
    ownsSomewhere: REGISTRY_RIGHTS.some((right) => access.mayAnywhere(right)),
  },
});
