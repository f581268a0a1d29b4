/** A mission engineer's task: a device's meters publish, and somebody who knows the camp says what they are, all at once. */
import { error, fail, redirect } from '@sveltejs/kit';
import type { TogetherData, TogetherMeter } from '#lib/components/meters/together-view.ts';
import { isSlug } from '#lib/energy/reading.ts';
import {
  assignTogether,
  LINE_FIELDS,
  lineField,
  PLACE_FIELDS,
  type AssignedTogether,
} from '#lib/registry/assign-together.ts';
import { campOf, missionOf } from '#lib/registry/lookup.ts';
import { changeRegistry } from '#lib/server/context.ts';
import { AppError } from '#lib/server/errors.ts';
import { listMeters, type ListedMeter } from '#lib/server/queries/meters.ts';
import { withNewestValues } from '#lib/server/queries/newest-values.ts';
import type { QueryContext } from '#lib/server/queries/types.ts';
import { usualIntervalS } from '#lib/server/queries/usual-interval.ts';
import { ask } from '../../../ask.ts';
import { ownAddress, typedFields } from '../../../forms.ts';
import { likelySource } from '../../../registration.ts';
import { toUnassignedMeters } from '../../../unassigned.ts';
import type { Actions, PageServerLoad } from './$types';

/** Lines of one form; the rest come once these have their places. */
const MOST_METERS = 50;

async function togetherMeters(ctx: QueryContext, listed: readonly ListedMeter[]): Promise<TogetherMeter[]> {
  const known = await withNewestValues(ctx, listed);
  const plain = toUnassignedMeters(known);
  return Promise.all(
    known.flatMap((each, index) => {
      const meter = plain[index];
      if (meter === undefined) return [];
      const interval = usualIntervalS(ctx.store, each.ref, ctx.now);
      return [
        interval.then((intervalS) => ({ ...meter, likely: { source: likelySource(each), intervalS } })),
      ];
    }),
  );
}

export const load: PageServerLoad = ({ params, url, request }) => {
  const { mission, camp } = params;
  if (![mission, camp].every(isSlug)) error(404, { message: 'Not found' });
  return ask(async (ctx): Promise<TogetherData> => {
    const listed = await listMeters(ctx, { mission, camp });
    if (listed.length === 0) error(404, { message: 'Not found' });
    const unassigned = listed.filter(({ meter }) => meter === undefined);
    const isNewMission = missionOf(ctx.registry, mission) === undefined;
    return {
      mission,
      camp,
      missionName: missionOf(ctx.registry, mission)?.name ?? null,
      campName: campOf(ctx.registry, mission, camp)?.name ?? null,
      now: ctx.now,
      meters: await togetherMeters(ctx, unassigned.slice(0, MOST_METERS)),
      count: unassigned.length,
      zones: isNewMission ? Intl.supportedValuesOf('timeZone') : [],
      ownAddress: ownAddress({ url, request }),
    };
  });
};

/** The slugs that stand under `name` in the form, each once. */
async function slugsOf(request: Request, name: string): Promise<string[]> {
  const values = (await request.clone().formData()).getAll(name);
  const slugs = values.filter((value): value is string => typeof value === 'string' && isSlug(value));
  return [...new Set(slugs)].slice(0, MOST_METERS);
}

export const actions: Actions = {
  default: async ({ params, request }) => {
    if (![params.mission, params.camp].every(isSlug)) error(404, { message: 'Not found' });
    const [shown, chosen] = [await slugsOf(request, 'shown'), await slugsOf(request, 'take')];
    const lines = shown.flatMap((slug) => LINE_FIELDS.map((field) => lineField(slug, field)));
    const typed = (await typedFields(request, [...PLACE_FIELDS, ...lines])) as Record<string, string>;
    let assigned: AssignedTogether | undefined;
    try {
      const reason = `assigned ${params.mission}/${params.camp}: ${chosen.join(', ')}`;
      await changeRegistry(
        (registry) => {
          assigned = assignTogether(registry, params, { chosen, typed });
          return assigned.ok ? assigned.registry : undefined;
        },
        { author: 'dashboard', reason },
      );
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause;
      console.error(JSON.stringify({ level: 'error', message: 'registry not saved', code: cause.code }));
      return fail(503, { reason: 'failed' as const, code: cause.code, typed, chosen });
    }
    if (assigned === undefined) throw new Error('The registry was not asked.');
    if (assigned.ok) redirect(303, `/missions/${params.mission}/${params.camp}?assigned=${chosen.join(',')}`);
    return fail(assigned.reason === 'taken' || assigned.reason === 'zone' ? 409 : 422, {
      ...assigned,
      typed,
      chosen,
    });
  },
};
