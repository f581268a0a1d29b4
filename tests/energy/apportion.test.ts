import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apportion } from '#lib/energy/apportion.ts';

describe('dividing a whole number pro rata', () => {
  it.each([
    ['gives the odd one to the largest remainder', 10, [1, 1, 1].map((w) => w * 100), [4, 3, 3]],
    ['keeps the proportions', 20, [80, 20], [16, 4]],
    ['gives all when there is just enough', 5, [3, 2], [3, 2]],
    ['cuts what nobody can give', 9, [3, 2], [3, 2]],
    ['gives nothing of nothing', 0, [3, 2], [0, 0]],
    ['takes nothing from nobody', 5, [], []],
    ['leaves weights of zero alone', 1, [0, 7, 0], [0, 1, 0]],
  ])('%s', (_, total, weights, expected) => {
    expect(apportion(total, weights)).toEqual(expected);
  });

  it('adds up exactly, in whole numbers, within a unit of the exact part and never above a weight', () => {
    const weight = fc.integer({ min: 0, max: 2_000_000_000 });
    fc.assert(
      fc.property(
        fc.array(weight, { maxLength: 12 }),
        fc.integer({ min: 0, max: 3_000_000_000 }),
        (weights, total) => {
          const sum = weights.reduce((a, b) => a + b, 0);
          const shares = apportion(total, weights);
          expect(shares.reduce((a, b) => a + b, 0)).toBe(Math.min(total, sum));
          shares.forEach((share, i) => {
            expect(Number.isInteger(share) && share >= 0 && share <= (weights[i] ?? -1)).toBe(true);
            if (sum > 0 && total < sum)
              expect(Math.abs(share - (total * (weights[i] ?? 0)) / sum)).toBeLessThanOrEqual(1.001);
          });
        },
      ),
    );
  });
});
