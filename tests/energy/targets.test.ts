import { describe, expect, it } from 'vitest';
import { gapPp, SECRETARIAT_TARGETS, targetOnPath, targetsInForce } from '#lib/energy/targets.ts';

describe("the Secretariat's path", () => {
  it.each([
    [2025, 2025, 0.4, 0.4, true],
    [2026, 2030, 0.8, 0.48, false],
    [2027, 2030, 0.8, 0.56, false],
    [2028, 2030, 0.8, 0.64, false],
    [2029, 2030, 0.8, 0.72, false],
    [2030, 2030, 0.8, 0.8, true],
    [2033, 2030, 0.8, 0.8, false],
  ])('in %d aims at %d: %d, and stands at %d', (asked, year, share, pathShare, official) => {
    const target = targetOnPath(SECRETARIAT_TARGETS, asked);
    expect(target).toMatchObject({ year, share, official });
    expect(target?.pathShare).toBeCloseTo(pathShare, 12);
  });

  it('does not exist before the first target', () => {
    expect(targetOnPath(SECRETARIAT_TARGETS, 2024)).toBeNull();
    expect(targetOnPath([], 2026)).toBeNull();
  });
});

describe("a mission's own targets", () => {
  it('start from the last Secretariat target before them', () => {
    const own = targetsInForce([{ year: 2030, renewableShare: 0.8 }]);
    expect(targetOnPath(own, 2026)?.pathShare).toBeCloseTo(0.48, 12);
    const bold = targetsInForce([{ year: 2028, renewableShare: 0.7 }]);
    expect(targetOnPath(bold, 2026)).toMatchObject({ year: 2028, share: 0.7, official: false });
    expect(targetOnPath(bold, 2026)?.pathShare).toBeCloseTo(0.5, 12);
  });

  it('replace the Secretariat from their first year on', () => {
    const own = targetsInForce([
      { year: 2027, renewableShare: 0.6 },
      { year: 2025, renewableShare: 0.2 },
    ]);
    expect(own.map(({ year }) => year)).toEqual([2025, 2027]);
    expect(targetOnPath(own, 2026)?.pathShare).toBeCloseTo(0.4, 12);
    expect(targetOnPath(own, 2030)).toMatchObject({
      year: 2027,
      share: 0.6,
      pathShare: 0.6,
      official: false,
    });
  });

  it('count once a year, the later in the list', () => {
    const own = targetsInForce([
      { year: 2026, renewableShare: 0.1 },
      { year: 2026, renewableShare: 0.3 },
    ]);
    expect(targetOnPath(own, 2026)).toMatchObject({ pathShare: 0.3, official: true });
  });

  it('are the Secretariat’s when there are none', () => {
    expect(targetsInForce([])).toBe(SECRETARIAT_TARGETS);
  });
});

describe('the gap', () => {
  it('is told in percentage points, negative when behind', () => {
    expect(gapPp(0.4, targetOnPath(SECRETARIAT_TARGETS, 2026))).toBeCloseTo(-8, 10);
  });

  it('is unknown without a share or a target', () => {
    expect(gapPp(null, targetOnPath(SECRETARIAT_TARGETS, 2026))).toBeNull();
    expect(gapPp(0.5, null)).toBeNull();
  });
});
