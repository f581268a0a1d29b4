/** What the camp's page does with a genset's service that somebody writes down: it stands in the registry from then on. */
import { error, fail, redirect, type RequestEvent } from '@sveltejs/kit';
import type { ServiceableGenset, ServiceOutcome } from '#lib/components/camp/service-view.ts';
import { campOf } from '#lib/registry/lookup.ts';
import { recordService, SERVICE_FIELDS, type ReadService } from '#lib/registry/service-form.ts';
import { changeRegistry, signedBy } from '#lib/server/context.ts';
import { AppError } from '#lib/server/errors.ts';
import { listMeters } from '#lib/server/queries/meters.ts';
import { withNewestValues } from '#lib/server/queries/newest-values.ts';
import type { QueryContext } from '#lib/server/queries/types.ts';
import { ask } from '../../../ask.ts';
import { typedFields } from '../../../forms.ts';

interface Place {
  readonly mission: string;
  readonly camp: string;
}

/** The camp's registered gensets that tell their running hours. @throws AppError */
export async function serviceableGensets(ctx: QueryContext, place: Place): Promise<ServiceableGenset[]> {
  const { mission, camp } = place;
  const diesel = (await listMeters(ctx, { mission, camp })).filter(({ meter }) => meter?.source === 'diesel');
  return (await withNewestValues(ctx, diesel)).flatMap(({ ref, meter, seen, toldAt = {} }) => {
    const runTimeS = seen?.lastValues.runTimeS;
    if (seen === undefined || runTimeS === undefined) return [];
    const counter = { hours: runTimeS / 3600, at: toldAt.runTimeS ?? seen.lastAt };
    return [{ meter: ref.meter, name: meter?.name ?? ref.meter, counter }];
  });
}

export async function serviced({ params, request, url }: RequestEvent<{ mission: string; camp: string }>) {
  const typed = await typedFields(request, SERVICE_FIELDS);
  const { gensets, now } = await ask(async (ctx) => {
    if (campOf(ctx.registry, params.mission, params.camp) === undefined) error(404, { message: 'Not found' });
    return { gensets: await serviceableGensets(ctx, params), now: ctx.now };
  });
  const genset = gensets.find(({ meter }) => meter === typed.meter);
  const author = signedBy(typed.author ?? '').trim();
  const ref = { mission: params.mission, camp: params.camp, meter: typed.meter ?? '' };
  const signed = { ...typed, author };
  const read = (registry: Parameters<typeof recordService>[0]): ReadService =>
    recordService(registry, ref, { typed: signed, counter: genset?.counter, now });
  let made: ReadService | undefined;
  const told = (outcome: Omit<ServiceOutcome, 'typed'>) => ({ service: { ...outcome, typed } });
  const parts = [typed.oil === undefined ? '' : 'oil', typed.fuelFilter === undefined ? '' : 'fuel filter'];
  const what = parts.filter(Boolean).join(' and ');
  try {
    await changeRegistry(
      (registry) => {
        made = read(registry);
        return made.ok ? made.registry : undefined;
      },
      {
        author,
        reason: `serviced ${ref.mission}/${ref.camp}/${ref.meter}: ${what} at ${typed.hours ?? ''} h`,
      },
    );
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    console.error(JSON.stringify({ level: 'error', message: 'registry not saved', code: cause.code }));
    return fail(503, told({ fields: [], range: null, code: cause.code }));
  }
  if (made?.ok === false) return fail(422, told({ fields: made.fields, range: made.range, code: null }));
  redirect(303, `${url.pathname}?serviced=${ref.meter}`);
}
