import { describe, expect, it } from 'vitest';
import { headcountAgeDays, perCapita, type PerCapitaInput } from '#lib/energy/per-capita.ts';

const MONTH: PerCapitaInput = {
  fuelL: 93_000,
  electricityWh: 310_000_000,
  ghgKg: 248_000,
  hasData: true,
  personDays: 1_000 * 31,
  agesDays: [30],
};
const NONE = { litresPerPersonDay: null, kWhPerPersonDay: null, ghgKgPerPersonDay: null };

describe('Figures a person a day', () => {
  it('are litres, kilowatt-hours and kg CO₂e over people × days', () => {
    expect(perCapita(MONTH)).toEqual({
      litresPerPersonDay: 3,
      kWhPerPersonDay: 10,
      ghgKgPerPersonDay: 8,
      withheld: null,
    });
  });

  it('are withheld, and not 0, when the head count is more than 183 days old at the end of the period', () => {
    expect(headcountAgeDays('2026-05-01', '2026-10-31')).toBe(183);
    expect(perCapita({ ...MONTH, agesDays: [183] }).withheld).toBeNull();
    expect(perCapita({ ...MONTH, agesDays: [184] })).toEqual({ ...NONE, withheld: 'headcount-stale' });
  });

  it('are withheld for a mission when one of its camps has a stale count, or none', () => {
    expect(perCapita({ ...MONTH, agesDays: [30, 395] }).withheld).toBe('headcount-stale');
    expect(perCapita({ ...MONTH, agesDays: [30, null] }).withheld).toBe('headcount-unknown');
    expect(perCapita({ ...MONTH, personDays: null }).withheld).toBe('headcount-unknown');
  });

  it('need people and data', () => {
    expect(perCapita({ ...MONTH, personDays: 0 }).withheld).toBe('no-people');
    expect(perCapita({ ...MONTH, hasData: false }).withheld).toBe('no-data');
  });
});
