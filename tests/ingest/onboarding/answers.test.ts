import { describe, expect, it } from 'vitest';
import { EMPTY_REGISTRY } from '#lib/registry/lookup.ts';
import { createDecoder } from '../../../ingest/decode/decoder.ts';
import { loadProfiles } from '../../../ingest/decode/profile-load.ts';
import { answerOnboarding, type GroupAnswer } from '../../../ingest/onboarding/answers.ts';
import { Discovery, type ListedGroup } from '../../../ingest/onboarding/discovery.ts';
import type { GroupFile } from '../../../ingest/onboarding/group-file.ts';
import type { TriedProfile } from '../../../ingest/onboarding/try-profile.ts';
import { sparkplugPayload } from '../../support/sparkplug-payload.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const nowhere: GroupFile = {
  read: () => [],
  write: () => undefined,
  readAnnouncements: () => [],
  writeAnnouncements: () => undefined,
};
const profiles = loadProfiles();
const decoder = createDecoder({ registry: EMPTY_REGISTRY, profiles });

function heard(messages: Readonly<Record<string, string | Uint8Array>>): Discovery {
  const discovery = new Discovery({
    file: nowhere,
    standingOf: (topic) => decoder.standingOf(topic),
    profileOf: (topic) => decoder.profileOf(topic),
  });
  for (const [topic, payload] of Object.entries(messages)) {
    const message = { topic, payload: Buffer.from(payload), retain: false, receivedAt: NOW };
    discovery.noteDecoded(message, decoder.decode(message));
  }
  return discovery;
}

function ask(discovery: Discovery, path: string, { search = '', body = '' } = {}): unknown {
  const parts = { discovery, profiles: () => profiles, hearing: () => 'all' as const };
  return answerOnboarding(parts, { path, search: new URLSearchParams(search), body, now: NOW });
}

const ACME = { 'acme/pv-7/state': '{"power_kw":1.5,"energy":12,"password":"hunter2"}' };

describe('what the worker answers about unknown devices', () => {
  it('is the groups, without what is nobody’s business', () => {
    const answer = ask(heard(ACME), '/onboarding') as { groups: ListedGroup[] };
    expect(answer).toMatchObject({
      hearing: 'all',
      groups: [{ shape: 'acme/+', standing: 'unknown', count: 1 }],
    });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  it('is a suggestion with the readings it gives, and what the answers change', () => {
    const discovery = heard(ACME);
    const first = ask(discovery, '/onboarding/group', { search: 'shape=acme/%2B' }) as GroupAnswer;
    expect(first.tried).toMatchObject({
      ok: true,
      samples: [{ readings: [{ meter: 'pv-7', values: { activePowerW: 1500 } }] }],
    });
    const search = `shape=acme/%2B&a=${encodeURIComponent('unit /energy=kWh')}`;
    const second = ask(discovery, '/onboarding/group', { search }) as GroupAnswer;
    expect(second.tried).toMatchObject({
      samples: [{ readings: [{ values: { energyForwardWh: 12_000 } }] }],
    });
    expect(ask(discovery, '/onboarding/group', { search: 'shape=nowhere' })).toEqual({ group: null });
  });

  it('is the profile that reads a device already, where only its place is missing', () => {
    const discovery = heard({
      'tele/plug-1/SENSOR': '{"Time":"2026-11-24T12:00:00","ENERGY":{"Total":5,"Power":20}}',
    });
    const answer = ask(discovery, '/onboarding/group', { search: 'shape=tele/%2B' }) as GroupAnswer;
    expect(answer.group).toMatchObject({ standing: 'unassigned', profile: 'tasmota' });
    expect(answer.tried).toMatchObject({
      ok: true,
      profile: 'tasmota',
      samples: [{ isRead: true, readings: [{}] }],
    });
  });

  it('is the profile of Sparkplug, and of a GX, before any line names them, with the topic of the whole device', () => {
    const metrics = [{ name: 'Ac/Power', alias: 1, datatype: 9, float: 5 }];
    const birth = sparkplugPayload({ timestamp: NOW, seq: 0, metrics });
    const discovery = heard({
      'spBv1.0/Plant/NBIRTH/edge1': birth,
      'N/c0ffee/grid/30/Ac/Power': '{"value":5}',
    });
    const node = ask(discovery, '/onboarding/group', { search: 'shape=spBv1.0/Plant/NBIRTH' }) as GroupAnswer;
    expect(node.group).toMatchObject({ standing: 'unassigned', profile: 'sparkplug' });
    expect(node.tried).toMatchObject({ ok: true, profile: 'sparkplug', commonLevels: 2 });
    expect(node.group.leaves[0]?.samples[0]?.content).toMatchObject({ kind: 'binary', form: 'sparkplug' });
    const gx = ask(discovery, '/onboarding/group', { search: 'shape=N/%2B/grid/%2B/Ac' }) as GroupAnswer;
    expect(gx.group.profile).toBe('victron-gx');
    expect(gx.tried).toMatchObject({ profile: 'victron-gx', commonLevels: 2, samples: [{ isRead: true }] });
  });

  it('is a profile’s mistakes by line', () => {
    const yaml =
      'profile: a\nformat: json\nmatch: { topic: acme/x }\nmeter: m\nfields:\n  - { path: /p, to: activePowerW, unit: kWh }\nsamples: []\n';
    const tried = ask(heard(ACME), '/onboarding/try', {
      body: JSON.stringify({ shape: 'acme/+', yaml }),
    }) as TriedProfile;
    expect(tried.ok).toBe(false);
    const lines = tried.ok ? [] : tried.problems.map(({ line }) => line);
    expect(lines).toContain(6);
    const broken = ask(heard(ACME), '/onboarding/try', { body: JSON.stringify({ shape: '', yaml: 'a: [' }) });
    expect(broken).toMatchObject({ ok: false, problems: [{ line: 1 }] });
  });

  it('is nothing harmful for a hostile question', () => {
    for (const body of [
      '',
      '[]',
      'null',
      '{"yaml":5}',
      `{"shape":"x","yaml":${JSON.stringify('['.repeat(20_000))}}`,
    ]) {
      expect(ask(heard(ACME), '/onboarding/try', { body })).toMatchObject({ ok: false });
    }
    expect(ask(heard(ACME), '/other')).toBeUndefined();
  });
});
