/** A fuel delivery as somebody typed it into a form: read strictly, so that nothing is guessed at. */
import { numeral } from './assign.ts';
import { fuelProblems, millilitresOf, type FuelDelivery, type FuelProblem } from './fuel-record.ts';

export const DELIVERY_FIELDS = ['date', 'litres', 'reference', 'author', 'reason'] as const;
export type DeliveryField = (typeof DELIVERY_FIELDS)[number];
/** As typed; a field that is missing or blank says nothing. */
export type DeliveryText = Readonly<Partial<Record<DeliveryField, string>>>;

export type ReadDelivery =
  | {
      readonly ok: true;
      readonly delivery: FuelDelivery;
      readonly author: string;
      readonly reason: string;
    }
  /** fields that cannot be read, each once, in the order of the form */
  | { readonly ok: false; readonly fields: readonly DeliveryField[] };

const FIELD_OF: Readonly<Record<FuelProblem, DeliveryField>> = {
  date: 'date',
  future: 'date',
  litres: 'litres',
  reference: 'reference',
};

/** `today`: the mission's local date; `now` in epoch ms. */
export function readDelivery(
  typed: DeliveryText,
  { mission, camp, today, now }: { mission: string; camp: string; today: string; now: number },
): ReadDelivery {
  const text = (field: DeliveryField): string => typed[field]?.trim() ?? '';
  const litres = numeral(text('litres'));
  const delivery: FuelDelivery = {
    kind: 'delivery',
    mission,
    camp,
    date: text('date'),
    volumeMl: typeof litres === 'number' ? millilitresOf(litres) : Number.NaN,
    reference: text('reference'),
  };
  const [author, reason] = [text('author'), text('reason')];
  const wrong = new Set<DeliveryField>(
    fuelProblems(delivery, { today, now }).map((problem) => FIELD_OF[problem]),
  );
  if (author === '') wrong.add('author');
  if (reason === '') wrong.add('reason');
  if (wrong.size === 0) return { ok: true, delivery, author, reason };
  return { ok: false, fields: DELIVERY_FIELDS.filter((field) => wrong.has(field)) };
}
