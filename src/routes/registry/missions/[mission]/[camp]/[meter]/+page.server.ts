/** A meter of the registry: every field of it, and its end. */
import { editPart, removePart, textsOf } from '#lib/registry/edit.ts';
import { withOffsets } from '#lib/registry/event-times.ts';
import { METER_FORM } from '#lib/registry/form-shapes.ts';
import { missionOf } from '#lib/registry/lookup.ts';
import { ask } from '../../../../../ask.ts';
import { draftAction } from '../../../../drafting.ts';
import { meterPlace } from '../../../../place.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ params }) =>
  ask(async () => {
    const { version, mission, camp, meter } = await meterPlace(params);
    return {
      version,
      mission: { slug: params.mission, name: mission.name },
      camp: { slug: params.camp, name: camp.name },
      slug: params.meter,
      name: meter.name ?? params.meter,
      zone: mission.zone,
      texts: textsOf(meter, METER_FORM),
    };
  });

const pathOf = (params: { mission: string; camp: string; meter: string }) => [
  'missions',
  params.mission,
  'camps',
  params.camp,
  'meters',
  params.meter,
];

export const actions: Actions = {
  edit: async ({ request, params }) =>
    draftAction(request, `${params.mission}/${params.camp}/${params.meter}`, (registry, typed) => {
      const zone = missionOf(registry, params.mission)?.zone ?? 'UTC';
      return editPart(registry, pathOf(params), METER_FORM, withOffsets(typed, zone));
    }),
  remove: async ({ request, params }) =>
    draftAction(request, `${params.mission}/${params.camp}/${params.meter}`, (registry) =>
      removePart(registry, pathOf(params)),
    ),
};
