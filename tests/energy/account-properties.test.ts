import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MeterRules } from '#lib/energy/account-rules.ts';
import { initialState, isSameState, type AccountState } from '#lib/energy/account-state.ts';
import { firstDayTouched, utcDayOf } from '#lib/energy/checkpoint.ts';
import { overlayOf, type Corrected } from '#lib/energy/correction.ts';
import { DAY_MS, INTERVAL_MS } from '#lib/energy/interval.ts';
import type { Reading, Values } from '#lib/energy/reading.ts';
import { mergeReadings, recomputeDays } from '#lib/energy/recompute.ts';
import {
  account,
  dayOf,
  goOn,
  HOUR,
  intervalOf,
  METER,
  MIDNIGHT,
  MINUTE,
  openAccount,
  SECOND,
  sum,
  type Account,
} from './account-fixtures.ts';

/** From one reading to the next: seconds, minutes, boundaries, silences. */
const stepMs = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 2 * MINUTE }) },
  { weight: 3, arbitrary: fc.constantFrom(SECOND, MINUTE, 5 * MINUTE, INTERVAL_MS, HOUR) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 * HOUR }) },
);
/** How a register moves: mostly up, sometimes by nothing, a little back, to 0, to anywhere; or it tells 0 for a moment. */
const move = fc.oneof(
  { weight: 8, arbitrary: fc.record({ by: fc.double({ min: 0, max: 5000, noNaN: true }) }) },
  { weight: 2, arbitrary: fc.record({ by: fc.integer({ min: -300, max: 0 }) }) },
  { weight: 1, arbitrary: fc.record({ to: fc.constantFrom(0, 1, 99_000, 1e6, 9e9) }) },
  { weight: 1, arbitrary: fc.constant({ glitch: true as const }) },
);
type Move = { by: number } | { to: number } | { glitch: true };
const told = fc.record(
  {
    activePowerW: fc.double({ min: -2e5, max: 2e5, noNaN: true }),
    energyForwardWh: move,
    energyReverseWh: move,
    fuelUsedL: move,
    fuelRateLPerH: fc.double({ min: -10, max: 200, noNaN: true }),
    voltageV: fc.constant(230),
  },
  { requiredKeys: [] },
);
const REGISTERS = ['energyForwardWh', 'energyReverseWh', 'fuelUsedL'] as const;

/** A meter's life, ascending. It begins late in a day, so that most lives cross a midnight. */
const life: fc.Arbitrary<Reading[]> = fc
  .array(fc.record({ stepMs, told }), { minLength: 1, maxLength: 40 })
  .map((steps) => {
    const now = { energyForwardWh: 95_000, energyReverseWh: 20, fuelUsedL: 900 };
    let at = MIDNIGHT + 23 * HOUR + 50 * MINUTE;
    return steps.map((step) => {
      at += step.stepMs;
      const values: Values = {};
      if (step.told.activePowerW !== undefined) values.activePowerW = step.told.activePowerW;
      if (step.told.fuelRateLPerH !== undefined) values.fuelRateLPerH = step.told.fuelRateLPerH;
      if (step.told.voltageV !== undefined) values.voltageV = step.told.voltageV;
      for (const name of REGISTERS) {
        const moved: Move | undefined = step.told[name];
        if (moved === undefined) continue;
        if ('to' in moved) now[name] = moved.to;
        if ('by' in moved) now[name] += moved.by;
        values[name] = 'glitch' in moved ? 0 : now[name];
      }
      return { meter: METER, at, values };
    });
  });

const policy = fc.constantFrom(
  'persistent' as const,
  'volatile' as const,
  'interval' as const,
  'daily' as const,
  { wrap: 100_000 },
);
/** A quarter of an hour on the life's days, the evening before and the days after. */
const quarter = fc.integer({ min: 90, max: 5 * 96 }).map((index) => MIDNIGHT + index * INTERVAL_MS);
const correctedRange = fc
  .record({ from: quarter, quarters: fc.integer({ min: 1, max: 150 }) })
  .map(({ from, quarters }) => ({ from, to: from + quarters * INTERVAL_MS }));
const excluded = fc
  .record({
    range: correctedRange,
    quantity: fc.constantFrom(
      null,
      'energyForwardWh' as const,
      'activePowerW' as const,
      'fuelUsedL' as const,
    ),
  })
  .map(({ range, quantity }): Corrected => ({ ...range, effect: { kind: 'exclude', quantity } }));
const confirmed = correctedRange.map((range): Corrected => ({ ...range, effect: { kind: 'confirm' } }));
const scaled = fc
  .record({
    range: correctedRange,
    of: fc.constantFrom('energy' as const, 'fuel' as const),
    factor: fc.constantFrom(0.2, 0.75, 1.2, 4),
  })
  .map(({ range, of, factor }): Corrected => ({ ...range, effect: { kind: 'scale', of, factor } }));
