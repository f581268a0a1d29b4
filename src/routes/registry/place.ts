/** A mission, camp or meter of the registry as the reader may see it, with the version it is of. */
import { error } from '@sveltejs/kit';
import { campOf, meterOf, missionOf } from '#lib/registry/lookup.ts';
import type { Camp, Meter, Mission } from '#lib/registry/types.ts';
import { queryContext, registryVersions } from '#lib/server/context.ts';

export async function missionPlace(mission: string): Promise<{ version: number; mission: Mission }> {
  const found = missionOf((await queryContext()).registry, mission);
  if (found === undefined) error(404, { message: 'Not found' });
  return { version: (await registryVersions()).current().version, mission: found };
}

export async function campPlace(params: { mission: string; camp: string }): Promise<{
  version: number;
  mission: Mission;
  camp: Camp;
}> {
  const { registry } = await queryContext();
  const camp = campOf(registry, params.mission, params.camp);
  if (camp === undefined) error(404, { message: 'Not found' });
  return { ...(await missionPlace(params.mission)), camp };
}

export async function meterPlace(params: { mission: string; camp: string; meter: string }): Promise<{
  version: number;
  mission: Mission;
  camp: Camp;
  meter: Meter;
}> {
  const { registry } = await queryContext();
  const meter = meterOf(registry, params);
  if (meter === undefined) error(404, { message: 'Not found' });
  return { ...(await campPlace(params)), meter };
}
