/** Devices that publish what changes and nothing else: their last value holds, up to an age. */
import { describe, expect, it } from 'vitest';
import type { MeterRules } from '#lib/energy/account-rules.ts';
import { rulesOf } from '#lib/registry/meter-rules.ts';
import { account, intervalOf, MINUTE, reading, sum } from './account-fixtures.ts';

/** As a profile with `expireAfter: 10m` and a meter that is expected once a minute make them. */
const onChange: MeterRules = rulesOf(
  { missions: {}, pledges: [], sources: [] },
  { mission: 'unmiss', camp: 'juba', meter: 'genset-1' },
  { expireAfterMs: 10 * MINUTE },
);
const { heldBeyondMs: _, ...regular } = { ...onChange, maxGapMs: 5 * MINUTE };

describe('a meter of a device that publishes on change, silent for', () => {
  const silentFor = (minutes: number, rules: MeterRules) =>
    account(
      [
        reading(0, { activePowerW: 60_000 }),
        reading(MINUTE, { activePowerW: 60_000 }),
        reading((1 + minutes) * MINUTE, { activePowerW: 0 }),
      ],
      rules,
    );

  it('9 minutes with 10 to expire, is no gap: its last value held all the while', () => {
    const made = silentFor(9, onChange);
    expect(sum(made, 'coveredS')).toBe(600);
    expect(sum(made, 'forwardWh')).toBe(10_000);
    expect(intervalOf(made, 0)?.flags).toBe(0);
  });

  it('11 minutes, is a gap: nobody knows what was', () => {
    const made = silentFor(11, onChange);
    expect(sum(made, 'coveredS')).toBe(60);
    expect(sum(made, 'forwardWh')).toBe(1_000);
    expect(intervalOf(made, 0)?.flags).not.toBe(0);
  });

  it('9 minutes, is a gap where the profile says nothing of it', () => {
    expect(sum(silentFor(9, regular), 'coveredS')).toBe(60);
  });

  it('4 minutes, is joined by a straight line as every meter’s values are', () => {
    expect(sum(silentFor(4, onChange), 'forwardWh')).toBe(3_000);
    expect(sum(silentFor(4, regular), 'forwardWh')).toBe(3_000);
  });

  it('9 minutes, has what its register adds measured, and after 11 recovered', () => {
    const registers = (minutes: number) =>
      account(
        [reading(0, { energyForwardWh: 0 }), reading(minutes * MINUTE, { energyForwardWh: 900 })],
        onChange,
      );
    expect(sum(registers(9), 'recoveredWh')).toBe(0);
    expect(sum(registers(9), 'coveredS')).toBe(540);
    expect(sum(registers(11), 'recoveredWh')).toBe(900);
    expect(sum(registers(11), 'coveredS')).toBe(0);
  });

  it('9 minutes, has its fuel rate held as well', () => {
    const made = account(
      [reading(0, { fuelRateLPerH: 20 }), reading(9 * MINUTE, { fuelRateLPerH: 0 })],
      onChange,
    );
    expect(sum(made, 'fuelMl')).toBe(3_000);
  });
});
