/** The whole registry as its file. */
import { stringifyRegistry } from '#lib/registry/stringify.ts';
import { registryVersions } from '#lib/server/context.ts';
import { ask } from '../../ask.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = () =>
  ask(async () => {
    const { version, registry } = (await registryVersions()).current();
    return new Response(stringifyRegistry(registry), {
      headers: {
        'content-type': 'application/yaml; charset=utf-8',
        'content-disposition': `attachment; filename="registry-${String(version)}.yaml"`,
      },
    });
  });
