import { describe, expect, it } from 'vitest';
import {
  defaultLitresPerKWh,
  dieselKgCo2e,
  factorSetOn,
  factorSetsWith,
  factorSpans,
  firstDateOfOtherFactors,
  type OwnFactors,
  IPCC_2006_AR5,
  IPCC_2006_AR6,
} from '#lib/energy/factors.ts';

describe('diesel', () => {
  it('comes from the arithmetic of the IPCC tables: 2.676 kg CO₂ and 2.685 kg CO₂e a litre', () => {
    // 0.84 kg/L × 43.0 TJ/Gg ÷ 1e6 kg/Gg = 36.12e-6 TJ/L
    expect(IPCC_2006_AR5.dieselKgCo2PerL).toBeCloseTo(36.12e-6 * 74_100, 9);
    expect(IPCC_2006_AR5.dieselKgCo2ePerL).toBeCloseTo(36.12e-6 * (74_100 + 3 * 28 + 0.6 * 265), 9);
    expect(IPCC_2006_AR5.dieselKgCo2PerL.toFixed(3)).toBe('2.676');
    expect(IPCC_2006_AR5.dieselKgCo2ePerL.toFixed(3)).toBe('2.685');
  });

  it('is the same to three digits under AR6', () => {
    expect(IPCC_2006_AR6.dieselKgCo2ePerL.toFixed(3)).toBe('2.685');
  });

  it('gives kg CO₂e of litres', () => {
    expect(dieselKgCo2e(1000, IPCC_2006_AR5)).toBeCloseTo(2685.27, 1);
  });
});

describe('factor sets', () => {
  it('are the newest that had begun', () => {
    const newer = { ...IPCC_2006_AR6, from: '2027-01-01' };
    const sets = [IPCC_2006_AR5, newer];
    expect(factorSetOn('2026-12-31', sets)).toBe(IPCC_2006_AR5);
    expect(factorSetOn('2027-01-01', sets)).toBe(newer);
  });

  it('cut a period at the day another begins, and only there', () => {
    const newer = { ...IPCC_2006_AR6, from: '2027-01-01' };
    const sets = [IPCC_2006_AR5, newer];
    const spans = (from: string, to: string) =>
      factorSpans({ from, to }, sets).map((span) => [span.set.version, span.from, span.to]);
    expect(spans('2026-12-30', '2027-01-01')).toEqual([
      ['ipcc-2006-ar5', '2026-12-30', '2026-12-31'],
      ['ipcc-2006-ar6', '2027-01-01', '2027-01-01'],
    ]);
    expect(spans('2026-12-30', '2026-12-31')).toEqual([['ipcc-2006-ar5', '2026-12-30', '2026-12-31']]);
    expect(spans('2027-01-01', '2027-12-31')).toEqual([['ipcc-2006-ar6', '2027-01-01', '2027-12-31']]);
  });
});

describe('default specific consumption', () => {
  it.each([
    ['a 20 kW set at quarter load', 20_000, 5_000, 0.46],
    ['a 100 kW set at half load', 100_000, 50_000, 0.31],
    ['a 500 kW set at full load', 500_000, 500_000, 0.27],
    ['halfway between two loads', 100_000, 62_500, 0.3],
    ['halfway between two sizes', 60_000, 30_000, 0.325],
    ['below the lowest load as at the lowest', 100_000, 1_000, 0.39],
    ['overloaded as at full load', 100_000, 130_000, 0.28],
    ['smaller than the smallest as the smallest', 8_000, 4_000, 0.34],
    ['larger than the largest as the largest', 2_000_000, 1_000_000, 0.28],
  ])('%s', (_, ratedW, meanPowerW, expected) => {
    expect(defaultLitresPerKWh({ ratedW, meanPowerW })).toBeCloseTo(expected, 10);
  });

  it('takes a set that nobody rated for 100 kW at 75 % load', () => {
    expect(defaultLitresPerKWh({ ratedW: undefined, meanPowerW: 3_000 })).toBeCloseTo(0.29, 10);
    expect(defaultLitresPerKWh({ ratedW: 0, meanPowerW: 3_000 })).toBeCloseTo(0.29, 10);
  });
});

const OWN: OwnFactors = {
  version: 'own-2027',
  from: '2027-01-01',
  source: 'ministry',
  vintage: 2027,
  gwp: 'IPCC AR6',
  dieselKgCo2PerL: 2.6,
  dieselKgCo2ePerL: 2.65,
};

describe('an organisation’s own factors', () => {
  it('are in force from their date on, the IPCC’s before, whatever order they stand in', () => {
    const sets = factorSetsWith([{ ...OWN, version: 'own-2028', from: '2028-01-01' }, OWN]);
    const versions = ['2026-12-31', '2027-01-01', '2028-06-01'].map(
      (date) => factorSetOn(date, sets).version,
    );
    expect(versions).toEqual(['ipcc-2006-ar5', 'own-2027', 'own-2028']);
    expect(factorSetOn('2027-01-01', sets).gwp).toMatchObject({ name: 'IPCC AR6', ch4: 27 });
  });

  it('tell from which day on emissions are counted differently, if any', () => {
    const [none, one] = [factorSetsWith(), factorSetsWith([OWN])];
    expect(firstDateOfOtherFactors(one, one)).toBeUndefined();
    expect(firstDateOfOtherFactors(none, factorSetsWith([]))).toBeUndefined();
    expect(firstDateOfOtherFactors(none, one)).toBe('2027-01-01');
    expect(firstDateOfOtherFactors(one, none)).toBe('2027-01-01');
    const later = factorSetsWith([{ ...OWN, from: '2027-07-01' }]);
    expect(firstDateOfOtherFactors(one, later)).toBe('2027-01-01');
    const both = factorSetsWith([OWN, { ...OWN, version: 'own-2028', from: '2028-01-01' }]);
    expect(firstDateOfOtherFactors(one, both)).toBe('2028-01-01');
  });
});
