/** What moved a share: parts that add up, that mean what they say, and that no arrangement of numbers breaks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gapFill,
  shareOfPeriod,
  whatChanged,
  type ChangeDriver,
  type MeteredSource,
  type SharePeriod,
} from '#lib/energy/what-changed.ts';

const DAY_S = 86_400;

function source(usedWh: number, rest: Partial<MeteredSource> = {}): MeteredSource {
  return { usedWh, renewableWh: 0, grossWh: usedWh, recoveredWh: 0, coverage: 1, ...rest };
}
const green = (usedWh: number, rest: Partial<MeteredSource> = {}) =>
  source(usedWh, { renewableWh: usedWh, ...rest });

function period(sources: SharePeriod['sources'], rest: Partial<SharePeriod> = {}): SharePeriod {
  return { sources, seconds: DAY_S, solarRatedW: null, ...rest };
}

function partsOf(before: SharePeriod, after: SharePeriod): Partial<Record<ChangeDriver, number>> {
  const parts = whatChanged(before, after) ?? [];
  return Object.fromEntries(
    parts.filter(({ pp }) => Math.abs(pp) > 1e-9).map(({ driver, pp }) => [driver, pp]),
  );
}

const anySource = (isGrid: boolean) =>
  fc
    .record({
      grossWh: fc.integer({ min: 0, max: 1e9 }),
      exported: fc.double({ min: 0, max: 1, noNaN: true }),
      renewable: fc.double({ min: 0, max: 1, noNaN: true }),
      recovered: fc.double({ min: 0, max: 1, noNaN: true }),
      coverage: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    })
    .map(({ grossWh, exported, renewable, recovered, coverage }) => {
      const usedWh = isGrid ? grossWh : grossWh * (1 - exported);
      const renewableWh = isGrid ? usedWh * renewable : usedWh;
      return { usedWh, renewableWh, grossWh, recoveredWh: grossWh * recovered, coverage };
    });
const anyPeriod: fc.Arbitrary<SharePeriod> = fc.record({
  sources: fc.record(
    {
      solar: anySource(false),
      wind: anySource(false),
      hydro: anySource(false),
      grid: anySource(true),
      diesel: anySource(false).map((diesel) => ({ ...diesel, renewableWh: 0 })),
    },
    { requiredKeys: [] },
  ),
  seconds: fc.integer({ min: 1, max: 400 * DAY_S }),
  solarRatedW: fc.option(fc.integer({ min: 0, max: 1e7 })),
});

describe('what changed a share', () => {
  it('adds up to the difference, whatever the two periods are', () => {
    fc.assert(
      fc.property(anyPeriod, anyPeriod, (before, after) => {
        const parts = whatChanged(before, after);
        const [from, to] = [shareOfPeriod(before), shareOfPeriod(after)];
        if (from === null || to === null) {
          expect(parts).toBeNull();
          return;
        }
        const sum = (parts ?? []).reduce((total, { pp }) => total + pp, 0);
        expect(sum).toBeCloseTo(100 * (to - from), 6);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same with the opposite sign when the periods change places', () => {
    fc.assert(
      fc.property(anyPeriod, anyPeriod, (before, after) => {
        const there = whatChanged(before, after);
        const back = whatChanged(after, before);
        expect(there === null).toBe(back === null);
        there?.forEach(({ pp }, i) => {
          expect(back?.[i]?.pp).toBeCloseTo(-pp, 6);
        });
      }),
    );
  });

  it('does not depend on how long a period was, only on its mean powers', () => {
    fc.assert(
      fc.property(anyPeriod, anyPeriod, fc.integer({ min: 2, max: 50 }), (before, after, times) => {
        const longer: SharePeriod = {
          ...after,
          seconds: after.seconds * times,
          sources: Object.fromEntries(
            Object.entries(after.sources).map(([name, each]) => [
              name,
              {
                ...each,
                usedWh: each.usedWh * times,
                renewableWh: each.renewableWh * times,
                grossWh: each.grossWh * times,
                recoveredWh: each.recoveredWh * times,
              },
            ]),
          ),
        };
        const short = whatChanged(before, after);
        whatChanged(before, longer)?.forEach(({ pp }, i) => {
          expect(pp).toBeCloseTo(short?.[i]?.pp ?? Number.NaN, 6);
        });
      }),
    );
  });

  it('lays demand that diesel met at the door of demand alone', () => {
    const before = period({ solar: green(400), diesel: source(600) });
    const after = period({ solar: green(400), diesel: source(1000) });
    const parts = partsOf(before, after);
    expect(Object.keys(parts)).toEqual(['load']);
    expect(parts.load).toBeCloseTo(100 * (400 / 1400 - 400 / 1000), 9);
  });

  it('tells more plant from more sun', () => {
    const dark = period({ solar: green(400), diesel: source(600) }, { solarRatedW: 100 });
    const larger = period({ solar: green(600), diesel: source(400) }, { solarRatedW: 150 });
    const brighter = period({ solar: green(600), diesel: source(400) }, { solarRatedW: 100 });
    expect(partsOf(dark, larger)).toEqual({ 'solar-plant': expect.closeTo(20, 9) as number });
    expect(partsOf(dark, brighter)).toEqual({ sun: expect.closeTo(20, 9) as number });
    expect(partsOf({ ...dark, solarRatedW: null }, larger)).toEqual({
      solar: expect.closeTo(20, 9) as number,
    });
  });

  it('gives a plant commissioned between the periods to the plant, not to the sun', () => {
    const before = period({ diesel: source(1000) }, { solarRatedW: 0 });
    const after = period({ solar: green(250), diesel: source(750) }, { solarRatedW: 100 });
    expect(partsOf(before, after)).toEqual({ 'solar-plant': expect.closeTo(25, 9) as number });
  });

  it('lets diesel move the share only where it stands in for the grid, and the grid by its mix', () => {
    const grid = (wh: number, fraction: number) => source(wh, { renewableWh: wh * fraction });
    const before = period({ grid: grid(800, 0.5), diesel: source(200) });
    const outage = period({ grid: grid(400, 0.5), diesel: source(600) });
    const cleaner = period({ grid: grid(800, 0.75), diesel: source(200) });
    expect(partsOf(before, outage)).toEqual({ diesel: expect.closeTo(-20, 9) as number });
    expect(partsOf(before, cleaner)).toEqual({ grid: expect.closeTo(20, 9) as number });
  });

  it('says of a share that fell because a meter was silent that the data moved it', () => {
    const before = period({ solar: green(400), diesel: source(600) });
    const silent = period({ solar: green(200, { coverage: 0.5 }), diesel: source(600) });
    expect(partsOf(before, silent)).toEqual({ data: expect.closeTo(-15, 9) as number });
  });

  it('fills no gap that the register has already recovered, and none beyond twice what was metered', () => {
    expect(gapFill(source(1000, { coverage: 0.5, recoveredWh: 500 }))).toBe(1);
    expect(gapFill(source(1000, { coverage: 0.8 }))).toBe(1.25);
    expect(gapFill(source(1000, { coverage: 0.01 }))).toBe(2);
    expect(gapFill(source(1000, { coverage: 0 }))).toBe(1);
    expect(gapFill(source(0, { coverage: 0.5 }))).toBe(1);
    expect(gapFill(source(1000, { coverage: null }))).toBe(1);
  });

  it('says nothing of a period without energy', () => {
    expect(whatChanged(period({}), period({ diesel: source(1) }))).toBeNull();
    expect(whatChanged(period({ diesel: source(1) }), period({ diesel: source(0) }))).toBeNull();
  });
});
