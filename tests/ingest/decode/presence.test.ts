import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../../ingest/decode/profile-load.ts';
import { SilenceBook } from '../../../ingest/decode/silence-book.ts';
import { DeviceMemory } from '../../../ingest/decode/device-memory.ts';
import { devices, START_AT, type Line } from './devices-rig.ts';

const shelly = { profile: 'shelly-gen2', topic: 'camp-b/+', meter: '{device}-{channel}' };
const power = { id: 0, act_power: 10 };

describe('A last will', () => {
  it.each([
    ['shelly-gen2', 'camp-b/em/status/em1:0', power, 'camp-b/em/online', 'false', '{device}'],
    ['shelly-gen1', 'shellies/em/emeter/0/power', '12.5', 'shellies/em/online', 'false', '{device}'],
    ['tasmota', 'tele/em/SENSOR', { ENERGY: { Power: 5 } }, 'tele/em/LWT', 'Offline', '{device}'],
    ['opendtu', 'solar/116/0/power', '5', 'solar/116/status/reachable', '0', 'em'],
    [
      'zigbee2mqtt',
      'zigbee2mqtt/em',
      { power: 5 },
      'zigbee2mqtt/em/availability',
      { state: 'offline' },
      '{device}',
    ],
    [
      'zigbee2mqtt',
      'zigbee-kitchen/em',
      { power: 5 },
      'zigbee-kitchen/em/availability',
      { state: 'offline' },
      '{device}',
    ],
  ])(
    'of %s makes the device’s meters silent, and a reading ends that',
    (profile, topic, payload, will, word, meter) => {
      const { hear, silent } = devices([{ profile, topic: '#', meter }]);
      expect(hear(0, topic, payload).rejections).toEqual([]);
      silent();
      expect(hear(60, will, word, true)).toEqual({ readings: [], rejections: [], ignoredKeys: 1 });
      expect(silent()).toEqual({ em: [60, 'last-will'] });
      hear(61, will, word);
      expect(silent()).toEqual({});
      hear(90, topic, payload);
      expect(silent()).toEqual({ em: null });
    },
  );

  it('speaks for its own device, and for no other', () => {
    const { hear, silent } = devices([shelly]);
    hear(0, 'camp-b/one/status/em1:0', power);
    hear(0, 'camp-b/one/status/em1:1', { ...power, id: 1 });
    hear(0, 'camp-b/two/status/em1:0', power);
    silent();
    hear(9, 'camp-b/one/online', 'false');
    expect(silent()).toEqual({ 'one-0': [9, 'last-will'], 'one-1': [9, 'last-will'] });
  });

  it.each(['true', '', 'offline?', '{"a":1}', 'false'.repeat(1000)])('is not what %j says', (word) => {
    const { hear, silent } = devices([shelly]);
    hear(0, 'camp-b/one/status/em1:0', power);
    silent();
    expect(hear(9, 'camp-b/one/online', word).rejections).toEqual([]);
    expect(silent()).toEqual({});
  });

  it('is subscribed to with the device’s line', () => {
    expect(devices([shelly]).decoder.filters).toContain('camp-b/+/online');
  });
});

describe('After a change of the registry', () => {
  const again = (first: Line, second: Line, silences: SilenceBook, memory: DeviceMemory) => {
    const rig = devices([first], silences, undefined, memory);
    return { rig, change: () => devices([second], silences, undefined, memory) };
  };

  it('a last will still ends meters that have not spoken since, by the names they have now', () => {
    const { rig, change } = again(
      shelly,
      { ...shelly, meter: 'em-{device}-{channel}' },
      new SilenceBook(),
      new DeviceMemory(),
    );
    rig.hear(0, 'camp-b/one/status/em1:0', power);
    rig.hear(0, 'camp-b/one/status/em1:1', power);
    const { hear, silent } = change();
    silent();
    hear(5, 'camp-b/one/online', 'false');
    expect(silent()).toEqual({ 'em-one-0': [5, 'last-will'], 'em-one-1': [5, 'last-will'] });
  });

  it('and after a second one; but no meter that no line names any more', () => {
    const [silences, memory] = [new SilenceBook(), new DeviceMemory()];
    devices([shelly], silences, undefined, memory).hear(0, 'camp-b/one/status/em1:0', power);
    devices([{ ...shelly, topic: 'camp-c/+' }], silences, undefined, memory);
    const { hear, silent } = devices([shelly], silences, undefined, memory);
    silent();
    hear(5, 'camp-b/one/online', 'false');
    expect(silent()).toEqual({});
  });

  it('a heartbeat that stops still makes the meters silent, and everything is asked for anew', () => {
    const gx = { profile: 'victron-gx', topic: 'N/abc', meter: '{service}-{instance}' };
    const { rig, change } = again(
      gx,
      { ...gx, meter: 'x-{service}-{instance}' },
      new SilenceBook(),
      new DeviceMemory(),
    );
    rig.hear(0, 'N/abc/heartbeat', { value: 1 });
    rig.hear(1, 'N/abc/genset/40/Ac/Power', { value: 5 });
    rig.hear(3, 'N/abc/heartbeat', { value: 1 });
    const { asked, silent } = change();
    silent();
    expect(asked(4)).toEqual([['R/abc/keepalive', '']]);
    expect(silent()).toEqual({});
    asked(40);
    expect(silent()).toEqual({ 'x-genset-40': [3, 'heartbeat-lost'] });
  });
});

