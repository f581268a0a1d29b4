import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTERVALS_PER_DAY, type EnergyInterval } from '#lib/energy/interval.ts';
import { AppError } from '#lib/server/errors.ts';
import { INTERVAL_FIELDS, POWER_FIELDS } from '#lib/server/store/fields.ts';
import { decodeFlows, decodeIntervals, encodeIntervals } from '#lib/server/store/sqlite/interval-codec.ts';
import { interval } from '../samples.ts';

const number = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 900 }),
  fc.integer({ min: -100_000, max: 2 ** 31 - 1 }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
// −0 is stored as 0: as an amount of energy there is no difference.
const plain = number.map((value) => (value === 0 ? 0 : value));
const anyInterval: fc.Arbitrary<EnergyInterval> = fc.record({
  ...(Object.fromEntries(INTERVAL_FIELDS.map((name) => [name, plain])) as Record<
    (typeof INTERVAL_FIELDS)[number],
    typeof plain
  >),
  ...(Object.fromEntries(POWER_FIELDS.map((name) => [name, fc.option(plain)])) as Record<
    (typeof POWER_FIELDS)[number],
    fc.Arbitrary<number | null>
  >),
});
const anyDay = fc.array(fc.option(anyInterval), {
  minLength: INTERVALS_PER_DAY,
  maxLength: INTERVALS_PER_DAY,
});

describe('the codec of a day of intervals', () => {
  it('gives back any day exactly', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        expect(decodeIntervals(encodeIntervals(day))).toEqual(day);
      }),
      { numRuns: 80 },
    );
  });

  it('gives back the flows of any day as the whole day has them', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const { known, ...columns } = decodeFlows(encodeIntervals(day));
        const intervals = day.filter((each) => each !== null);
        expect(known).toEqual(day.map((each) => each !== null));
        for (const name of ['forwardWh', 'reverseWh', 'coveredS'] as const)
          expect(columns[name]).toEqual(intervals.map((each) => each[name]));
      }),
      { numRuns: 40 },
    );
  });

  it('writes the same bytes for the same day', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        expect(encodeIntervals(decodeIntervals(encodeIntervals(day)))).toEqual(encodeIntervals(day));
      }),
      { numRuns: 20 },
    );
  });

  it('takes no more than 1.6 KB for a day of a busy genset', () => {
    const day = Array.from({ length: INTERVALS_PER_DAY }, (_, index) =>
      interval({
        forwardWh: 23_125 + ((index * 7919) % 4_000),
        fuelMl: 6_240 + ((index * 104_729) % 900),
        minW: 60_000 + ((index * 1_299_709) % 20_000),
        maxW: 90_000 + ((index * 15_485_863) % 20_000),
      }),
    );
    expect(encodeIntervals(day).length).toBeLessThanOrEqual(1_600);
  });

  it('takes some twenty bytes for a day without anything', () => {
    expect(encodeIntervals(Array.from({ length: INTERVALS_PER_DAY }, () => null)).length).toBeLessThan(30);
  });

  it('refuses a day that has not 96 places', () => {
    expect(() => encodeIntervals([null])).toThrow(RangeError);
  });

  it('refuses bytes of another version and bytes that break off', () => {
    const bytes = encodeIntervals(Array.from({ length: INTERVALS_PER_DAY }, () => interval({ minW: 1.5 })));
    expect(() => decodeIntervals(Uint8Array.from([9, ...bytes.slice(1)]))).toThrow(AppError);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => decodeIntervals(bytes.slice(0, length))).toThrow(AppError);
    }
  });

  it('never makes anything but a day or an error of arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          expect(decodeIntervals(Uint8Array.from([1, ...bytes]))).toHaveLength(INTERVALS_PER_DAY);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });

  it('takes a number that is said to be missing for damage, never for a null or a zero', () => {
    const lost = { ...interval({ forwardWh: 250 }), forwardWh: null } as unknown as EnergyInterval;
    const kept = interval({ forwardWh: 250 });
    const day = Array.from({ length: INTERVALS_PER_DAY }, (_, i) => (i === 0 ? lost : i === 1 ? kept : null));
    expect(() => decodeIntervals(encodeIntervals(day))).toThrow(AppError);
  });
});
