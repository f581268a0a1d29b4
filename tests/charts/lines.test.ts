import { describe, expect, it } from 'vitest';
import { sparkline } from '#lib/charts/sparkline.ts';
import { niceTicks, pushSample, tracePath, type Sample, type TraceFrame } from '#lib/charts/trace.ts';

describe('a sparkline', () => {
  it('breaks at months without a share and keeps a lonely month as a dot', () => {
    const line = sparkline([0, 0.5, null, 1, null, 0.5, 0.5], { width: 60, height: 10 });
    expect(line.path).toBe('M0 10L10 5M50 5L60 5');
    expect(line.dots).toEqual([
      { x: 30, y: 0, isLast: false },
      { x: 60, y: 5, isLast: true },
    ]);
  });

  it('is empty when nothing is known', () => {
    expect(sparkline([null, null], { width: 60, height: 10 })).toEqual({ path: '', dots: [] });
    expect(sparkline([], { width: 60, height: 10 })).toEqual({ path: '', dots: [] });
  });
});

describe('the moving trace', () => {
  const frame: TraceFrame = { from: 0, to: 100, minW: 0, maxW: 10, width: 100, height: 10 };

  it('breaks its line at a silence and draws nothing outside its frame', () => {
    const samples = [
      { at: -5, powerW: 1 },
      { at: 0, powerW: 0 },
      { at: 10, powerW: 10 },
      { at: 90, powerW: 5 },
    ];
    expect(tracePath(samples, frame, 20)).toBe('M0 10L10 0M90 5');
  });

  it('keeps a bounded number of samples and leaves late ones out', () => {
    let samples: readonly Sample[] = [];
    for (let at = 0; at < 5_000; at += 1) {
      samples = pushSample(samples, { at, powerW: at }, { limit: 600, since: at - 1_000 });
    }
    expect(samples).toHaveLength(600);
    expect(pushSample(samples, { at: 10, powerW: 1 }, { limit: 600, since: 0 })).toBe(samples);
  });

  it('has round ticks that span the values and zero', () => {
    expect(niceTicks(0, 740_000)).toEqual([0, 200_000, 400_000, 600_000, 800_000]);
    expect(niceTicks(-50_000, 100_000)[0]).toBeLessThanOrEqual(-50_000);
    expect(niceTicks(0, 0).length).toBeGreaterThan(1);
  });
});
