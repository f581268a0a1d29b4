import { describe, expect, it } from 'vitest';
import { recordService, type ServiceText } from '#lib/registry/service-form.ts';
import { camp, meter, mission, registryOf } from '../server/queries/fixture.ts';

const NOW = Date.parse('2026-05-04T12:00:00Z');
const REF = { mission: 'unmiss', camp: 'juba', meter: 'genset-1' };
const known = registryOf({
  unmiss: mission({
    juba: camp({
      'genset-1': meter('diesel', { ratedW: 500_000, serviced: { oilAtH: 12_000, fuelFilterAtH: 11_750 } }),
    }),
  }),
});
/** Read two hours ago. */
const COUNTER = { hours: 12_250.4, at: NOW - 2 * 3_600_000 };
const record = (typed: ServiceText) =>
  recordService(known, REF, { typed: { author: 'E. Engineer', ...typed }, counter: COUNTER, now: NOW });
const wrong = (typed: ServiceText) => {
  const read = record(typed);
  return read.ok ? read.parts : read.fields;
};

describe('a genset’s service', () => {
  it('puts the hour of the parts that were done in the registry, and nothing else', () => {
    const read = record({ hours: '12250,5', oil: 'on' });
    const meters = read.ok ? read.registry.missions['unmiss']?.camps['juba']?.meters : undefined;
    expect(meters).toEqual({
      'genset-1': {
        ...known.missions['unmiss']?.camps['juba']?.meters['genset-1'],
        serviced: { oilAtH: 12_250.5, fuelFilterAtH: 11_750 },
      },
    });
  });

  it('takes the same service a second time and changes nothing', () => {
    const read = record({ hours: '12000', oil: 'on' });
    expect(read.ok && read.registry).toBe(known);
  });

  it('lies between the record and what the counter can say by now', () => {
    expect(wrong({ hours: '12253', oil: 'on' })).toEqual(['oil']);
    expect(wrong({ hours: '12254', oil: 'on' })).toEqual(['hours']);
    expect(wrong({ hours: '11999', oil: 'on', fuelFilter: 'on' })).toEqual(['hours']);
    expect(wrong({ hours: '11999', fuelFilter: 'on' })).toEqual(['fuelFilter']);
    expect(record({ hours: '1e9', oil: 'on' })).toMatchObject({ range: { least: 12_000, most: 12_253 } });
  });

  it('names every field that cannot be read', () => {
    expect(wrong({ hours: '12,250', author: ' ' })).toEqual(['hours', 'parts', 'author']);
  });

  it('needs a genset that tells its hours', () => {
    const read = recordService(known, REF, {
      typed: { hours: '0', oil: 'on', author: 'E.' },
      counter: undefined,
      now: NOW,
    });
    expect(read).toMatchObject({ ok: false, fields: ['meter'] });
  });
});
