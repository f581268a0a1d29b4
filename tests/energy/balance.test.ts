import { describe, expect, it } from 'vitest';
import { energyBalance } from '#lib/energy/balance.ts';

const camp = { supplyWh: 1000, exportWh: 100, dischargedWh: 50, chargedWh: 80, loadWh: 850 };

describe('the energy balance of a camp', () => {
  it('calls a few per cent losses', () => {
    // 1000 − 100 + 50 − 80 = 870; 20 lost of 870
    expect(energyBalance(camp)).toEqual({
      deliveredWh: 870,
      loadWh: 850,
      differenceWh: 20,
      differenceShare: 20 / 870,
      isFinding: false,
    });
  });

  it('makes a finding of more than 5 %, in either direction', () => {
    expect(energyBalance({ ...camp, loadWh: 820 })?.isFinding).toBe(true);
    expect(energyBalance({ ...camp, loadWh: 920 })?.isFinding).toBe(true);
  });

  it('makes a finding of loads that nobody supplied', () => {
    const balance = energyBalance({ supplyWh: 0, exportWh: 0, dischargedWh: 0, chargedWh: 0, loadWh: 10 });
    expect(balance).toMatchObject({ differenceShare: -1, isFinding: true });
  });

  it('has nothing to say when nothing flowed', () => {
    expect(energyBalance({ supplyWh: 0, exportWh: 0, dischargedWh: 0, chargedWh: 0, loadWh: 0 })).toBeNull();
  });
});
