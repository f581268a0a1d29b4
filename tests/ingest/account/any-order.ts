/** Stories of readings that come in any order, with the books closed, the worker restarted or killed in between. */
import fc from 'fast-check';
import type { CorrectionEffect } from '#lib/energy/correction.ts';
import { INTERVAL_MS } from '#lib/energy/interval.ts';
import { meterRef, type MeterRef, type Reading, type Values } from '#lib/energy/reading.ts';
import type { NewCorrection } from '#lib/registry/correction.ts';
import type { Registry } from '#lib/registry/types.ts';
import { campOf, meter as registered } from './rig.ts';

const MINUTE = 60_000;
/** 2026-10-30T20:00:00Z: an evening before a month's end, in UTC and in the camp's zone */
export const FIRST = Date.UTC(2026, 9, 30, 20);

export const REGISTRY: Registry = campOf({
  'genset-1': registered('diesel', { ratedW: 500_000 }),
  'pv-1': registered('solar', { ratedW: 300_000 }),
  'grid-1': registered('grid', { ownership: 'host-grid', register: 'volatile' }),
});

const REFS: readonly MeterRef[] = ['genset-1', 'pv-1', 'grid-1', 'nobody-knows'].map((slug) =>
  meterRef('unmiss', 'juba', slug),
);

/** A meter's readings over two days and more: registers that may fall or fall silent, power, long gaps. */
function meterReadings(meter: MeterRef, index: number): fc.Arbitrary<Reading[]> {
  const step = fc.record({
    afterMs: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 1, max: 90 * MINUTE }) },
      { weight: 1, arbitrary: fc.integer({ min: 6 * 60 * MINUTE, max: 40 * 60 * MINUTE }) },
    ),
    addWh: fc.integer({ min: 0, max: 60_000 }),
    tells: fc.constantFrom('all', 'register', 'power', 'fuel', 'reverse'),
    falls: fc.integer({ min: 0, max: 19 }),
  });
  return fc.array(step, { minLength: 1, maxLength: 30 }).map((steps) => {
    let at = FIRST + index * 1_000;
    let wh = 1_000_000;
    return steps.map(({ afterMs, addWh, tells, falls }): Reading => {
      at += afterMs;
      wh = falls === 0 ? addWh : wh + addWh;
      const all: Values = { activePowerW: addWh, energyForwardWh: wh, fuelUsedL: wh / 3_000 };
      const values: Record<typeof tells, Values> = {
        all,
        register: { energyForwardWh: wh },
        power: { activePowerW: addWh - 1_000 },
        fuel: { fuelUsedL: wh / 3_000, fuelRateLPerH: 3 },
        reverse: { energyReverseWh: wh / 2 },
      };
      return { meter, at, values: values[tells] };
    });
  });
}

export type Step =
  | { readonly kind: 'deliver'; readonly count: number }
  | { readonly kind: 'flush' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'correct'; readonly correction: NewCorrection }
  | { readonly kind: 'withdraw'; readonly place: number }
  | { readonly kind: 'crash'; readonly afterWrites: number };

export interface Story {
  /** in the order of time */
  readonly readings: readonly Reading[];
  /** the same in the order they come in, some of them twice */
  readonly arriving: readonly Reading[];
  readonly steps: readonly Step[];
}

const effect: fc.Arbitrary<CorrectionEffect> = fc.constantFrom<CorrectionEffect>(
  { kind: 'exclude', quantity: null },
  { kind: 'exclude', quantity: 'energyForwardWh' },
  { kind: 'confirm' },
  { kind: 'scale', of: 'energy', factor: 1.25 },
  { kind: 'scale', of: 'fuel', factor: 0.264 },
  { kind: 'replace', known: 'manual', energyWh: 1_234_567 },
  { kind: 'replace', known: 'estimated', energyWh: 89, fuelMl: 1_000_001 },
);

/** From two days before the meters' first readings to days after their last, an hour to three days long. */
const correction: fc.Arbitrary<NewCorrection> = fc
  .record({
    meter: fc.constantFrom(...REFS),
    start: fc.integer({ min: -200, max: 1_000 }),
    quarters: fc.integer({ min: 4, max: 300 }),
    effect,
  })
  .map(({ meter, start, quarters, effect: does }) => {
    const from = FIRST + start * INTERVAL_MS;
    return { meter, from, to: from + quarters * INTERVAL_MS, effect: does };
  });

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 25 }) }),
    },
    { weight: 3, arbitrary: fc.constantFrom<Step>({ kind: 'flush' }, { kind: 'restart' }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('correct' as const), correction }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('withdraw' as const), place: fc.nat({ max: 5 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('crash' as const),
        afterWrites: fc.integer({ min: 0, max: 4 }),
      }),
    },
  ),
  { minLength: 3, maxLength: 20 },
);

/** Late by some places: mostly in order, sometimes far behind. */
function shuffled(readings: readonly Reading[], delays: readonly number[]): Reading[] {
  const keyed = readings.flatMap((reading, i) => {
    const delay = delays[i % delays.length] ?? 0;
    const once = { reading, key: i + delay };
    return delay % 3 === 1 ? [once, { reading, key: i + 2 * delay }] : [once];
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ reading }) => reading);
}

export const story: fc.Arbitrary<Story> = fc
  .record({
    byMeter: fc.tuple(...REFS.map(meterReadings)),
    delays: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 })), {
      minLength: 1,
      maxLength: 17,
    }),
    steps,
  })
  .map(({ byMeter, delays, steps: told }) => {
    const readings = byMeter.flat().sort((a, b) => a.at - b.at);
    return { readings, arriving: shuffled(readings, delays), steps: told };
  });
