import { describe, expect, it } from 'vitest';
import { addSource } from '#lib/registry/add-source.ts';
import { EMPTY_REGISTRY } from '#lib/registry/lookup.ts';
import { parseRegistry } from '#lib/registry/parse.ts';
import { stringifyRegistry } from '#lib/registry/stringify.ts';

const NEW = {
  missionName: 'Test mission',
  zone: 'Africa/Juba',
  campName: 'North gate',
  topic: 'acme/+',
  meter: '{device}',
};

describe('a line of the registry’s sources from a form', () => {
  it('brings its mission and camp along where they are new, and is a valid file', () => {
    const added = addSource(EMPTY_REGISTRY, 'acme-own', NEW);
    if (!added.ok) throw new Error(added.fields.join());
    expect(added).toMatchObject({ mission: 'test-mission', camp: 'north-gate' });
    expect(added.registry.sources).toEqual([
      {
        profile: 'acme-own',
        topic: 'acme/+',
        mission: 'test-mission',
        camp: 'north-gate',
        meter: '{device}',
      },
    ]);
    expect(parseRegistry(stringifyRegistry(added.registry))).toMatchObject({
      ok: true,
      registry: added.registry,
    });
  });

  it('leaves an existing camp as it is, and counts once', () => {
    const first = addSource(EMPTY_REGISTRY, 'acme-own', NEW);
    if (!first.ok) throw new Error('not added');
    const line = { place: 'test-mission/north-gate', topic: 'other/#', meter: 'pv-{device}' };
    const second = addSource(first.registry, 'other', line);
    if (!second.ok) throw new Error('not added');
    expect(second.registry.missions).toEqual(first.registry.missions);
    expect(second.registry.sources).toHaveLength(2);
    const again = addSource(second.registry, 'other', line);
    expect(again).toMatchObject({ ok: true, registry: second.registry });
  });

  it.each([
    [{ ...NEW, missionName: '' }, ['missionName']],
    [{ ...NEW, campName: '…' }, ['campName']],
    [{ ...NEW, zone: 'Mars' }, ['zone']],
    [{ ...NEW, topic: 'a/#/b' }, ['topic']],
    [{ ...NEW, meter: 'Not a slug' }, ['meter']],
    [{ ...NEW, missionName: 'live' }, ['missionName']],
    [{ ...NEW, place: 'nowhere/at-all' }, ['place']],
  ])('is refused by field: %o', (text, fields) => {
    expect(addSource(EMPTY_REGISTRY, 'acme-own', text)).toEqual({ ok: false, fields });
  });
});
