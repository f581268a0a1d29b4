/** Whose topics are whose: what each camp may publish, and that no claim reaches into another camp. */
import { describe, expect, it } from 'vitest';
import { campTopics, mayPublish } from '#lib/registry/camp-topics.ts';
import type { Registry } from '#lib/registry/types.ts';

const JUBA = { mission: 'unmiss', camp: 'juba' };
const BOR = { mission: 'unmiss', camp: 'bor' };

interface Line {
  readonly topic: string;
  readonly camp?: string;
  readonly profile?: string;
}

function registryWith(...lines: readonly Line[]): Registry {
  const camp = (name: string) => ({ name, headcount: [], meters: {} });
  const mission = { name: 'UNMISS', zone: 'Africa/Juba', targets: [], grid: [] };
  return {
    missions: {
      unmiss: { ...mission, camps: { juba: camp('Juba'), bor: camp('Bor') } },
      live: { ...mission, camps: { unmiss: camp('trap') } },
    },
    pledges: [],
    sources: lines.map(({ topic, camp: of = 'juba', profile = 'tasmota' }) => ({
      ...{ profile, topic, mission: 'unmiss', camp: of, meter: '{device}' },
    })),
  };
}

const may = (registry: Registry, ref: typeof JUBA, topic: string): boolean =>
  mayPublish(campTopics(registry, ref), topic);

describe('a camp without lines', () => {
  const registry = registryWith();

  it('publishes readings of its own meters, and below its own prefix', () => {
    expect(may(registry, JUBA, 'bluewatt/unmiss/juba/genset-1/reading')).toBe(true);
    expect(may(registry, JUBA, 'site/unmiss.juba/shelly-kitchen/status/em:0')).toBe(true);
  });

  it.each([
    'bluewatt/unmiss/bor/genset-1/reading',
    'bluewatt/monusco/juba/genset-1/reading',
    'bluewatt/live/unmiss/juba/genset-1',
    'bluewatt/unmiss/juba/genset-1/reading/more',
    'site/unmiss.bor/shelly/status/em:0',
    'site/unmiss.juba-2/shelly',
    'N/c0619ab12345/system/0/Serial',
    '$SYS/broker/uptime',
    'bluewatt/unmiss/+/genset-1/reading',
    'site/unmiss.juba/#',
    'site/unmiss.juba/a\0b',
    '',
  ])('does not publish to %j', (topic) => {
    expect(may(registry, JUBA, topic)).toBe(false);
  });
});

it('gives nothing to a camp that the registry does not know, nor to a mission that stands where readings are republished', () => {
  const nobody = { own: [], others: [], withheld: [] };
  expect(campTopics(registryWith(), { mission: 'unmiss', camp: 'gone' })).toEqual(nobody);
  expect(campTopics(registryWith(), { mission: 'live', camp: 'unmiss' })).toEqual(nobody);
  expect(campTopics(registryWith(), { mission: 'constructor', camp: 'prototype' })).toEqual(nobody);
});

it('adds all that lies below the topics of its lines, and nothing to other camps', () => {
  const registry = registryWith({ topic: 'N/c0619ab12345', profile: 'victron-gx' });
  expect(may(registry, JUBA, 'N/c0619ab12345/genset/40/Ac/Power')).toBe(true);
  expect(may(registry, BOR, 'N/c0619ab12345/genset/40/Ac/Power')).toBe(false);
  expect(may(registry, JUBA, 'N/d0619ab12345/genset/40/Ac/Power')).toBe(false);
});

it.each(['#', '+/+', '{site}/x', 'bluewatt/unmiss/bor', '$SYS/x', 'STATE/host', ' a/b', 'a/b\nuser root'])(
  'gives nothing for a line whose topic is %j, and says so',
  (topic) => {
    const topics = campTopics(registryWith({ topic }), JUBA);
    expect(topics.own).toEqual(['bluewatt/unmiss/juba/+/reading', 'site/unmiss.juba/#']);
    expect(topics.withheld).toEqual([topic]);
  },
);

it('lets a Sparkplug node say what nodes say, and neither command another one nor speak as a host', () => {
  const registry = registryWith({ topic: 'spBv1.0/+', profile: 'sparkplug' });
  expect(may(registry, JUBA, 'spBv1.0/group/DDATA/node/genset')).toBe(true);
  expect(may(registry, JUBA, 'spBv1.0/group/NCMD/node')).toBe(false);
  expect(may(registry, JUBA, 'spBv1.0/group/DCMD/node/genset')).toBe(false);
  expect(may(registry, JUBA, 'spBv1.0/STATE/host')).toBe(false);
});

describe('a topic that two camps could claim', () => {
  it('is nobody’s where both lines say the same', () => {
    const registry = registryWith({ topic: 'plant/a' }, { topic: 'plant/{site}', camp: 'bor' });
    const twice = registryWith({ topic: 'plant/a' }, { topic: 'plant/a', camp: 'bor' });
    expect([may(twice, JUBA, 'plant/a/x'), may(twice, BOR, 'plant/a/x')]).toEqual([false, false]);
    expect([may(registry, JUBA, 'plant/a/x'), may(registry, BOR, 'plant/a/x')]).toEqual([true, false]);
    expect(may(registry, BOR, 'plant/b/x')).toBe(true);
  });

  it('is nobody’s where another profile would read as the other camp’s what the first leaves', () => {
    const registry = registryWith(
      { topic: 'plant/a', profile: 'tasmota' },
      { topic: 'plant/+', camp: 'bor', profile: 'shelly-gen2' },
    );
    expect([may(registry, JUBA, 'plant/a/x'), may(registry, BOR, 'plant/a/x')]).toEqual([false, false]);
  });

  it('is nobody’s below a prefix that another camp has a line for', () => {
    const registry = registryWith({ topic: 'site/+', camp: 'bor', profile: 'shelly-gen2' });
    expect(may(registry, JUBA, 'site/unmiss.juba/status/em:0')).toBe(false);
    expect(may(registry, BOR, 'site/unmiss.juba/status/em:0')).toBe(false);
    expect(may(registry, BOR, 'site/kitchen/status/em:0')).toBe(true);
  });
});