describe('A heartbeat that stops', () => {
  const gx = { profile: 'victron-gx', topic: 'N/abc', meter: '{service}-{instance}' };

  it('makes a meter silent from its last word on, when that came after the last beat', () => {
    const { hear, asked, silent } = devices([gx]);
    hear(0, 'N/abc/heartbeat', { value: 1 });
    hear(1, 'N/abc/genset/40/Ac/Power', { value: 5 });
    hear(1, 'N/abc/pvinverter/20/Ac/Power', { value: 7 });
    hear(3, 'N/abc/heartbeat', { value: 1 });
    hear(4, 'N/abc/genset/40/Ac/Power', { value: 6 });
    silent();
    asked(40);
    expect(silent()).toEqual({
      'genset-40': [4, 'heartbeat-lost'],
      'pvinverter-20': [3, 'heartbeat-lost'],
    });
  });
});

describe('How long the values of a device hold', () => {
  it('is told with its first reading, once', () => {
    const { hear, silences } = devices([shelly]);
    hear(0, 'camp-b/one/status/em1:0', power);
    expect([...silences.takeChanges().values()]).toEqual([{ silent: null, expireAfterMs: 900_000 }]);
    hear(1, 'camp-b/one/status/em1:0', power);
    expect(silences.takeChanges().size).toBe(0);
  });

  it('and who is silent is known again after a restart', () => {
    const key = 'unmiss/juba/one-0';
    const known = { silent: { since: START_AT, cause: 'last-will' as const }, expireAfterMs: 900_000 };
    const { hear, silent } = devices([shelly], new SilenceBook(new Map([[key, known]])));
    hear(5, 'camp-b/one/status/em1:0', power);
    expect(silent()).toEqual({ 'one-0': null });
  });

  it('is written down later where the disk does not take it', () => {
    const { hear, silences } = devices([shelly]);
    hear(0, 'camp-b/one/status/em1:0', power);
    const changes = silences.takeChanges();
    silences.putBack(changes);
    expect(silences.takeChanges()).toEqual(changes);
  });
});

describe('A profile’s presence and keep-alive', () => {
  const profile = (more: string): string =>
    `profile: own\nformat: json\nmatch: { topic: 'a/{gateway}' }\nmeter: '{gateway}'\nfields: [{ path: /p, to: activePowerW }]\nsamples: [{ topic: a/b, receivedAt: '2026-03-02T09:15:04Z', payload: {}, expect: [] }]\n${more}`;

  it.each([
    ["presence: [{ topic: 'a/{gateway' , gone: [x] }]", 'own.yaml:7: /presence/0/topic'],
    ["presence: [{ topic: 'a/{gateway}/lwt' }]", 'own.yaml:7: /presence/0'],
    ["presence: [{ topic: 'a/{gateway}/lwt', path: state, gone: [x] }]", 'own.yaml:7: /presence/0/path'],
    [
      'presence: [{ topic: x, heartbeat: { lostAfter: soon, rereadEvery: 1m } }]',
      'own.yaml:7: /presence/0/heartbeat/lostAfter',
    ],
    [
      "keepAlive: { topic: 'r/{portal}', every: 30s, first: '', then: '' }",
      'own.yaml:7: /keepAlive/topic: no topic captures {portal}',
    ],
  ])('%s is refused with its line', (line, place) => {
    const parsed = parseProfile(profile(line), 'own.yaml');
    expect(parsed.ok ? [] : parsed.problems.join('\n')).toContain(place);
  });
});
