import { describe, expect, it } from 'vitest';
import { coverageOf, expectedWs, shareStatus, UNRATED_WEIGHT_W } from '#lib/energy/coverage.ts';

const always = { from: -Infinity, to: Infinity };
const HOUR = 3_600_000;
const range = { from: 0, to: 24 * HOUR };

describe('what is expected', () => {
  it('is the seconds in service by rated power, up to now', () => {
    const meters = [
      { service: always, ratedW: 100 },
      { service: { from: 12 * HOUR, to: Infinity }, ratedW: 10 },
      { service: { from: -Infinity, to: 6 * HOUR }, ratedW: 1 },
    ];
    expect(expectedWs(meters, range, 24 * HOUR)).toBe(24 * 3600 * 100 + 12 * 3600 * 10 + 6 * 3600);
    expect(expectedWs(meters, range, 6 * HOUR)).toBe(6 * 3600 * 101);
  });

  it('is nothing in the future or outside of service', () => {
    expect(expectedWs([{ service: always, ratedW: 5 }], range, -1)).toBe(0);
    expect(expectedWs([{ service: { from: 48 * HOUR, to: Infinity } }], range, 100 * HOUR)).toBe(0);
  });

  it('gives a meter without a rating a weight of its own', () => {
    expect(expectedWs([{ service: always }], range, 24 * HOUR)).toBe(24 * 3600 * UNRATED_WEIGHT_W);
    expect(expectedWs([{ service: always, ratedW: 0 }], range, 24 * HOUR)).toBe(24 * 3600 * UNRATED_WEIGHT_W);
  });
});

describe('coverage', () => {
  it('is none when nothing is expected, and 0 when all are silent', () => {
    expect(coverageOf({ coveredWs: 0, expectedWs: 0 })).toBeNull();
    expect(coverageOf({ coveredWs: 0, expectedWs: 10 })).toBe(0);
  });

  it('is never above 1', () => {
    expect(coverageOf({ coveredWs: 11, expectedWs: 10 })).toBe(1);
  });
});

describe('the status of a share', () => {
  it.each([
    [0.5, 1, 'reportable'],
    [0.5, 0.95, 'reportable'],
    [0.5, 0.9499, 'provisional'],
    [0.5, 0.8, 'provisional'],
    [0.5, 0.7999, 'withheld'],
    [0, 1, 'reportable'],
    [0.5, null, 'withheld'],
    [null, 1, 'no-data'],
    [null, 0, 'no-data'],
    [null, null, 'no-data'],
  ] as const)('of share %s and coverage %s is %s', (share, coverage, expected) => {
    expect(shareStatus({ share, coverage })).toBe(expected);
  });

  it('follows the thresholds it is given', () => {
    expect(shareStatus({ share: 0.5, coverage: 0.9 }, { reportable: 0.9, provisional: 0.5 })).toBe(
      'reportable',
    );
  });
});
