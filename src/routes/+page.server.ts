/** HQ's question: how does every mission stand against its targets? */
import { brokerAddress, workerHealth } from '#lib/server/context.ts';
import { readWorkerReport, type WorkerReport } from '#lib/server/live/worker-report.ts';
import { missionsAnswer } from '#lib/server/queries/missions.ts';
import { pledges } from '#lib/server/queries/pledges.ts';
import { trendsAnswer } from '#lib/server/queries/trends.ts';
import { units } from '#lib/server/queries/units.ts';
import { ask } from './ask.ts';
import { missionMap } from './mission-map.ts';
import { periodChoices, readPeriod } from './period.ts';
import { registrationLines } from './registration.ts';
import { listUnassigned, toUnassignedMeters } from './unassigned.ts';
import type { PageServerLoad } from './$types';

/** What to type for a first reading, as of now. */
function firstCommand(now: number): { command: string; isEmbedded: boolean; asksCredentials: boolean } {
  const { host, port, embedded, asksCredentials } = brokerAddress();
  const at = new Date(now - (now % 1000)).toISOString().replace('.000', '');
  const payload = JSON.stringify({ at, activePowerW: 92_500, energyForwardWh: 1_048_575_250 });
  const topic = 'bluewatt/my-mission/my-camp/genset-1/reading';
  return {
    command: `mosquitto_pub -h ${host} -p ${String(port)} -q 1 \\\n  -t ${topic} \\\n  -m '${payload}'`,
    isEmbedded: embedded,
    asksCredentials: asksCredentials === true,
  };
}

/** The line needs no more of the report than its state and problems. */
function workerLine(health: unknown): Pick<WorkerReport, 'state' | 'problems'> {
  const { state, problems } = readWorkerReport(health);
  return { state, problems };
}

export const load: PageServerLoad = async ({ url }) => {
  // Before the store is asked: reading much keeps the event loop busy, and an answer then looks late.
  const health = await workerHealth();
  return ask(async (ctx) => {
    const period = readPeriod(url, ctx.now);
    const hasMissions = Object.keys(ctx.registry.missions).length > 0;
    const [answer, trends, unassigned, contributed, promised] = await Promise.all([
      missionsAnswer(ctx, period),
      hasMissions ? trendsAnswer(ctx) : [],
      listUnassigned(ctx),
      units(ctx, period),
      pledges(ctx),
    ]);
    return {
      now: ctx.now,
      period,
      choices: periodChoices(ctx.now, 'UTC'),
      missions: answer.missions,
      map: missionMap(ctx.registry, answer.missions),
      units: contributed.units,
      pledges: promised.pledges,
      trends: trends.map(({ mission, months, course }) => ({
        mission,
        shares: months.map(({ renewableShare }) => renewableShare),
        course,
      })),
      unassigned: toUnassignedMeters(unassigned),
      first: hasMissions
        ? null
        : { ...firstCommand(ctx.now), registration: registrationLines(unassigned, ctx.registry) },
      worker: workerLine(health),
    };
  });
};
