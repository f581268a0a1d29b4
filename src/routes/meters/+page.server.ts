/** Which meters are there, what did each say last, which are silent, who is nobody's yet, and which messages were not taken? */
import { error } from '@sveltejs/kit';
import { missionOf } from '#lib/registry/lookup.ts';
import { workerHealth } from '#lib/server/context.ts';
import { readWorkerReport } from '#lib/server/live/worker-report.ts';
import { parseMeterListQuery } from '#lib/server/queries/meter-list-parameters.ts';
import { meterListAnswer, METERS_PER_PAGE, type MeterListQuery } from '#lib/server/queries/meter-list.ts';
import type { QueryContext } from '#lib/server/queries/types.ts';
import { ask } from '../ask.ts';
import { toMeterLine } from '../meter-line.ts';
import { registrationLines } from '../registration.ts';
import { listUnassigned, toUnassignedMeters } from '../unassigned.ts';
import type { PageServerLoad } from './$types';

/** Unassigned meters told above the list; the rest are one click away. */
const UNASSIGNED_SHOWN = 5;

function placesOf(records: Readonly<Record<string, { readonly name: string }>> = {}) {
  return Object.entries(records)
    .map(([slug, { name }]) => ({ slug, name }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function isWhole({ mission, camp, state, text, page }: MeterListQuery): boolean {
  return page === 1 && [mission, camp, state, text].every((part) => part === undefined);
}

/** What waits for somebody, told where the whole list is asked for and not a part of it. */
async function waitingMeters(ctx: QueryContext) {
  const unassigned = await listUnassigned(ctx);
  const shown = unassigned.slice(0, UNASSIGNED_SHOWN);
  return {
    unassigned: toUnassignedMeters(shown),
    registration: shown.length === 0 ? '' : registrationLines(shown, ctx.registry),
  };
}

export const load: PageServerLoad = async ({ url }) => {
  const parsed = parseMeterListQuery(url.searchParams);
  if (!parsed.ok) error(400, parsed.problem);
  const query = parsed.value;
  // Before the store is asked: reading much keeps the event loop busy, and an answer then looks late.
  const health = isWhole(query) ? await workerHealth() : undefined;
  return ask(async (ctx) => {
    const { rows, ...list } = await meterListAnswer(ctx, query);
    const { page: _, ...filter } = query;
    return {
      now: ctx.now,
      example: Object.values(ctx.registry.missions).some(({ example }) => example === true),
      filter,
      list,
      first: rows.length === 0 ? 0 : (list.page - 1) * METERS_PER_PAGE + 1,
      meters: rows.map(toMeterLine),
      missions: placesOf(ctx.registry.missions),
      camps: filter.mission === undefined ? [] : placesOf(missionOf(ctx.registry, filter.mission)?.camps),
      waiting: isWhole(query) ? { ...(await waitingMeters(ctx)), worker: readWorkerReport(health) } : null,
    };
  });
};
