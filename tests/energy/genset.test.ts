import { describe, expect, it } from 'vitest';
import { fuelHoursLeft, hoursUntilService, litresPerKWh, loadBand, setsNeeded } from '#lib/energy/genset.ts';
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

  it('tells how many sets a load needs', () => {
    expect(setsNeeded({ loadW: 80_000, ratedW: 100_000 })).toBe(1);
    expect(setsNeeded({ loadW: 81_000, ratedW: 100_000 })).toBe(2);
    expect(setsNeeded({ loadW: 0, ratedW: 100_000 })).toBe(0);
  });

  it('tells hours until service from the running-time counter', () => {
    expect(hoursUntilService({ runTimeS: 200 * 3600, lastServiceRunTimeS: 0 }, 250)).toBe(50);
    expect(hoursUntilService({ runTimeS: 260 * 3600, lastServiceRunTimeS: 0 }, 250)).toBe(-10);
  });
});

describe('silence', () => {
  it('means something after three missed reports, five minutes at least', () => {
    expect(longestSilenceMs(10)).toBe(300_000);
    expect(longestSilenceMs(900)).toBe(2_700_000);
    expect(longestSilenceMs()).toBe(300_000);
  });
});
