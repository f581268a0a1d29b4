import { describe, expect, it } from 'vitest';
import { rulesOf } from '#lib/registry/meter-rules.ts';
import type { Meter, Registry } from '#lib/registry/types.ts';

function registryWith(meter: Partial<Meter>): Registry {
  return {
    missions: {
      unmiss: {
        name: 'UNMISS',
        zone: 'Africa/Juba',
        targets: [],
        grid: [],
        camps: {
          juba: {
            name: 'Juba',
            headcount: [],
            meters: {
              m: { source: 'diesel', ownership: 'un-owned', expectedIntervalS: 60, events: [], ...meter },
            },
          },
        },
      },
    },
    pledges: [],
    sources: [],
  };
}
const M = { mission: 'unmiss', camp: 'juba', meter: 'm' };

describe('The rules of a meter', () => {
  it('that nobody registered are the defaults, in its mission’s zone', () => {
    const defaults = {
      energyRegister: 'persistent',
      fuelRegister: 'persistent',
      maxGapMs: 300_000,
      ratedW: null,
      segmentStarts: [],
      invert: false,
      zone: 'Africa/Juba',
    };
    expect(rulesOf(registryWith({}), { ...M, meter: 'unknown' })).toEqual(defaults);
    expect(rulesOf(registryWith({}), { ...M, meter: 'constructor' })).toEqual(defaults);
    expect(rulesOf(registryWith({}), { ...M, mission: '__proto__' })).toEqual({ ...defaults, zone: 'UTC' });
  });

  it('follow the registry', () => {
    const made = rulesOf(
      registryWith({
        register: 'volatile',
        ratedW: 500_000,
        invert: true,
        expectedIntervalS: 900,
        events: [
          { at: '2026-05-01T02:00:00+02:00', kind: 'swap' },
          { at: '2026-01-01T00:00:00Z', kind: 'ct-change' },
        ],
      }),
      M,
    );
    expect(made).toEqual({
      energyRegister: 'volatile',
      fuelRegister: 'volatile',
      maxGapMs: 2_700_000,
      ratedW: 500_000,
      segmentStarts: [Date.UTC(2026, 0, 1), Date.UTC(2026, 4, 1)],
      invert: true,
      zone: 'Africa/Juba',
    });
  });

  it('take the profile’s word where the registry says nothing, fuel moduli in millilitres', () => {
    const profile = { energyForwardWh: 'daily', fuelUsedL: { wrap: 1000 } } as const;
    expect(rulesOf(registryWith({}), M, profile)).toMatchObject({
      energyRegister: 'daily',
      fuelRegister: { wrap: 1_000_000 },
    });
    expect(rulesOf(registryWith({ register: 'interval' }), M, profile)).toMatchObject({
      energyRegister: 'interval',
      fuelRegister: 'interval',
    });
  });

  it('use a modulus of the registry for energy only', () => {
    expect(rulesOf(registryWith({ register: { wrap: 4_294_967_296 } }), M)).toMatchObject({
      energyRegister: { wrap: 4_294_967_296 },
      fuelRegister: 'persistent',
    });
  });

  it('lets a device that publishes on change be silent for as long as a value holds, and no shorter than others', () => {
    const of = (expectedIntervalS: number, expireAfterMs: number) =>
      rulesOf(registryWith({ expectedIntervalS }), M, { expireAfterMs });
    expect(of(60, 600_000)).toMatchObject({ maxGapMs: 600_000, heldBeyondMs: 300_000 });
    expect(of(900, 600_000)).toMatchObject({ maxGapMs: 2_700_000 });
    expect(of(900, 600_000)).not.toHaveProperty('heldBeyondMs');
    expect(of(60, 120_000)).toMatchObject({ maxGapMs: 300_000 });
  });
});
