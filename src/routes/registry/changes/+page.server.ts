/** Every version of the registry, newest first: who, when, why, and what. */
import { differencesOf } from '#lib/registry/difference.ts';
import { EMPTY_REGISTRY } from '#lib/registry/lookup.ts';
import { registryVersions } from '#lib/server/context.ts';
import { ask } from '../../ask.ts';
import type { PageServerLoad } from './$types';

const VERSIONS_PER_PAGE = 20;
const DIFFERENCES_SHOWN = 5;

export const load: PageServerLoad = ({ url }) =>
  ask(async () => {
    const versions = await registryVersions();
    const asked = Number(url.searchParams.get('before') ?? NaN);
    const before = Number.isSafeInteger(asked) && asked > 0 ? asked : undefined;
    const listed = versions.list({ ...(before !== undefined && { before }), limit: VERSIONS_PER_PAGE + 1 });
    const shown = listed.slice(0, VERSIONS_PER_PAGE);
    // Each is compared with the one before it, so each document is read once.
    const documents = new Map(
      shown
        .flatMap(({ version }) => [version, version - 1])
        .map((version) => [version, versions.at(version)]),
    );
    const document = (version: number) => documents.get(version) ?? EMPTY_REGISTRY;
    return {
      isFirst: before === undefined,
      older: listed.length > shown.length ? (shown.at(-1)?.version ?? null) : null,
      changes: shown.map((saved) => {
        const differences = differencesOf(document(saved.version - 1), document(saved.version));
        return { ...saved, count: differences.length, differences: differences.slice(0, DIFFERENCES_SHOWN) };
      }),
    };
  });
