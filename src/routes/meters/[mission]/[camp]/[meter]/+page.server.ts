/** A mission engineer's task: a meter publishes, and somebody who knows the camp says what it is. Works without script. */
import { error, fail, redirect } from '@sveltejs/kit';
import type { AssignData } from '#lib/components/meters/assign-view.ts';
import { isSlug } from '#lib/energy/reading.ts';
import { ASSIGN_FIELDS, assignMeter, type Assigned } from '#lib/registry/assign.ts';
import { campOf, missionOf } from '#lib/registry/lookup.ts';
import { changeRegistry } from '#lib/server/context.ts';
import { AppError } from '#lib/server/errors.ts';
import { listMeters } from '#lib/server/queries/meters.ts';
import { withNewestValues } from '#lib/server/queries/newest-values.ts';
import { usualIntervalS } from '#lib/server/queries/usual-interval.ts';
import { ask } from '../../../../ask.ts';
import { ownAddress, typedFields } from '../../../../forms.ts';
import { likelySource } from '../../../../registration.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ params, url, request }) => {
  if (![params.mission, params.camp, params.meter].every(isSlug)) error(404, { message: 'Not found' });
  return ask(async (ctx): Promise<AssignData> => {
    const { mission, camp } = params;
    const own = (await listMeters(ctx, { mission, camp })).filter(({ ref }) => ref.meter === params.meter);
    const [listed] = await withNewestValues(ctx, own);
    if (listed === undefined) error(404, { message: 'Not found' });
    const { ref, meter, seen, toldAt = {} } = listed;
    const isNewMission = missionOf(ctx.registry, mission) === undefined;
    return {
      mission,
      camp,
      meter: params.meter,
      missionName: missionOf(ctx.registry, mission)?.name ?? null,
      campName: campOf(ctx.registry, mission, camp)?.name ?? null,
      now: ctx.now,
      registered: meter ?? null,
      seen: seen === undefined ? null : { at: seen.lastAt, values: seen.lastValues, toldAt },
      likely: {
        source: likelySource(listed),
        intervalS: await usualIntervalS(ctx.store, ref, ctx.now),
      },
      zones: isNewMission ? Intl.supportedValuesOf('timeZone') : [],
      ownAddress: ownAddress({ url, request }),
    };
  });
};

export const actions: Actions = {
  default: async ({ params, request }) => {
    if (![params.mission, params.camp, params.meter].every(isSlug)) error(404, { message: 'Not found' });
    const typed = await typedFields(request, ASSIGN_FIELDS);
    let assigned: Assigned | undefined;
    try {
      const reason = `assigned ${params.mission}/${params.camp}/${params.meter}`;
      await changeRegistry(
        (registry) => {
          assigned = assignMeter(registry, params, typed);
          return assigned.ok ? assigned.registry : undefined;
        },
        { author: 'dashboard', reason },
      );
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause;
      console.error(JSON.stringify({ level: 'error', message: 'registry not saved', code: cause.code }));
      return fail(503, { reason: 'failed' as const, code: cause.code, typed });
    }
    if (assigned === undefined) throw new Error('The registry was not asked.');
    if (assigned.ok) redirect(303, `/missions/${params.mission}/${params.camp}?assigned=${params.meter}`);
    return fail(assigned.reason === 'fields' ? 422 : 409, { ...assigned, typed });
  },
};
