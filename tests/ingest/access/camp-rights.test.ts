/** What a camp's devices may hear; and, against the decoder itself, that no camp can speak as another one. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mayPublish, type CampRef } from '#lib/registry/camp-topics.ts';
import type { DeviceSource, Registry } from '#lib/registry/types.ts';
import { campRights, mayHear } from '../../../ingest/access/camp-rights.ts';
import { compileSources, layoutFor, matchSource, presenceFor } from '../../../ingest/decode/device-source.ts';
import { nativeMeter } from '../../../ingest/decode/native.ts';
import { loadProfiles } from '../../../ingest/decode/profile-load.ts';

const PROFILES = loadProfiles();
const CAMPS = ['juba', 'bor', 'wau'];
const ref = (camp: string): CampRef => ({ mission: 'unmiss', camp });

type Line = Pick<DeviceSource, 'profile' | 'topic'> & { readonly camp: string };

function registryOf(lines: readonly Line[]): Registry {
  const camps = Object.fromEntries(CAMPS.map((slug) => [slug, { name: slug, headcount: [], meters: {} }]));
  return {
    missions: { unmiss: { name: 'UNMISS', zone: 'Africa/Juba', targets: [], grid: [], camps } },
    pledges: [],
    sources: lines.map((line) => ({ ...line, mission: 'unmiss', meter: '{device}' })),
  };
}

it.each([
  [{ profile: 'victron-gx', topic: 'N/c0619ab12345' }, ['R/c0619ab12345/keepalive']],
  [{ profile: 'victron-gx', topic: 'N/c0619ab12345/tank/23' }, ['R/c0619ab12345/keepalive']],
  [{ profile: 'victron-gx', topic: 'N/+' }, []],
  [{ profile: 'tasmota', topic: 'tele/pow1' }, []],
  [
    { profile: 'sparkplug', topic: 'spBv1.0/group/+/edge' },
    ['spBv1.0/group/NCMD/edge', 'spBv1.0/STATE/+', 'STATE/+'],
  ],
  [{ profile: 'sparkplug', topic: 'spBv1.0/group' }, ['spBv1.0/group/NCMD/+', 'spBv1.0/STATE/+', 'STATE/+']],
  [{ profile: 'sparkplug', topic: 'spBv1.0/+' }, ['spBv1.0/STATE/+', 'STATE/+']],
])('lets the devices of %j hear what they are asked, and their own prefix', (line, expected) => {
  const { hears } = campRights(registryOf([{ ...line, camp: 'juba' }]), PROFILES, ref('juba'));
  expect(hears).toEqual(['site/unmiss.juba/#', ...expected]);
});

it('lets nobody hear by a wider filter what they may hear by a narrow one', () => {
  const rights = campRights(
    registryOf([{ profile: 'victron-gx', topic: 'N/c0619ab12345', camp: 'juba' }]),
    PROFILES,
    ref('juba'),
  );
  const heard = ['R/c0619ab12345/keepalive', 'site/unmiss.juba/#', 'site/unmiss.juba/+/cmnd/POWER'];
  expect(heard.filter((filter) => !mayHear(rights, filter))).toEqual([]);
  const refused = ['#', '+/#', 'R/#', 'R/+/keepalive', 'R/c0619ab12345/#', 'N/c0619ab12345/#', 'site/#'];
  const others = ['bluewatt/live/#', '$SYS/#', '$share/all/site/unmiss.juba/#', '', 'a#', 'R/c0619ab12345'];
  expect([...refused, ...others].filter((filter) => mayHear(rights, filter))).toEqual([]);
});

/** Whose readings the decoder takes a topic's messages for. */
function readAs(registry: Registry, topic: string): string | undefined {
  const native = nativeMeter(topic);
  if (native !== undefined) return 'key' in native ? native.camp : undefined;
  const levels = topic.split('/');
  const sources = compileSources(registry, new Map(PROFILES.map((profile) => [profile.name, profile])));
  return sources.find(
    (source) =>
      matchSource(source, levels) !== undefined &&
      source.profile !== undefined &&
      (presenceFor(source.profile, levels) ?? layoutFor(source.profile.messages, levels)) !== undefined,
  )?.source.camp;
}

it('lets no camp publish what the decoder reads as another camp’s, whatever lines there are', () => {
  const level = fc.constantFrom(
    '+',
    '{device}',
    'site',
    'unmiss.juba',
    'unmiss.bor',
    'tele',
    'pow1',
    'shelly',
  );
  const line = fc.record({
    profile: fc.constantFrom('tasmota', 'shelly-gen2', 'victron-gx', 'zigbee2mqtt'),
    topic: fc.oneof(
      fc
        .tuple(fc.array(level, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '/#'))
        .map(([levels, end]) => levels.join('/') + end),
      fc.constantFrom('#', 'N/p1', 'N/p1/genset', 'N/+', 'N/+/genset/40', 'bluewatt/unmiss', 'bluewatt/#'),
    ),
    camp: fc.constantFrom(...CAMPS),
  });
  const topic = fc.oneof(
    fc
      .tuple(
        fc.array(fc.constantFrom('site', 'unmiss.juba', 'unmiss.bor', 'tele', 'pow1', 'shelly'), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.constantFrom('SENSOR', 'status/em:0', 'STATE', 'LWT', 'x'),
      )
      .map(([levels, end]) => `${levels.join('/')}/${end}`),
    fc.constantFrom('N/p1/genset/40/Ac/Power', 'N/p2/genset/40/Ac/Power', 'bluewatt/unmiss/bor/pv-1/reading'),
  );
  let allowed = 0;
  fc.assert(
    fc.property(fc.array(line, { maxLength: 5 }), topic, (lines, said) => {
      const registry = registryOf(lines);
      const reader = readAs(registry, said);
      for (const camp of CAMPS) {
        const isAllowed = mayPublish(campRights(registry, PROFILES, ref(camp)), said);
        if (isAllowed) allowed += 1;
        expect({ camp, isForged: isAllowed && reader !== undefined && reader !== camp }).toEqual({
          camp,
          isForged: false,
        });
      }
    }),
    { numRuns: 3_000 },
  );
  expect(allowed).toBeGreaterThan(300);
});
