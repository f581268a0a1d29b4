/** A fuel delivery as people type it. */
import { describe, expect, it } from 'vitest';
import { readDelivery, type DeliveryText } from '#lib/registry/delivery-form.ts';

const PLACE = { mission: 'unmiss', camp: 'juba', today: '2026-06-15', now: Date.UTC(2026, 5, 15, 12) };
const TYPED: DeliveryText = {
  date: '2026-06-15',
  litres: '38 000,5',
  reference: ' DN-7 ',
  author: 'A. Officer',
  reason: 'the note',
};

describe('A delivery that somebody typed', () => {
  it('is read as it was meant, with spaces and decimal commas', () => {
    expect(readDelivery(TYPED, PLACE)).toEqual({
      ok: true,
      delivery: {
        kind: 'delivery',
        mission: 'unmiss',
        camp: 'juba',
        date: '2026-06-15',
        volumeMl: 38_000_500,
        reference: 'DN-7',
      },
      author: 'A. Officer',
      reason: 'the note',
    });
  });

  it('is not guessed at: the fields that cannot be read are named, each once, in the form’s order', () => {
    expect(readDelivery({}, PLACE)).toEqual({
      ok: false,
      fields: ['date', 'litres', 'reference', 'author', 'reason'],
    });
    const wrong: DeliveryText[] = [
      { date: '2026-06-16' },
      { date: '2026-02-30' },
      { litres: '1,500' },
      { litres: '0' },
      { litres: '-5' },
      { litres: '1e9' },
      { litres: '99999999' },
      { reference: 'x'.repeat(121) },
      { reference: 'a\tb' },
      { author: ' ' },
    ];
    const fields = wrong.map((each) => readDelivery({ ...TYPED, ...each }, PLACE));
    expect(fields.map((each) => (each.ok ? [] : each.fields))).toEqual(
      wrong.map((each) => Object.keys(each)),
    );
  });
});
