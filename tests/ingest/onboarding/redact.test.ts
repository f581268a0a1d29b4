import { describe, expect, it } from 'vitest';
import { MASK, redactedSample } from '../../../ingest/onboarding/redact.ts';
import { sparkplugPayload } from '../../support/sparkplug-payload.ts';
import { encodePack } from '../decode/cbor-encoder.ts';

const sample = (payload: unknown, leaf = 'state') =>
  redactedSample(leaf, Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)));
const valueOf = (payload: unknown) => {
  const content = sample(payload);
  return content.kind === 'json' ? content.value : content;
};

describe('a redacted sample', () => {
  it('keeps names and numbers, by which a profile is found', () => {
    const payload = { meter: { power_w: 1500, phases: [231.2, 230.8], name: 'Kitchen', on: true, x: null } };
    expect(sample(payload)).toEqual({ kind: 'json', value: payload, isCut: false });
  });

  it.each([
    'password',
    'wifi_psk',
    'apiKey',
    'API-KEY',
    'accessToken',
    'client_secret',
    'mqttPassword',
    'key',
  ])('masks what is called %s', (name) => {
    expect(valueOf({ [name]: 'hunter2', power: 3 })).toEqual({ [name]: MASK, power: 3 });
  });

  it.each(['lat', 'longitude', 'gps', 'location', 'GpsPosition', 'altitude'])(
    'masks a position called %s',
    (name) => {
      expect(valueOf({ [name]: [4.85, 31.58], power: 3 })).toEqual({ [name]: MASK, power: 3 });
    },
  );

  it('masks by their looks what has an innocent name', () => {
    const texts = [
      'ops@camp.example.org',
      'Bearer abcdefgh12345678',
      'mqtt://user:hunter2@broker',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
      'a'.repeat(20) + '0123456789'.repeat(3),
      '4.85170, 31.58250',
      'token=abc',
    ];
    expect(valueOf({ notes: texts })).toEqual({ notes: texts.map(() => MASK) });
  });

  it('looks into an object with a private name, key by key, and masks a position in any form', () => {
    expect(valueOf({ wifi: { ssid: 'camp', rssi: -60 }, location: { x: 4.85, y: 31.58 } })).toEqual({
      wifi: { ssid: MASK, rssi: -60 },
      location: MASK,
    });
    expect(valueOf({ data: { lat: 4.85, lon: 31.58, kWh: 5 } })).toEqual({
      data: { lat: MASK, lon: MASK, kWh: 5 },
    });
  });

  it('is not taken in by names that only contain such a word', () => {
    const innocent = { plate: 1, latency: 2, monkey: 3, compass: 4, flat: 5 };
    expect(valueOf(innocent)).toEqual(innocent);
  });

  it('masks a bare value by the topic’s last level', () => {
    expect(sample('hunter2', 'password')).toEqual({ kind: 'text', text: MASK, isCut: false });
    expect(sample('231.4', 'power')).toEqual({ kind: 'text', text: '231.4', isCut: false });
  });

  it('says binary of what is binary, and shows its first bytes without what is readable', () => {
    const secret = Buffer.from(
      '\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0001\u0002\u0003\u0004hunter2 and more',
    );
    expect(redactedSample('x', secret)).toEqual({
      ...{ kind: 'binary', bytes: 28, head: '01 02 03 04 05 06 07 08 01 02 03 04 •• •• •• ••' },
    });
    expect(redactedSample('x', Uint8Array.of(0x08, 0xff, 0x00, 0x12))).toEqual({
      ...{ kind: 'binary', bytes: 4, head: '08 ff 00 12' },
    });
    expect(redactedSample('x', Buffer.from('\u0000\u0001abc'))).toEqual({
      ...{ kind: 'binary', bytes: 5, head: '00 01 61 62 63' },
    });
    expect(redactedSample('x', new Uint8Array())).toEqual({ kind: 'empty' });
    expect(redactedSample('x', Buffer.alloc(1_000_000, 'x'))).toEqual({ kind: 'binary', bytes: 1_000_000 });
  });

  it('shows a SenML pack in CBOR as the JSON it stands for, without what is nobody’s business', () => {
    const pack = [
      { bn: 'urn:dev:ow:a1:', n: 'power', u: 'W', v: 5 },
      { n: 'owner', vs: 'ops@camp.example' },
    ];
    expect(redactedSample('x', encodePack(pack))).toEqual({
      kind: 'json',
      isCut: false,
      value: [pack[0], { n: 'owner', vs: MASK }],
    });
    expect(redactedSample('x', encodePack([{ x: 1 }]))).toMatchObject({ kind: 'binary' });
  });

  it('knows Sparkplug B by its form', () => {
    const metrics = [{ name: 'Ac/Power', datatype: 9, float: 5 }];
    const payload = sparkplugPayload({ timestamp: 1_772_442_902_000, seq: 1, metrics });
    expect(redactedSample('x', payload)).toMatchObject({ kind: 'binary', form: 'sparkplug' });
  });

  it('cuts what is long, deep or wide, and says so', () => {
    const deep = JSON.parse('{"a":'.repeat(50) + '1' + '}'.repeat(50)) as unknown;
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${String(i)}`, i]));
    for (const payload of [
      deep,
      wide,
      { list: Array.from({ length: 999 }, () => 1) },
      { text: 'long '.repeat(99) },
    ]) {
      const content = sample(payload);
      expect(content).toMatchObject({ kind: 'json', isCut: true });
      expect(JSON.stringify(content).length).toBeLessThan(8_000);
    }
  });

  it('treats hostile keys as keys', () => {
    const content = sample('{"__proto__":{"password":"x"},"constructor":1}');
    expect(JSON.stringify(content)).toBe(
      `{"kind":"json","value":{"__proto__":{"password":"${MASK}"},"constructor":1},"isCut":false}`,
    );
  });
});
