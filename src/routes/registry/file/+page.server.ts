/** The whole registry as text: to look at, to change here, or to bring in from a file; and all meters as a spreadsheet. */
import { fail } from '@sveltejs/kit';
import { MAX_REGISTRY_LENGTH } from '#lib/registry/document.ts';
import { parseRegistry } from '#lib/registry/parse.ts';
import { stringifyRegistry } from '#lib/registry/stringify.ts';
import { registryVersions } from '#lib/server/context.ts';
import { ask } from '../../ask.ts';
import { keepDraft, versionOf } from '../drafting.ts';
import { csvAction } from '../meter-csv.ts';
import { uploadedText } from '../upload.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () =>
  ask(async () => {
    const { version, registry } = (await registryVersions()).current();
    return { version, yaml: stringifyRegistry(registry) };
  });

export const actions: Actions = {
  yaml: async ({ request }) => {
    const form = await request.formData();
    const yaml = await uploadedText(form, 'yaml');
    const base = await versionOf(Number(form.get('version')));
    const parsed = parseRegistry(yaml);
    if (!parsed.ok)
      return fail(422, {
        yaml: yaml.slice(0, MAX_REGISTRY_LENGTH),
        version: base.version,
        yamlProblems: parsed.problems,
      });
    return keepDraft(base, parsed.registry, 'registry.yaml');
  },
  csv: async ({ request }) => csvAction(request),
};
