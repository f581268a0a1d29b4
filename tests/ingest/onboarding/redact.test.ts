import { describe, expect, it } from 'vitest';
import { MASK, redactedSample } from '../../../ingest/onboarding/redact.ts';

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

  it('says binary of what is binary, and shows nothing of it', () => {
    expect(redactedSample('x', Uint8Array.of(0x08, 0xff, 0x00, 0x12))).toEqual({ kind: 'binary', bytes: 4 });
    expect(redactedSample('x', Buffer.from('\u0000\u0001abc'))).toEqual({ kind: 'binary', bytes: 5 });
    expect(redactedSample('x', new Uint8Array())).toEqual({ kind: 'empty' });
    expect(redactedSample('x', Buffer.alloc(1_000_000, 'x'))).toEqual({ kind: 'binary', bytes: 1_000_000 });
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
