import { describe, expect, it } from 'vitest';
import {
  energyUnitFor,
  formatEnergy,
  formatEnergyIn,
  formatMass,
  formatNumber,
  formatPoints,
  formatPower,
  formatShare,
  UNKNOWN,
} from '#lib/format/number.ts';

const NBSP = '\u00a0';
const NNBSP = '\u202f';
const MINUS = '\u2212';

describe('numbers as people read them', () => {
  it('shows a dash, never a zero, for what is not known', () => {
    for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(formatEnergy(value, 'en')).toBe(UNKNOWN);
      expect(formatPower(value, 'en')).toBe(UNKNOWN);
      expect(formatShare(value, 'fr')).toBe(UNKNOWN);
      expect(formatPoints(value, 'fr')).toBe(UNKNOWN);
    }
    expect(formatEnergy(0, 'en')).toBe(`0${NBSP}Wh`);
  });

  it('scales energy to the unit that leaves three figures', () => {
    expect(formatEnergy(1_234, 'en')).toBe(`1.23${NBSP}kWh`);
    expect(formatEnergy(56_700_000, 'en')).toBe(`56.7${NBSP}MWh`);
    expect(formatEnergy(4_230_000_000, 'en')).toBe(`4.23${NBSP}GWh`);
    expect(formatEnergy(999, 'en')).toBe(`999${NBSP}Wh`);
    expect(formatEnergy(-5_000_000, 'en')).toBe(`${MINUS}5.00${NBSP}MWh`);
  });

  it('writes French numbers with a comma and narrow spaces that do not break', () => {
    expect(formatShare(0.4805, 'fr')).toMatch(/^48,1[\u00a0\u202f]%$/);
    expect(formatNumber(882_165, 'fr')).toBe(`882${NNBSP}165`);
  });

  it('gives every gap its sign, with a true minus', () => {
    expect(formatPoints(-37.24, 'en')).toBe(`${MINUS}37.2`);
    expect(formatPoints(4, 'fr')).toBe('+4,0');
    expect(formatPoints(-0.456, 'en', 2)).toBe(`${MINUS}0.46`);
    expect(formatPoints(0, 'en')).toBe('0.0');
    expect(formatPoints(-0.01, 'en')).toBe('0.0');
  });

  it('never shows a negative zero', () => {
    expect(formatNumber(-0.2, 'en')).toBe('0');
    expect(formatNumber(-0.02, 'en', 1)).toBe('0.0');
  });

  it('tells power in kilowatts even when it is small', () => {
    expect(formatPower(400, 'en')).toBe(`0.4${NBSP}kW`);
    expect(formatPower(92_500, 'en')).toBe(`92.5${NBSP}kW`);
    expect(formatPower(100_000, 'en')).toBe(`100${NBSP}kW`);
    expect(formatPower(20_000, 'en')).toBe(`20${NBSP}kW`);
    expect(formatPower(1_500_000, 'en')).toBe(`1.5${NBSP}MW`);
    expect(formatPower(-48_300, 'fr')).toBe(`${MINUS}48,3${NBSP}kW`);
  });

  it('keeps one unit for a whole column', () => {
    expect(energyUnitFor(4.2e9)).toBe('GWh');
    expect(energyUnitFor(0)).toBe('Wh');
    expect(formatEnergyIn(900_000, 'MWh', 'en')).toBe('0.9');
  });

  it('turns kilograms into tonnes', () => {
    expect(formatMass(2_369_400, 'en')).toBe(`2,369${NBSP}t`);
    expect(formatMass(12.3, 'en')).toBe(`12.3${NBSP}kg`);
  });
});
