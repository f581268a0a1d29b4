/** The server-drawn charts of the officer's page: where every mark stands. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayGrid } from '#lib/charts/day-grid.ts';
import { durationShape } from '#lib/charts/duration.ts';
import { waterfall } from '#lib/charts/waterfall.ts';

describe('a waterfall', () => {
  it('leads from the start to the end, each bar beginning where the one before ended', () => {
    const { startPct, endPct, bars } = waterfall(40, [-2, 6, 0]);
    expect(bars[0]?.fromPct).toBe(bars[0]?.afterPct);
    expect((bars[0]?.fromPct ?? 0) + (bars[0]?.widthPct ?? 0)).toBeCloseTo(startPct, 1);
    expect(bars[1]?.fromPct).toBe(bars[0]?.afterPct);
    expect(bars[1]?.afterPct).toBeCloseTo((bars[1]?.fromPct ?? 0) + (bars[1]?.widthPct ?? 0), 1);
    expect(bars[2]).toMatchObject({ widthPct: 0, afterPct: endPct });
    expect((bars[1]?.widthPct ?? 0) / (bars[0]?.widthPct ?? 1)).toBeCloseTo(3, 1);
  });

  it('does not blow a tenth of a point up to the whole width', () => {
    const { bars } = waterfall(40, [0.1]);
    expect(bars[0]?.widthPct).toBeLessThan(5);
  });

  it('stays inside its frame', () => {
    for (const parts of [[], [50, -80, 3], [-40], [0, 0]]) {
      const { startPct, endPct, bars } = waterfall(40, parts);
      for (const pct of [
        startPct,
        endPct,
        ...bars.flatMap((bar) => [bar.fromPct, bar.fromPct + bar.widthPct]),
      ]) {
        expect(pct).toBeGreaterThanOrEqual(0);
        expect(pct).toBeLessThanOrEqual(100);
      }
    }
  });
});

describe('a calendar of days', () => {
  const days = (from: string, shares: readonly (number | null)[]) =>
    shares.map((share, i) => ({
      date: new Date(Date.parse(from) + i * 86_400_000).toISOString().slice(0, 10),
      share,
    }));

  const squares = (path: string | undefined) => path?.match(/M[^z]*z/g) ?? [];

  it('puts Monday on top and begins a column every week', () => {
    // 1 January 2026 was a Thursday.
    const { paths, columns } = dayGrid(days('2026-01-01', Array<number>(11).fill(0.5)));
    expect(squares(paths[0])).toHaveLength(11);
    expect(squares(paths[0])[0]).toMatch(/^M0 39h/);
    expect(squares(paths[0])[4]).toMatch(/^M13 0h/);
    expect(columns).toBe(2);
  });

  it('shades by fifths where the share runs from nothing to all, a day without data without shade', () => {
    const { paths, bounds } = dayGrid(days('2026-01-01', [0, 0.199, 0.2, 0.99, 1, null]));
    expect(bounds).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(paths.map((path) => squares(path).length)).toEqual([2, 1, 0, 0, 2, 1]);
  });

  it('shades by the narrowest round steps that hold all days, so that a few points can be seen', () => {
    const few = dayGrid(days('2026-01-01', [0.012, 0.018, 0.021, 0.0599]));
    expect(few.bounds).toEqual([0.01, 0.02, 0.03, 0.04, 0.05, 0.06]);
    expect(few.paths.map((path) => squares(path).length)).toEqual([2, 1, 0, 0, 1, 0]);
    expect(dayGrid(days('2026-01-01', [0.42, 0.71])).bounds).toEqual([0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
    // Nothing is above all, so the scale ends there.
    expect(dayGrid(days('2026-01-01', [0.97, 1])).bounds).toEqual([0.95, 0.96, 0.97, 0.98, 0.99, 1]);
    expect(dayGrid(days('2026-01-01', [null])).bounds).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  });

  it('keeps every share within the bounds of its shade', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }),
        (shares) => {
          const { bounds, paths } = dayGrid(days('2026-01-01', shares));
          expect(bounds[0]).toBeGreaterThanOrEqual(0);
          expect(bounds[5]).toBeLessThanOrEqual(1);
          expect(bounds[0]).toBeLessThanOrEqual(Math.min(...shares));
          expect(bounds[5]).toBeGreaterThanOrEqual(Math.max(...shares));
          expect(paths.reduce((sum, path) => sum + squares(path).length, 0)).toBe(shares.length);
        },
      ),
    );
  });

  it('names each month once, where its name has room', () => {
    const { months } = dayGrid(days('2026-01-29', Array<number>(40).fill(0.1)));
    expect(months.map(({ date }) => date)).toEqual(['2026-02-01', '2026-03-01']);
  });

  it('draws nothing of no days', () => {
    expect(dayGrid([])).toMatchObject({ columns: 0, width: 0, months: [] });
  });
});

describe('a load duration’s shape', () => {
  const points = [
    { time: 0, demandW: 90_000, dieselW: 50_000 },
    { time: 0.5, demandW: 40_000, dieselW: 0 },
    { time: 1, demandW: 20_000, dieselW: 0 },
  ];
  it('draws the demand from its peak to its lowest and closes the areas on the axis', () => {
    const shape = durationShape(points, { width: 400, height: 100 });
    expect(shape.ticks.at(-1)).toEqual({ powerW: 100_000, y: 0 });
    expect(shape.edge).toBe('M0 10L200 60L400 80');
    expect(shape.demand).toBe('M0 10L200 60L400 80L400 100L0 100Z');
    expect(shape.diesel).toMatch(/^M0 50L200 100/);
  });
});