const replaced = fc
  .record({
    range: correctedRange,
    known: fc.constantFrom('manual' as const, 'estimated' as const),
    energyWh: fc.integer({ min: 0, max: 1e9 }),
    fuelMl: fc.option(fc.integer({ min: 0, max: 1e6 }), { nil: undefined }),
  })
  .map(({ range, known, energyWh, fuelMl }): Corrected => {
    const figures = fuelMl === undefined ? { energyWh } : { energyWh, fuelMl };
    return { ...range, effect: { kind: 'replace', known, ...figures } };
  });
/** One of each kind at most, so that none of a kind overlap. */
const overlay = fc
  .tuple(...[excluded, confirmed, scaled, replaced].map((each) => fc.option(each, { nil: undefined })))
  .map((corrections) => overlayOf(corrections.filter((each) => each !== undefined)));

const plainRules: fc.Arbitrary<MeterRules> = fc.record({
  energyRegister: policy,
  fuelRegister: policy,
  maxGapMs: fc.constantFrom(5 * MINUTE, 45 * MINUTE, 30 * HOUR),
  ratedW: fc.constantFrom(null, 1000, 500_000),
  segmentStarts: fc
    .array(fc.integer({ min: 0, max: 4 * DAY_MS }), { maxLength: 3 })
    .map((starts) => starts.map((start) => MIDNIGHT + start).sort((a, b) => a - b)),
  invert: fc.boolean(),
  zone: fc.constantFrom('UTC', 'Africa/Juba', 'America/New_York'),
});
/** Of a device that publishes on change. */
const heldBeyondMs = fc.option(fc.constantFrom(MINUTE, 5 * MINUTE), { nil: undefined });
const anyRules: fc.Arbitrary<MeterRules> = fc
  .record({ rules: plainRules, overlay, heldBeyondMs })
  .map(({ rules, ...more }) => ({
    ...rules,
    ...(more.overlay !== undefined && { overlay: more.overlay }),
    ...(more.heldBeyondMs !== undefined && { heldBeyondMs: more.heldBeyondMs }),
  }));

function lastOf(readings: readonly Reading[]): number {
  return readings.at(-1)?.at ?? MIDNIGHT;
}

/** What a store holds of an account, as text: every day from the first to the last, byte for byte. */
function written(made: Account, firstDay: number, lastDay: number): string[] {
  const days: string[] = [];
  for (let day = firstDay; day <= lastDay; day++) days.push(JSON.stringify(dayOf(made, day)));
  return days;
}

function expectSame(a: Account, b: Account): void {
  const days = [...a.starts.keys(), ...b.starts.keys()];
  const [first, last] = [Math.min(...days), Math.max(...days)];
  expect(written(a, first, last)).toEqual(written(b, first, last));
  expect(JSON.stringify(a.state)).toBe(JSON.stringify(b.state));
  expect([...a.starts]).toEqual([...b.starts]);
}

