/** One version: all it changed, and the ways back, which are changes like any other. */
import { error } from '@sveltejs/kit';
import { differencesOf } from '#lib/registry/difference.ts';
import { registryVersions } from '#lib/server/context.ts';
import { ask } from '../../../ask.ts';
import { keepDraft } from '../../drafting.ts';
import type { Actions, PageServerLoad } from './$types';

const DIFFERENCES_SHOWN = 500;

async function savedVersion(text: string) {
  const versions = await registryVersions();
  const version = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  const [saved] = versions.list({ before: version + 1, limit: 1 });
  const after = versions.at(version);
  if (saved?.version !== version || after === undefined) error(404, { message: 'Not found' });
  return { saved, after, before: versions.at(version - 1) ?? after, current: versions.current() };
}

export const load: PageServerLoad = ({ params }) =>
  ask(async () => {
    const { saved, after, before, current } = await savedVersion(params.version);
    const differences = differencesOf(before, after);
    return {
      saved,
      isInForce: saved.version === current.version,
      count: differences.length,
      differences: differences.slice(0, DIFFERENCES_SHOWN),
    };
  });

export const actions: Actions = {
  revert: async ({ params }) => {
    const { saved, after, before } = await savedVersion(params.version);
    const base = { version: saved.version, registry: after };
    return keepDraft(base, before, `− version ${String(saved.version)}`);
  },
  restore: async ({ params }) => {
    const { saved, after, current } = await savedVersion(params.version);
    return keepDraft(current, after, `version ${String(saved.version)}`);
  },
};
