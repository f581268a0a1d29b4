/** What the camp's history page does with a delivery somebody writes down, or withdraws. */
import { error, fail, redirect, type RequestEvent } from '@sveltejs/kit';
import type { DeliveryOutcome, WithdrawOutcome } from '#lib/components/fuel/fuel-view.ts';
import { localDateOf } from '#lib/energy/calendar.ts';
import { DELIVERY_FIELDS, readDelivery } from '#lib/registry/delivery-form.ts';
import { isSameFuel, litresOf, type FuelDelivery } from '#lib/registry/fuel-record.ts';
import { campOf, missionOf } from '#lib/registry/lookup.ts';
import type { Signature } from '#lib/registry/correction.ts';
import { fuelRecordStore, signedBy } from '#lib/server/context.ts';
import { AppError } from '#lib/server/errors.ts';
import type { DeliveryAnswer } from '#lib/server/queries/fuel.ts';
import type { QueryContext } from '#lib/server/queries/types.ts';
import type { FuelRecordStore } from '#lib/server/registry/fuel-record-store.ts';
import { ask } from '../../../../ask.ts';
import { typedFields } from '../../../../forms.ts';

interface Place {
  readonly mission: string;
  readonly camp: string;
}

type Event = RequestEvent<{ mission: string; camp: string }>;

/** The delivery that the form before this page wrote down, as the address says. */
export function recordedDelivery(
  ctx: QueryContext,
  { mission, camp }: Place,
  url: URL,
): Omit<DeliveryAnswer, 'recordedAt'> | null {
  const id = Number(url.searchParams.get('recorded') ?? Number.NaN);
  const found = ctx.fuelRecords?.find((each) => each.id === id);
  if (found?.kind !== 'delivery' || found.mission !== mission || found.camp !== camp) return null;
  const { date, reference, author, reason } = found;
  return { id, date, reference, author, reason, litres: litresOf(found) };
}

/** The page again, with the period that it showed. */
function back(url: URL, recorded?: number): never {
  const kept = ['from', 'to'].flatMap((name) => {
    const value = url.searchParams.get(name);
    return value === null ? [] : [[name, value] as [string, string]];
  });
  if (recorded !== undefined) kept.push(['recorded', String(recorded)]);
  redirect(303, `${url.pathname}?${new URLSearchParams(kept).toString()}#fuel`);
}

/** An operating fault as the page tells it. */
function failed(
  cause: unknown,
  of: Pick<DeliveryOutcome, 'form' | 'typed'> | Pick<WithdrawOutcome, 'form' | 'typed'>,
) {
  if (!(cause instanceof AppError)) throw cause;
  console.error(JSON.stringify({ level: 'error', message: 'fuel record not saved', code: cause.code }));
  return fail(503, { ...of, reason: 'failed' as const, code: cause.code });
}

/** The delivery's number on record; or, where its date and reference are known with other litres, those. */
function record(
  store: FuelRecordStore,
  delivery: FuelDelivery,
  signature: Signature,
): { readonly id: number } | { readonly litres: number } {
  const held = store.current().find((each) => isSameFuel(each, delivery));
  // Sent twice, by a finger or by a browser: it is on record.
  if (held?.volumeMl === delivery.volumeMl) return { id: held.id };
  if (held !== undefined) return { litres: litresOf(held) };
  return { id: store.add([delivery], signature)[0]?.id ?? 0 };
}

export async function deliver({ params, request, url }: Event) {
  const typed = await typedFields(request, DELIVERY_FIELDS);
  const place = { mission: params.mission, camp: params.camp };
  const { zone, now } = await ask(({ registry, now: at }) => {
    const known = campOf(registry, place.mission, place.camp) && missionOf(registry, place.mission);
    return Promise.resolve({ zone: known?.zone, now: at });
  });
  if (zone === undefined) error(404, { message: 'Not found' });
  const outcome = { form: 'delivery', typed } as const;
  const signed = { ...typed, author: signedBy(typed.author ?? '') };
  const read = readDelivery(signed, { ...place, today: localDateOf(now, zone), now });
  if (!read.ok) {
    return fail(422, { ...outcome, reason: 'fields', fields: read.fields } satisfies DeliveryOutcome);
  }
  let made: ReturnType<typeof record>;
  try {
    const { author, reason, delivery } = read;
    made = record(await fuelRecordStore(), delivery, { author, reason, madeAt: now });
  } catch (cause) {
    return failed(cause, outcome);
  }
  if ('litres' in made) {
    return fail(409, { ...outcome, reason: 'known', litres: made.litres } satisfies DeliveryOutcome);
  }
  back(url, made.id);
}

export async function withdraw({ params, request, url }: Event) {
  const typed = await typedFields(request, ['id', 'author', 'reason']);
  const { id = '', reason = '' } = typed;
  const outcome = { form: 'withdraw', typed } as const;
  const author = signedBy(typed.author ?? '');
  if (author.trim() === '' || reason.trim() === '') {
    return fail(422, { ...outcome, reason: 'unsigned' } satisfies WithdrawOutcome);
  }
  try {
    const store = await fuelRecordStore();
    const found = store.current().find((each) => String(each.id) === id);
    if (found?.mission !== params.mission || found.camp !== params.camp) {
      return fail(409, { ...outcome, reason: 'gone' } satisfies WithdrawOutcome);
    }
    store.withdraw(found.id, { author: author.trim(), reason: reason.trim(), madeAt: Date.now() });
  } catch (cause) {
    return failed(cause, outcome);
  }
  back(url);
}
