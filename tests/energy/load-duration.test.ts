/** The load duration curve: sorted, complete, and honest about noise. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadDuration } from '#lib/energy/load-duration.ts';

const quarter = (demandW: number, dieselW = 0) => ({ demandW, dieselW });

describe('the load duration', () => {
  it('runs from the peak to the lowest demand, each curve sorted for itself', () => {
    const curve = loadDuration([
      quarter(100, 0),
      quarter(400, 50),
      quarter(200, 200),
      quarter(300, 10),
      quarter(0, 0),
    ]);
    expect(curve?.points[0]).toEqual({ time: 0, demandW: 400, dieselW: 200 });
    expect(curve?.points[50]).toEqual({ time: 0.5, demandW: 200, dieselW: 10 });
    expect(curve?.points[100]).toEqual({ time: 1, demandW: 0, dieselW: 0 });
    expect(curve).toMatchObject({ meanDemandW: 200, loadFactor: 0.5, quarters: 5, dieselOffTime: 0.4 });
  });

  it('never rises, and stays between the lowest and the highest quarter', () => {
    const power = fc.integer({ min: -1000, max: 1_000_000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(power, power), { minLength: 1, maxLength: 500 }), (pairs) => {
        const points = loadDuration(pairs.map(([demand, diesel]) => quarter(demand, diesel)))?.points ?? [];
        const demands = pairs.map(([demand]) => demand);
        expect(points[0]?.demandW).toBe(Math.max(...demands));
        expect(points.at(-1)?.demandW).toBe(Math.min(...demands));
        points.slice(1).forEach((point, i) => {
          expect(point.demandW).toBeLessThanOrEqual(points[i]?.demandW ?? 0);
          expect(point.dieselW).toBeLessThanOrEqual(points[i]?.dieselW ?? 0);
        });
      }),
    );
  });

  it('takes a meter’s noise for no running engine', () => {
    expect(
      loadDuration([quarter(100_000, 100_000), quarter(90_000, 40), quarter(80_000, 0)])?.dieselOffTime,
    ).toBeCloseTo(2 / 3, 9);
  });

  it('has no curve without a quarter, and no load factor without demand', () => {
    expect(loadDuration([])).toBeNull();
    expect(loadDuration([quarter(0)])).toMatchObject({ loadFactor: null, dieselOffTime: 1 });
  });
});
