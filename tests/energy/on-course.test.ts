import { describe, expect, it } from 'vitest';
import { addMonths } from '#lib/energy/calendar.ts';
import { assessCourse, leastSquares, type MonthlyEnergy } from '#lib/energy/on-course.ts';
import { SECRETARIAT_TARGETS } from '#lib/energy/targets.ts';

const base = { lastMonth: '2026-10', targets: SECRETARIAT_TARGETS, ownSpecificYield: null };

/** `count` months up to October 2026; share of month i (0 the last, −1 before it …) from `shareOf`. */
function history(count: number, shareOf: (i: number) => number, totalWh = 1_000_000_000): MonthlyEnergy[] {
  return Array.from({ length: count }, (_, n) => {
    const i = n - count + 1;
    return { month: addMonths('2026-10', i), totalWh, renewableWh: totalWh * shareOf(i) };
  });
}

describe('the least-squares line', () => {
  it('goes through points that lie on one', () => {
    const line = leastSquares([
      [0, 1],
      [1, 3],
      [2, 5],
    ]);
    expect(line?.slope).toBeCloseTo(2, 12);
    expect(line?.at(10)).toBeCloseTo(21, 12);
  });

  it('does not exist for one x', () => {
    expect(leastSquares([[1, 2]])).toBeNull();
    expect(leastSquares([])).toBeNull();
    expect(
      leastSquares([
        [1, 2],
        [1, 3],
      ]),
    ).toBeNull();
  });
});

describe('on course or not', () => {
  it('carries a rising share to the end of the target year', () => {
    // One point a month: the trailing-twelve-month mean of October 2026 is 0.50 − 5.5 points = 44.5 %;
    // 50 months on, at the end of 2030, it would be 94.5 %.
    const course = assessCourse({ ...base, months: history(35, (i) => 0.5 + i * 0.01) });
    expect(course.trailingShare).toBeCloseTo(0.445, 10);
    expect(course.trendPpPerYear).toBeCloseTo(12, 8);
    expect(course.projectedShare).toBeCloseTo(0.945, 10);
    expect(course).toMatchObject({
      verdict: 'on-course',
      trailingMonths: 12,
      missingWhPerYear: 0,
      missingSolarW: 0,
    });
    expect(course.gapPp).toBeCloseTo(14.5, 8);
  });

  it('tells a share that stands still what is missing in points, energy and panels', () => {
    // 30 % of 12 GWh a year; 50 points to 80 % are 6 GWh; at 1,400 kWh/kWp that is 4,286 kWp.
    const course = assessCourse({ ...base, months: history(35, () => 0.3) });
    expect(course.verdict).toBe('off-course');
    expect(course.gapPp).toBeCloseTo(-50, 8);
    expect(course.missingWhPerYear).toBeCloseTo(6e9, 0);
    expect(course.missingSolarW).toBeCloseTo(6e9 / 1400, 3);
    expect(course.specificYield).toEqual({ kWhPerKWp: 1400, isOwn: false });
  });

  it("takes the mission's own specific yield when it has one", () => {
    const course = assessCourse({ ...base, months: history(35, () => 0.3), ownSpecificYield: 1357 });
    expect(course.missingSolarW).toBeCloseTo(6e9 / 1357, 3);
    expect(course.specificYield).toEqual({ kWhPerKWp: 1357, isOwn: true });
  });

  it('is not misled by the seasons', () => {
    const seasonal = assessCourse({
      ...base,
      months: history(35, (i) => 0.4 + 0.1 * Math.sin((2 * Math.PI * i) / 12)),
    });
    expect(seasonal.trendPpPerYear).toBeCloseTo(0, 8);
  });

  it('judges by today’s share while there is too little history for a trend', () => {
    const course = assessCourse({ ...base, months: history(16, () => 0.5) });
    expect(course).toMatchObject({ trendPpPerYear: null, projectedShare: null, verdict: 'off-course' });
    expect(course.gapPp).toBeCloseTo(-30, 8);
    expect(assessCourse({ ...base, months: history(17, () => 0.5) }).trendPpPerYear).toBeCloseTo(0, 8);
  });

  it('weighs months by their energy, and scales a part of a year to a whole one', () => {
    const months = [
      { month: '2026-10', totalWh: 300, renewableWh: 300 },
      { month: '2026-09', totalWh: 900, renewableWh: 0 },
    ];
    const course = assessCourse({ ...base, months });
    expect(course).toMatchObject({ trailingShare: 0.25, trailingMonths: 2 });
    expect(course.missingWhPerYear).toBeCloseTo(0.55 * 1200 * 6, 8);
  });

  it('never projects beyond all or nothing', () => {
    expect(
      assessCourse({ ...base, months: history(35, (i) => Math.max(0, 0.6 + i * 0.03)) }).projectedShare,
    ).toBe(1);
    expect(
      assessCourse({ ...base, months: history(35, (i) => Math.max(0, 0.1 - i * 0.02)) }).projectedShare,
    ).toBe(0);
  });

  it('knows nothing without energy or without a target', () => {
    expect(assessCourse({ ...base, months: [] })).toMatchObject({
      verdict: 'unknown',
      trailingShare: null,
      gapPp: null,
    });
    expect(assessCourse({ ...base, months: history(12, () => 0.5), targets: [] })).toMatchObject({
      verdict: 'unknown',
      target: null,
    });
  });

  it('looks to the next target once December has passed', () => {
    const at = (lastMonth: string) => assessCourse({ ...base, months: [], lastMonth }).target?.year;
    expect([at('2025-11'), at('2025-12'), at('2031-05')]).toEqual([2025, 2030, 2030]);
  });
});
