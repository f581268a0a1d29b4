import { describe, expect, it } from 'vitest';
import { assignTogether } from '#lib/registry/assign-together.ts';
import { EMPTY_REGISTRY } from '#lib/registry/lookup.ts';
import { camp, meter, mission, registryOf } from '../server/queries/fixture.ts';

const PLACE = { mission: 'unmiss', camp: 'juba' };
const known = registryOf({
  unmiss: mission({ juba: camp({ 'genset-1': meter('diesel') }) }, { zone: 'Africa/Juba' }),
});
const line = (slug: string, source: string, ratedKw = '') => ({
  [`${slug}.source`]: source,
  [`${slug}.ratedKw`]: ratedKw,
  [`${slug}.ownership`]: 'un-owned',
  [`${slug}.expectedIntervalS`]: '60',
});
const TYPED = { ...line('pv-1', 'solar', '12,5'), ...line('grid', 'grid'), ...line('what', '') };

describe('assigning meters together', () => {
  it('gives those that were chosen their places, and leaves the rest as it was', () => {
    const assigned = assignTogether(known, PLACE, { chosen: ['pv-1', 'grid'], typed: TYPED });
    const meters = assigned.ok ? assigned.registry.missions['unmiss']?.camps['juba']?.meters : {};
    expect(Object.keys(meters ?? {})).toEqual(['genset-1', 'pv-1', 'grid']);
    expect(meters?.['pv-1']).toMatchObject({ source: 'solar', ratedW: 12_500 });
    expect(meters?.['genset-1']).toBe(known.missions['unmiss']?.camps['juba']?.meters['genset-1']);
  });

  it('gives none its place where one cannot be read, and names each field of each', () => {
    const typed = { ...TYPED, 'grid.ratedKw': '1,500' };
    expect(assignTogether(known, PLACE, { chosen: ['pv-1', 'grid', 'what'], typed })).toEqual({
      ok: false,
      reason: 'fields',
      fields: ['grid.ratedKw', 'what.source'],
    });
  });

  it('registers mission and camp once for all, and asks once for their names', () => {
    const place = { zone: 'Africa/Juba', missionName: 'A mission', campName: 'A camp' };
    const chosen = ['pv-1', 'grid'];
    const assigned = assignTogether(EMPTY_REGISTRY, PLACE, { chosen, typed: { ...TYPED, ...place } });
    expect(assigned.ok && assigned.registry.missions['unmiss']).toMatchObject({
      name: 'A mission',
      camps: { juba: { name: 'A camp', meters: { 'pv-1': {}, grid: {} } } },
    });
    expect(assignTogether(EMPTY_REGISTRY, PLACE, { chosen, typed: TYPED })).toMatchObject({
      fields: ['missionName', 'zone', 'campName'],
    });
  });

  it('says whose place is taken, and that nothing was chosen', () => {
    const typed = line('genset-1', 'solar');
    expect(assignTogether(known, PLACE, { chosen: ['genset-1'], typed })).toMatchObject({
      reason: 'taken',
      slug: 'genset-1',
      meter: { source: 'diesel' },
    });
    expect(assignTogether(known, PLACE, { chosen: [], typed: TYPED })).toEqual({ ok: false, reason: 'none' });
  });
});
