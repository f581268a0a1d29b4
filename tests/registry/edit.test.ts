import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addPart,
  editPart,
  removePart,
  textsOf,
  type Edited,
  type FormShape,
  type Typed,
} from '#lib/registry/edit.ts';
import { textOf, valueOf, type FieldKind } from '#lib/registry/field-text.ts';
import {
  CAMP_FORM,
  METER_FORM,
  metersForm,
  MISSION_FORM,
  PLEDGES_FORM,
  SOURCES_FORM,
} from '#lib/registry/form-shapes.ts';
import { EMPTY_REGISTRY, campOf, meterOf, missionOf } from '#lib/registry/lookup.ts';
import { parseRegistry } from '#lib/registry/parse.ts';
import type { Registry } from '#lib/registry/types.ts';
import { anyRegistry } from './any-registry.ts';

const parsed = parseRegistry(`
missions:
  unmiss:
    name: UNMISS
    zone: Africa/Juba
    grid: [{ from: 2024-01-01, renewableFraction: 0.018, source: OWID }]
    camps:
      juba:
        name: Juba
        location: { lat: 4.82, lon: 31.55 }
        headcount: [{ from: 2026-01-01, people: 2400 }]
        meters:
          pv-1: { source: solar, ratedW: 700000, from: 2026-03-01 }
          genset-1: { source: diesel, ratedW: 500000, serviced: { oilAtH: 12250 } }
pledges:
  - { country: BD, mission: unmiss, source: solar, ratedW: 500000, due: 2026-06-30 }
`);
if (!parsed.ok) throw new Error('the example is no registry');
const registry = parsed.registry;

const MISSION = ['missions', 'unmiss'];
const CAMP = [...MISSION, 'camps', 'juba'];
const PV = [...CAMP, 'meters', 'pv-1'];
const HOSTILE = [
  '<script>alert(1)</script>',
  '=HYPERLINK("http://evil")',
  'a\u0000b',
  '__proto__',
  'constructor',
  '"; DROP TABLE registry_version; --',
  'x'.repeat(1_000),
  '1e400',
  'NaN',
  '-1',
  '{ wrap: 1 }',
  '&a [*a]',
  '\u202eabc',
  '2026-02-30',
  '99999999999999999999',
];

function after(edited: Edited): Registry {
  if (!edited.ok) throw new Error(JSON.stringify(edited.problems));
  return edited.registry;
}
function wrong(edited: Edited): string[] {
  return edited.ok ? [] : edited.problems.map(({ field }) => field);
}

/** Every part of a registry that has a form, with the form. */
function formsOf(whole: Registry): { part: string[]; shape: FormShape; value: object }[] {
  const root = [PLEDGES_FORM, SOURCES_FORM].map((shape) => ({ part: [], shape, value: whole }));
  const missions = Object.entries(whole.missions).flatMap(([m, mission]) => [
    { part: ['missions', m], shape: MISSION_FORM, value: mission },
    ...Object.entries(mission.camps).flatMap(([c, camp]) => [
      { part: ['missions', m, 'camps', c], shape: CAMP_FORM, value: camp },
      { part: ['missions', m, 'camps', c], shape: metersForm(Object.keys(camp.meters)), value: camp },
      ...Object.entries(camp.meters).map(([slug, value]) => ({
        part: ['missions', m, 'camps', c, 'meters', slug],
        shape: METER_FORM,
        value,
      })),
    ]),
  ]);
  return [...root, ...missions];
}

