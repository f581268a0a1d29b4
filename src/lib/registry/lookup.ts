/** Pure look-ups in a registry. None of them allocates per call on the common path. */
import type { MeterRef } from '../energy/reading.ts';
import type { Camp, Meter, Mission, Registry } from './types.ts';

export const EMPTY_REGISTRY: Registry = { missions: {}, pledges: [], sources: [] };

/** Own properties only: a meter called `constructor` is a meter nobody registered, not a function. */
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function missionOf(registry: Registry, mission: string): Mission | undefined {
  return own(registry.missions, mission);
}

export function campOf(registry: Registry, mission: string, camp: string): Camp | undefined {
  const found = missionOf(registry, mission);
  return found && own(found.camps, camp);
}

export function meterOf(
  registry: Registry,
  ref: Pick<MeterRef, 'mission' | 'camp' | 'meter'>,
): Meter | undefined {
  const camp = campOf(registry, ref.mission, ref.camp);
  return camp && own(camp.meters, ref.meter);
}
