import { describe, expect, it } from 'vitest';
import {
  fuelFallenWhileOff,
  fuelHoursLeft,
  hoursUntilService,
  litresPerKWh,
  loadBand,
  setsToSpare,
} from '#lib/energy/genset.ts';
import { longestSilenceMs } from '#lib/energy/silence.ts';

describe('the load band of a 100 kW genset', () => {
  it.each([
    [0, 'off'],
    [500, 'off'],
    [1_000, 'too-low'],
    [29_999, 'too-low'],
    [30_000, 'low'],
    [40_000, 'normal'],
    [80_000, 'normal'],
    [80_001, 'high'],
    [90_000, 'high'],
    [90_001, 'too-high'],
    [-200, 'off'],
  ])('at %d W is %s', (activePowerW, band) => {
    expect(loadBand({ activePowerW, ratedW: 100_000 })).toBe(band);
  });

  it('is unknown without a rating', () => {
    expect(loadBand({ activePowerW: 5, ratedW: undefined })).toBeNull();
    expect(loadBand({ activePowerW: 5, ratedW: 0 })).toBeNull();
  });
});

describe('fuel and service', () => {
  it('tells litres a kWh from mL and Wh', () => {
    expect(litresPerKWh({ fuelMl: 27_000, energyWh: 100_000 })).toBeCloseTo(0.27, 12);
    expect(litresPerKWh({ fuelMl: 0, energyWh: 100_000 })).toBeNull();
    expect(litresPerKWh({ fuelMl: 5, energyWh: 0 })).toBeNull();
  });

  it('tells how long the tank lasts', () => {
    expect(fuelHoursLeft({ levelL: 500, burnLPerH: 25 })).toBe(20);
    expect(fuelHoursLeft({ levelL: 500, burnLPerH: 0 })).toBeNull();
    expect(fuelHoursLeft({ levelL: -3, burnLPerH: 10 })).toBe(0);
  });

  it('tells how many of the sets that run could stop', () => {
    const set = (powerW: number, ratedW = 100_000) => ({ powerW, ratedW });
    expect(setsToSpare([set(40_000), set(40_000)])).toBe(1);
    expect(setsToSpare([set(41_000), set(40_000)])).toBe(0);
    expect(setsToSpare([set(50_000, 500_000), set(20_000), set(20_000)])).toBe(2);
    expect(setsToSpare([set(5_000)])).toBe(0);
    expect(setsToSpare([set(95_000), set(95_000)])).toBe(0);
    expect(setsToSpare([])).toBe(0);
  });

  it('tells hours until service from the last one, else from full intervals of the counter', () => {
    expect(hoursUntilService({ runHours: 1_200, lastAtH: 1_000, intervalH: 250 })).toBe(50);
    expect(hoursUntilService({ runHours: 1_260, lastAtH: 1_000, intervalH: 250 })).toBe(-10);
    expect(hoursUntilService({ runHours: 1_260, lastAtH: undefined, intervalH: 250 })).toBe(240);
  });
});

describe('fuel that falls while the engine is off', () => {
  const HOUR = 3_600_000;
  /** a level an hour, `r` where the engine runs */
  const fallen = (...levels: (number | [number, 'r'])[]) =>
    fuelFallenWhileOff(
      levels.map((each, index) =>
        typeof each === 'number'
          ? { at: index * HOUR, levelL: each, isRunning: false }
          : { at: index * HOUR, levelL: each[0], isRunning: true },
      ),
      1_000,
    );

  it('is counted, fast or slow', () => {
    expect(fallen(500, 300, 300)).toBe(200);
    expect(fallen(500, 490, 480, 470, 460)).toBe(40);
    expect(fallen([600, 'r'], 500, 300, [280, 'r'], 200, 100)).toBe(300);
  });

  it('is none while the engine runs, when the tank is filled, or when a float wobbles', () => {
    expect(fallen([500, 'r'], [300, 'r'], [100, 'r'])).toBe(0);
    expect(fallen(500, 900, 900)).toBe(0);
    expect(fallen(500, 510, 495, 505, 500)).toBe(0);
    expect(fallen()).toBe(0);
  });

  it('does not vanish in a refuelling that follows', () => {
    expect(fallen(500, 400, 900, 880)).toBe(100);
  });

  it('is not told across a silence in which the engine may have run', () => {
    const levels = [
      { at: 0, levelL: 500, isRunning: false },
      { at: 5 * HOUR, levelL: 100, isRunning: false },
    ];
    expect(fuelFallenWhileOff(levels, 1_000)).toBe(0);
  });
});

describe('silence', () => {
  it('means something after three missed reports, five minutes at least', () => {
    expect(longestSilenceMs(10)).toBe(300_000);
    expect(longestSilenceMs(900)).toBe(2_700_000);
    expect(longestSilenceMs()).toBe(300_000);
  });
});