describe('a form of the registry', () => {
  it('sent back as it was shown changes nothing, whatever stands in the registry', () => {
    fc.assert(
      fc.property(anyRegistry, (whole) => {
        for (const { part, shape, value } of formsOf(whole))
          expect(after(editPart(whole, part, shape, textsOf(value, shape)))).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  it('shows kilowatts and percent that are the value again, to the last digit', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<FieldKind>('number', 'thousands', 'percent'),
        fc.oneof(fc.double({ min: 0, max: 1e10, noNaN: true }), fc.integer({ min: 0, max: 1e9 })),
        (kind, value) => {
          expect(valueOf(textOf(value + 0, kind), kind)).toBe(value + 0);
        },
      ),
    );
    expect(textOf(0.018, 'percent')).toBe('1.8');
    expect(valueOf('1,8', 'percent')).toBe(0.018);
    expect(textOf(1e-7, 'number')).toBe('0.0000001');
    expect(valueOf('-4.82', 'number')).toBe(-4.82);
    expect(valueOf('1,500', 'number')).toBe('1,500');
  });

  it('changes what was typed and nothing else', () => {
    const meter = {
      ...textsOf(meterOf(registry, { mission: 'unmiss', camp: 'juba', meter: 'pv-1' }) ?? {}, METER_FORM),
    };
    const typed: Typed = {
      ...meter,
      ratedW: '712,5',
      'owners[0].from': '2026-07-01',
      'owners[0].ownership': 'coe-wet',
      register: 'wrap 4294967296',
      from: '',
    };
    const next = after(editPart(registry, PV, METER_FORM, typed));
    expect(meterOf(next, { mission: 'unmiss', camp: 'juba', meter: 'pv-1' })).toEqual({
      source: 'solar',
      ratedW: 712_500,
      ownership: 'un-owned',
      owners: [{ from: '2026-07-01', ownership: 'coe-wet' }],
      expectedIntervalS: 60,
      register: { wrap: 4_294_967_296 },
      events: [],
    });
    expect({ ...next, missions: {} }).toEqual({ ...registry, missions: {} });
  });

  it('leaves alone what it does not hold, as a page of a long table does', () => {
    const next = after(
      editPart(registry, CAMP, metersForm(['pv-1', 'genset-1']), { 'meters.pv-1.source': 'wind' }),
    );
    expect(campOf(next, 'unmiss', 'juba')?.meters).toEqual({
      ...campOf(registry, 'unmiss', 'juba')?.meters,
      'pv-1': { ...campOf(registry, 'unmiss', 'juba')?.meters['pv-1'], source: 'wind' },
    });
  });

  it('passes over blank rows of a list, and takes the last row away when it is blanked', () => {
    const rows = {
      'grid[0].from': '',
      'grid[0].renewableFraction': '',
      'grid[0].source': '',
      'grid[1].from': ' ',
    };
    expect(missionOf(after(editPart(registry, MISSION, MISSION_FORM, rows)), 'unmiss')?.grid).toEqual([]);
    const second = { ...rows, 'grid[1].from': '2026-01-01', 'grid[1].renewableFraction': '2,5' };
    expect(missionOf(after(editPart(registry, MISSION, MISSION_FORM, second)), 'unmiss')?.grid).toEqual([
      { from: '2026-01-01', renewableFraction: 0.025 },
    ]);
  });

  it('tells a camp with a grid of its own, even an empty one, from one with its mission’s', () => {
    const own = after(editPart(registry, CAMP, CAMP_FORM, { grid: 'own' }));
    expect(campOf(own, 'unmiss', 'juba')?.grid).toEqual([]);
    expect(
      campOf(after(editPart(own, CAMP, CAMP_FORM, { grid: '' })), 'unmiss', 'juba')?.grid,
    ).toBeUndefined();
  });

  it('closes a camp from a date, with all its meters', () => {
    const closed = after(editPart(registry, CAMP, CAMP_FORM, { to: '2026-09-01' }));
    expect(Object.values(campOf(closed, 'unmiss', 'juba')?.meters ?? {}).map(({ to }) => to)).toEqual([
      '2026-09-01',
      '2026-09-01',
    ]);
    expect(wrong(editPart(registry, CAMP, CAMP_FORM, { to: '2026-03-01' }))).toEqual(['to']);
  });

  it('tells every problem at its field', () => {
    expect(
      wrong(
        editPart(registry, PV, METER_FORM, {
          ...textsOf(meterOf(registry, { mission: 'unmiss', camp: 'juba', meter: 'pv-1' }) ?? {}, METER_FORM),
          source: 'sollar',
          ratedW: '1,500',
          country: 'bangla',
          from: '2026-02-30',
          'events[0].at': 'yesterday',
          'events[0].kind': 'swap',
          register: 'wrap x',
          'serviced.oilAtH': '-3',
        }),
      ).sort(),
    ).toEqual(['country', 'events[0].at', 'from', 'ratedW', 'register.wrap', 'serviced.oilAtH', 'source']);
    expect(wrong(editPart(registry, MISSION, MISSION_FORM, { zone: 'Juba', name: '' })).sort()).toEqual([
      'name',
      'zone',
    ]);
    expect(
      wrong(
        editPart(registry, [], PLEDGES_FORM, { 'pledges[0].country': 'BD', 'pledges[0].mission': 'none' }),
      ),
    ).toContain('pledges[0].mission');
  });

  it.each(HOSTILE)('takes %j as what it is or refuses it, in every field of every form', (text) => {
    for (const { part, shape, value } of formsOf(registry)) {
      if (part.includes('genset-1')) continue;
      const shown = textsOf(value, shape);
      for (const field of [
        ...Object.keys(shown),
        '__proto__',
        'grid[__proto__].from',
        'grid[9999999].from',
      ]) {
        const edited = editPart(
          registry,
          part,
          shape,
          Object.fromEntries([...Object.entries(shown), [field, text]]),
        );
        if (!edited.ok) continue;
        expect(parseRegistry(JSON.stringify(edited.registry)).ok).toBe(true);
        expect(Object.keys(edited.registry.missions)).toEqual(['unmiss']);
      }
    }
    expect(({} as Record<string, unknown>)['source']).toBeUndefined();
  });
});

describe('a part of the registry', () => {
  const line = { source: 'solar', ratedW: '12.5' };

  it('is added under a name that can stand in topics and is free', () => {
    const next = after(addPart(registry, [...CAMP, 'meters', 'constructor'], METER_FORM, line));
    expect(campOf(next, 'unmiss', 'juba')?.meters['constructor']).toMatchObject({
      source: 'solar',
      ratedW: 12_500,
    });
    expect(wrong(addPart(registry, PV, METER_FORM, line))).toEqual(['slug']);
    for (const slug of ['', 'PV 1', '__proto__', 'a.b', '../x', 'x'.repeat(64), 'pv\u0000'])
      expect(wrong(addPart(registry, [...CAMP, 'meters', slug], METER_FORM, line))).toEqual(['slug']);
    expect(
      wrong(addPart(EMPTY_REGISTRY, ['missions', 'live'], MISSION_FORM, { name: 'L', zone: 'UTC' })),
    ).toEqual(['slug']);
    expect(wrong(addPart(registry, [...CAMP, 'meters', 'pv-2'], METER_FORM, { ratedW: '1' }))).toEqual([
      'source',
    ]);
  });

  it('is removed, unless something else names it', () => {
    expect(Object.keys(campOf(after(removePart(registry, PV)), 'unmiss', 'juba')?.meters ?? {})).toEqual([
      'genset-1',
    ]);
    expect(removePart(registry, MISSION)).toMatchObject({
      ok: false,
      problems: [{ field: '', problem: { path: 'pledges[0].mission' } }],
    });
  });
});
