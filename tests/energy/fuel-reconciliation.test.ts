import { describe, expect, it } from 'vitest';
import {
  checkBurn,
  checkInventory,
  INVENTORY_TOLERANCE_L_PER_MONTH,
} from '#lib/energy/fuel-reconciliation.ts';

describe('Litres burnt beside those that the energy should have taken', () => {
  it('are a finding beyond 15 % either way', () => {
    const of = (burntL: number) => checkBurn({ burntL, expectedL: 1000 });
    expect(of(1150)).toMatchObject({ differenceL: 150, differenceShare: 0.15, isFinding: false });
    expect(of(1151)?.isFinding).toBe(true);
    expect(of(849)).toMatchObject({ differenceL: -151, isFinding: true });
  });

  it('say nothing where either is not known, or no energy was given', () => {
    expect(checkBurn({ burntL: null, expectedL: 1000 })).toBeNull();
    expect(checkBurn({ burntL: 1000, expectedL: null })).toBeNull();
    expect(checkBurn({ burntL: 1000, expectedL: 0 })).toBeNull();
  });
});

describe('Litres issued beside those burnt and those in the tanks', () => {
  const month = { issuedL: 50_000, burntL: 48_000, levelAtStartL: 9_000, levelAtEndL: 10_500, days: 30 };

  it('leave what nobody can explain, within 1 % of what was issued and 130 gallons a month', () => {
    expect(INVENTORY_TOLERANCE_L_PER_MONTH).toBeCloseTo(492.1, 1);
    expect(checkInventory(month)).toMatchObject({ levelChangeL: 1_500, unexplainedL: 500, isFinding: false });
    expect(checkInventory({ ...month, burntL: 47_500 })).toMatchObject({
      unexplainedL: 1_000,
      isFinding: true,
    });
  });

  it('are a finding too when more was burnt than ever came', () => {
    const check = checkInventory({ ...month, issuedL: 45_000 });
    expect(check).toMatchObject({ unexplainedL: -4_500, isFinding: true });
  });

  it('have a tolerance by the length of the period', () => {
    const check = checkInventory({ ...month, days: 60 });
    expect(check.ok && check.toleranceL).toBeCloseTo(500 + 2 * 492.1, 1);
  });

  it('are not balanced where one of them is not known, and it says which', () => {
    expect(checkInventory({ ...month, issuedL: null })).toEqual({ ok: false, reason: 'issued-unknown' });
    expect(checkInventory({ ...month, burntL: null })).toEqual({ ok: false, reason: 'burnt-unknown' });
    expect(checkInventory({ ...month, levelAtEndL: null })).toEqual({ ok: false, reason: 'level-unknown' });
    expect(() => checkInventory({ ...month, days: 0 })).toThrow(RangeError);
  });
});