describe('The account of a meter, whatever it tells and by whichever rules,', () => {
  it('I10: does not depend on the order in which readings arrive, or on how often', () => {
    const story = life.chain((readings) =>
      fc.record({
        readings: fc.constant(readings),
        order: fc.shuffledSubarray(readings, { minLength: readings.length }),
        again: fc.subarray(readings),
      }),
    );
    fc.assert(
      fc.property(story, anyRules, ({ readings, order, again }, rules) => {
        expectSame(account(mergeReadings([...order, ...again]), rules), account(readings, rules));
      }),
    );
  });

  it('does not depend on batches, or on where the worker was restarted', () => {
    fc.assert(
      fc.property(life, anyRules, fc.infiniteStream(fc.boolean()), (readings, rules, restarts) => {
        const made = openAccount(rules);
        let { state } = made;
        for (const each of readings) {
          if (restarts.next().value) state = JSON.parse(JSON.stringify(state)) as AccountState;
          goOn(made, each, rules, state);
        }
        expectSame({ ...made, state }, account(readings, rules));
      }),
    );
  });

  it('I10: is the same when recomputed, however the days are divided into adjacent ranges', () => {
    fc.assert(
      fc.property(
        life,
        anyRules,
        fc.infiniteStream(fc.integer({ min: 1, max: 3 })),
        (readings, rules, lengths) => {
          const fast = account(readings, rules);
          let firstDay = Math.min(...fast.starts.keys());
          let start = initialState();
          while (firstDay <= utcDayOf(lastOf(readings))) {
            const lastDay = firstDay + lengths.next().value - 1;
            const from = firstDay * DAY_MS;
            const recomputed = recomputeDays({
              start: JSON.parse(JSON.stringify(start)) as AccountState,
              firstDay,
              lastDay,
              readings: readings.filter(({ at }) => at >= from),
              rules,
            });
            expect([...recomputed.days.values()].map((day) => JSON.stringify(day))).toEqual(
              written(fast, firstDay, lastDay),
            );
            for (const [day, each] of recomputed.startStates) {
              expect(each).toEqual(fast.starts.get(day) ?? fast.state);
            }
            start = recomputed.end;
            firstDay = lastDay + 1;
          }
          expect(JSON.stringify(start)).toBe(JSON.stringify(fast.state));
        },
      ),
    );
  });

  it('is mended after late readings by recomputing the days touched, until a stored start is reached', () => {
    const story = life.chain((readings) =>
      fc.record({
        readings: fc.constant(readings),
        day: fc.constantFrom(...readings.map(({ at }) => utcDayOf(at))),
        isLate: fc.array(fc.boolean(), { minLength: readings.length, maxLength: readings.length }),
      }),
    );
    fc.assert(
      fc.property(story, anyRules, ({ readings, day, isLate }, rules) => {
        const late = readings.filter(({ at }, i) => utcDayOf(at) === day && isLate[i]);
        const known = account(
          readings.filter((each) => !late.includes(each)),
          rules,
        );
        const truth = account(readings, rules);
        const knownDays = [...known.starts.keys()];
        const startOf = (each: number): AccountState =>
          known.starts.get(each) ?? (each > Math.max(...knownDays) ? known.state : initialState());
        const first = firstDayTouched({
          start: startOf(day),
          day,
          readings: readings.filter(({ at }) => utcDayOf(at) === day),
          lateAts: new Set(late.map(({ at }) => at)),
          rules,
        });
        const mended = new Map<number, string>();
        let start = startOf(first);
        for (let each = first; each <= utcDayOf(lastOf(readings)); each++) {
          if (each > day && isSameState(start, startOf(each))) break;
          const from = each * DAY_MS;
          const rest = readings.filter(({ at }) => at >= from);
          const recomputed = recomputeDays({ start, firstDay: each, lastDay: each, readings: rest, rules });
          mended.set(each, JSON.stringify(recomputed.days.get(each)));
          start = recomputed.end;
        }
        for (const each of truth.starts.keys()) {
          expect(mended.get(each) ?? JSON.stringify(dayOf(known, each))).toBe(
            JSON.stringify(dayOf(truth, each)),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is whole, never negative, and covers no second twice', () => {
    fc.assert(
      fc.property(life, anyRules, (readings, rules) => {
        for (const interval of account(readings, rules).intervals.values()) {
          for (const field of [
            'forwardWh',
            'reverseWh',
            'fuelMl',
            'recoveredWh',
            'implausibleWh',
            'coveredS',
          ] as const) {
            expect(Number.isSafeInteger(interval[field]) && interval[field] >= 0).toBe(true);
          }
          expect(interval.coveredS).toBeLessThanOrEqual(900);
          expect(interval.recoveredWh).toBeLessThanOrEqual(interval.forwardWh);
        }
      }),
    );
  });
});

describe('A register that never falls', () => {
  const rising = fc.array(fc.record({ stepMs, byWh: fc.double({ min: 0, max: 1e6, noNaN: true }) }), {
    minLength: 1,
    maxLength: 40,
  });

  it('I10: telescopes: the intervals add up to its difference, to the watt-hour', () => {
    fc.assert(
      fc.property(rising, fc.constantFrom(5 * MINUTE, 30 * HOUR), (steps, maxGapMs) => {
        let at = MIDNIGHT;
        let energyForwardWh = 1_048_575_250.4;
        const readings = steps.map((step) => {
          at += step.stepMs;
          energyForwardWh += step.byWh;
          return { meter: METER, at, values: { energyForwardWh, fuelUsedL: energyForwardWh / 1000 } };
        });
        const made = account(readings, rulesFor(maxGapMs));
        const first = readings[0]?.values.energyForwardWh ?? 0;
        expect(sum(made, 'forwardWh')).toBe(Math.round(energyForwardWh) - Math.round(first));
        expect(sum(made, 'fuelMl')).toBe(sum(made, 'forwardWh'));
      }),
    );
  });

  it('I10: gives half an hour what its two quarters hold, wherever it is read in between', () => {
    const within = fc.uniqueArray(fc.integer({ min: 1, max: 2 * INTERVAL_MS - 1 }), { maxLength: 10 });
    fc.assert(
      fc.property(within, fc.integer({ min: 0, max: 1e6 }), (instants, perHourWh) => {
        const ats = [...new Set([0, INTERVAL_MS, 2 * INTERVAL_MS, ...instants])].sort((a, b) => a - b);
        const readings = ats.map((afterMs) => ({
          meter: METER,
          at: MIDNIGHT + afterMs,
          values: { energyForwardWh: Math.round((perHourWh * afterMs) / HOUR) },
        }));
        const made = account(readings, rulesFor(HOUR));
        const quarters =
          (intervalOf(made, 0)?.forwardWh ?? 0) + (intervalOf(made, INTERVAL_MS)?.forwardWh ?? 0);
        expect(intervalOf(made, 0)?.forwardWh).toBe(Math.round(perHourWh / 4));
        expect(quarters).toBe(Math.round(perHourWh / 2));
        expect(sum(made, 'coveredS')).toBe(1800);
      }),
    );
  });
});

function rulesFor(maxGapMs: number): MeterRules {
  return {
    energyRegister: 'persistent',
    fuelRegister: 'persistent',
    maxGapMs,
    ratedW: null,
    segmentStarts: [],
    invert: false,
    zone: 'UTC',
  };
}
