/** Which meters are there, which are silent, which has nobody registered, and what was not taken? */
import { missionOf } from '#lib/registry/lookup.ts';
import { workerHealth } from '#lib/server/context.ts';
import { readWorkerReport } from '#lib/server/live/worker-report.ts';
import { metersAnswer } from '#lib/server/queries/meters.ts';
import { ask } from '../ask.ts';
import { registrationLines } from '../registration.ts';
import { listUnassigned, toUnassignedMeters } from '../unassigned.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async () => {
  // Before the store is asked: reading much keeps the event loop busy, and an answer then looks late.
  const health = await workerHealth();
  return ask(async (ctx) => {
    const [{ meters }, unassigned] = await Promise.all([metersAnswer(ctx), listUnassigned(ctx)]);
    return {
      now: ctx.now,
      example: Object.values(ctx.registry.missions).some(({ example }) => example === true),
      meters: meters
        .filter(({ registered }) => registered)
        .map((meter) => ({
          ...meter,
          missionName: missionOf(ctx.registry, meter.mission)?.name ?? meter.mission,
          campName: missionOf(ctx.registry, meter.mission)?.camps[meter.camp]?.name ?? meter.camp,
          lastSeenAt: meter.lastSeenAt === null ? null : Date.parse(meter.lastSeenAt),
          lastPowerW: meter.lastReading?.activePowerW ?? null,
        })),
      unassigned: toUnassignedMeters(unassigned),
      worker: readWorkerReport(health),
      registration: unassigned.length === 0 ? '' : registrationLines(unassigned, ctx.registry),
    };
  });
};
