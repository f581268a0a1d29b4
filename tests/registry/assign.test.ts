import { describe, expect, it } from 'vitest';
import { assignMeter, type AssignText } from '#lib/registry/assign.ts';
import { EMPTY_REGISTRY } from '#lib/registry/lookup.ts';
import { parseRegistry } from '#lib/registry/parse.ts';
import { stringifyRegistry } from '#lib/registry/stringify.ts';
import type { Registry } from '#lib/registry/types.ts';
import { camp, meter, mission, registryOf } from '../server/queries/fixture.ts';

const known = registryOf({
  unmiss: mission({ juba: camp({ 'genset-1': meter('diesel') }) }, { zone: 'Africa/Juba', name: 'UNMISS' }),
});
const PV = { mission: 'unmiss', camp: 'juba', meter: 'pv-1' };
const SOLAR: AssignText = { source: 'solar', ownership: 'un-owned', expectedIntervalS: '60' };

function registryAfter(registry: Registry, ref: typeof PV, text: AssignText): Registry {
  const assigned = assignMeter(registry, ref, text);
  if (!assigned.ok) throw new Error(JSON.stringify(assigned));
  return assigned.registry;
}
const wrongFields = (text: AssignText, registry = known, ref = PV) => {
  const assigned = assignMeter(registry, ref, text);
  return !assigned.ok && assigned.reason === 'fields' ? assigned.fields : assigned;
};

describe('assigning a meter', () => {
  it('adds it to its camp and leaves everything else as it was', () => {
    const after = registryAfter(known, PV, { ...SOLAR, ratedKw: '12,5', name: ' PV field ', tankL: '' });
    expect(after.missions['unmiss']?.camps['juba']?.meters['pv-1']).toEqual({
      name: 'PV field',
      source: 'solar',
      ratedW: 12_500,
      ownership: 'un-owned',
      expectedIntervalS: 60,
      events: [],
    });
    expect(after.missions['unmiss']?.camps['juba']?.meters['genset-1']).toBe(
      known.missions['unmiss']?.camps['juba']?.meters['genset-1'],
    );
    expect(known.missions['unmiss']?.camps['juba']?.meters).not.toHaveProperty('pv-1');
  });

  it('registers mission and camp with it where these are new, as a file would', () => {
    const ref = { mission: '0123', camp: 'yes', meter: 'constructor' };
    const after = registryAfter(EMPTY_REGISTRY, ref, {
      ...SOLAR,
      missionName: 'A "new" mission: # one',
      zone: 'Africa/Juba',
      campName: 'null',
      invert: 'on',
      from: '2026-02-01',
    });
    expect(parseRegistry(stringifyRegistry(after))).toMatchObject({ ok: true, registry: after });
    expect(after.missions['0123']).toMatchObject({
      name: 'A "new" mission: # one',
      camps: { yes: { name: 'null', meters: { constructor: { invert: true, from: '2026-02-01' } } } },
    });
  });

  it('names every field that can’t be read, in the order of the form', () => {
    expect(wrongFields({}, EMPTY_REGISTRY)).toEqual(['missionName', 'zone', 'campName', 'source']);
    expect(
      wrongFields({
        source: 'sun',
        ratedKw: '-3',
        ownership: 'mine',
        country: 'Bangladesh',
        expectedIntervalS: '0',
        tankL: 'full',
        from: '2026-02-30',
        name: 'x'.repeat(400),
        unit: 'two\nlines',
      }),
    ).toEqual([
      'name',
      'source',
      'ratedKw',
      'ownership',
      'unit',
      'country',
      'expectedIntervalS',
      'tankL',
      'from',
    ]);
  });

  it.each([
    ['500', 500_000],
    ['12.5', 12_500],
    ['12,5', 12_500],
    ['1 500', 1_500_000],
    ['1\u202f500,25', 1_500_250],
  ])('reads %s kW as it is written in either language', (ratedKw, ratedW) => {
    const after = registryAfter(known, PV, { ...SOLAR, ratedKw });
    expect(after.missions['unmiss']?.camps['juba']?.meters['pv-1']?.ratedW).toBe(ratedW);
  });

  it.each(['1,500', '1.500,2', '5e3', '0x10', 'Infinity', 'NaN', '0', '99999999999'])(
    'does not guess what %s kW might mean',
    (ratedKw) => {
      expect(wrongFields({ ...SOLAR, ratedKw })).toEqual(['ratedKw']);
    },
  );

  it('tells who comes second that it is taken, and by what', () => {
    const after = registryAfter(known, PV, SOLAR);
    expect(assignMeter(after, PV, { ...SOLAR, source: 'wind' })).toMatchObject({
      ok: false,
      reason: 'taken',
      meter: { source: 'solar' },
    });
    // The same form sent twice by an impatient hand changes nothing and is no conflict.
    expect(registryAfter(after, PV, SOLAR)).toBe(after);
  });

  it('tells who names a mission’s zone that somebody registered it in another meanwhile', () => {
    const text = { ...SOLAR, missionName: 'UNMISS', zone: 'UTC' };
    expect(assignMeter(known, PV, text)).toEqual({ ok: false, reason: 'zone', zone: 'Africa/Juba' });
    expect(assignMeter(known, PV, { ...text, zone: 'Africa/Juba' })).toMatchObject({ ok: true });
  });
});
