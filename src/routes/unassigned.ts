/** Meters that publish and that nobody has registered, as pages show them. */
import type { UnassignedMeter } from '#lib/components/meters/unassigned-meter.ts';
import { listMeters, type ListedMeter } from '#lib/server/queries/meters.ts';
import type { QueryContext } from '#lib/server/queries/types.ts';

export async function listUnassigned(ctx: QueryContext): Promise<ListedMeter[]> {
  return (await listMeters(ctx, {})).filter(({ meter }) => meter === undefined);
}

export function toUnassignedMeters(listed: readonly ListedMeter[]): UnassignedMeter[] {
  return listed.map(({ ref, seen }) => ({
    mission: ref.mission,
    camp: ref.camp,
    meter: ref.meter,
    lastAt: seen?.lastAt ?? 0,
    lastPowerW: seen?.lastValues.activePowerW ?? null,
  }));
}
