import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveReading } from '#lib/server/live/live-message.ts';
import { createNewestReadings } from '#lib/server/live/newest-readings.ts';

const limits = { meters: 3, watchers: 2, everyMs: 1_000 };
const camp = { mission: 'm', camp: 'c' };
const reading = (second: number, meter = 'a'): LiveReading => ({
  ...camp,
  meter,
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
  values: { activePowerW: second },
});
const powers = (heard: LiveReading[]) => heard.map(({ values }) => values.activePowerW);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the newest readings', () => {
  it('passes the first on at once and of the rest only the newest, once a second', () => {
    const readings = createNewestReadings(limits);
    const heard: LiveReading[] = [];
    readings.watch(camp, (each) => heard.push(each));
    for (const second of [1, 2, 3, 4]) readings.take(reading(second));
    expect(powers(heard)).toEqual([1]);
    vi.advanceTimersByTime(1_000);
    expect(powers(heard)).toEqual([1, 4]);
    vi.advanceTimersByTime(5_000);
    expect(powers(heard)).toEqual([1, 4]);
  });

  it('only moves forward: late readings are left to the store', () => {
    const readings = createNewestReadings(limits);
    const heard: LiveReading[] = [];
    readings.watch(camp, (each) => heard.push(each));
    readings.take(reading(5));
    vi.advanceTimersByTime(2_000);
    readings.take(reading(4));
    vi.advanceTimersByTime(2_000);
    expect(powers(heard)).toEqual([5]);
  });

  it('pass on what a second message adds to the same instant', () => {
    const readings = createNewestReadings(limits);
    const heard: LiveReading[] = [];
    readings.watch(camp, (each) => heard.push(each));
    readings.take(reading(5));
    readings.take({ ...reading(5), values: { activePowerW: 5, fuelLevelPct: 62 } });
    vi.advanceTimersByTime(2_000);
    expect(heard.map(({ values }) => values.fuelLevelPct)).toEqual([undefined, 62]);
  });

  it('tells a newcomer each meter at once, and of no other camp', () => {
    const readings = createNewestReadings(limits);
    readings.take(reading(1, 'a'));
    readings.take(reading(2, 'b'));
    readings.take({ ...reading(3, 'z'), camp: 'other' });
    const heard: LiveReading[] = [];
    readings.watch(camp, (each) => heard.push(each));
    expect(heard.map(({ meter }) => meter)).toEqual(['a', 'b']);
  });

  it('refuses watchers and meters beyond its limits, and takes them again when others have gone', () => {
    const readings = createNewestReadings(limits);
    const stop = readings.watch(camp, () => undefined);
    readings.watch(camp, () => undefined);
    expect(readings.watch(camp, () => undefined)).toBeUndefined();
    stop?.();
    stop?.();
    expect(readings.watchers).toBe(1);
    expect(readings.watch(camp, () => undefined)).toBeDefined();

    const heard = new Set<string>();
    for (const meter of ['a', 'b', 'c', 'd', 'constructor']) readings.take(reading(1, meter));
    readings.clear();
    for (const meter of ['a', 'b', 'c', 'd', 'constructor']) readings.take(reading(1, meter));
    readings.watch(camp, ({ meter }) => heard.add(meter));
    expect([...heard]).toEqual(['a', 'b', 'c']);
  });
});
