import { describe, expect, it } from 'vitest';
import { createDecoder } from '../../../ingest/decode/decoder.ts';
import type { Decoded, RejectionReason } from '../../../ingest/decode/message.ts';
import { PAYLOAD_BYTES_MAX } from '../../../ingest/decode/payload.ts';

const TOPIC = 'bluewatt/unmiss/juba-un-house/genset-1/reading';
const AT = Date.UTC(2026, 10, 1);
const RECEIVED_AT = AT + 5000;
const decoder = createDecoder({ registry: { missions: {}, pledges: [], sources: [] }, profiles: [] });

function decode(payload: unknown, options: { topic?: string; retain?: boolean } = {}): Decoded {
  const bytes =
    payload instanceof Uint8Array
      ? payload
      : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return decoder.decode({
    topic: options.topic ?? TOPIC,
    payload: bytes,
    retain: options.retain ?? false,
    receivedAt: RECEIVED_AT,
  });
}

const reasons = (decoded: Decoded): RejectionReason[] => decoded.rejections.map(({ reason }) => reason);

describe('a native message', () => {
  it('becomes a reading of the meter its topic names, registered or not', () => {
    const decoded = decode(
      '{"at":"2026-11-01T00:00:00Z","activePowerW":92500,"energyForwardWh":1048575250,"fuelUsedL":261944.5}',
    );
    expect(decoded).toEqual({
      readings: [
        {
          meter: {
            mission: 'unmiss',
            camp: 'juba-un-house',
            meter: 'genset-1',
            key: 'unmiss/juba-un-house/genset-1',
          },
          at: AT,
          values: { activePowerW: 92500, energyForwardWh: 1048575250, fuelUsedL: 261944.5 },
        },
      ],
      rejections: [],
      ignoredKeys: 0,
    });
  });

  it('gives one and the same meter reference every time', () => {
    const first = decode({ at: AT, activePowerW: 1 }).readings[0]?.meter;
    expect(decode({ at: AT, activePowerW: 2 }).readings[0]?.meter).toBe(first);
  });

  it('counts keys that are no canonical quantity and takes the rest', () => {
    const decoded = decode(
      '{"at":1793491200000,"activePowerW":1,"colour":"blue","__proto__":{"a":1},"constructor":1}',
    );
    expect(decoded.readings[0]?.values).toEqual({ activePowerW: 1 });
    expect(decoded.ignoredKeys).toBe(3);
    expect(decoded.rejections).toEqual([]);
  });

  it.each([
    ['a numeric string', '"230.1"'],
    ['true', 'true'],
    ['an array', '[1]'],
    ['an object', '{"v":1}'],
    ['a number beyond any number', '1e999'],
  ])('rejects a value that is %s and takes its neighbours', (_, value) => {
    const decoded = decode(`{"at":${AT},"activePowerW":${value},"voltageV":230}`);
    expect(decoded.readings[0]?.values).toEqual({ voltageV: 230 });
    expect(reasons(decoded)).toEqual(['value-not-a-number']);
    expect(decoded.rejections[0]?.detail).toContain('activePowerW');
  });

  it.each([
    ['powerFactor', 92],
    ['energyForwardWh', -1],
    ['fuelLevelPct', 140],
    ['frequencyHz', -50],
    ['energyForwardWh', 1e300],
  ])('rejects %s = %d as impossible', (name, value) => {
    const decoded = decode({ at: AT, [name]: value, activePowerW: 5 });
    expect(reasons(decoded)).toEqual(['value-out-of-range']);
    expect(decoded.readings[0]?.values).toEqual({ activePowerW: 5 });
  });

  it('takes null as no point, without complaint', () => {
    expect(decode({ at: AT, activePowerW: null, voltageV: 1 }).readings[0]?.values).toEqual({ voltageV: 1 });
    expect(decode({ at: AT, activePowerW: null })).toEqual({ readings: [], rejections: [], ignoredKeys: 0 });
  });

  it('turns minus zero into zero and lets the last of a repeated key count', () => {
    const decoded = decode(`{"at":${AT},"activePowerW":-0,"voltageV":1,"voltageV":2}`);
    expect(Object.is(decoded.readings[0]?.values.activePowerW, 0)).toBe(true);
    expect(decoded.readings[0]?.values.voltageV).toBe(2);
  });

  it('says so when it carries no quantity at all', () => {
    expect(reasons(decode({ at: AT, power: 3 }))).toEqual(['no-known-quantity']);
  });
});

describe('the time of a native message', () => {
  it.each<[string, unknown, RejectionReason]>([
    ['is missing', undefined, 'time-missing'],
    ['is null', null, 'time-missing'],
    ['is a boolean', true, 'time-invalid'],
    ['has no offset', '2026-11-01T00:00:00', 'time-invalid'],
    ['is a day that does not exist', '2026-02-30T00:00:00Z', 'time-invalid'],
    ['is a numeric string', '1793491200000', 'time-invalid'],
    ['is before 2020', '2019-12-31T23:59:59.999Z', 'time-too-old'],
    ['is in seconds', 1_793_491_200, 'time-too-old'],
    ['is zero', 0, 'time-too-old'],
    ['is more than ten minutes ahead', RECEIVED_AT + 600_001, 'time-in-future'],
  ])('that %s is rejected', (_, at, reason) => {
    const decoded = decode({ at, activePowerW: 1 });
    expect(decoded.readings).toEqual([]);
    expect(reasons(decoded)).toEqual([reason]);
  });

  it('hints at seconds where milliseconds are expected', () => {
    expect(decode({ at: 1_793_491_200, activePowerW: 1 }).rejections[0]?.detail).toContain('epoch seconds');
  });

  it.each([
    ['the first instant of 2020', '2020-01-01T00:00:00Z', Date.UTC(2020, 0, 1)],
    ['exactly ten minutes ahead', RECEIVED_AT + 600_000, RECEIVED_AT + 600_000],
    ['an offset', '2026-11-01T02:00:00+02:00', AT],
    ['epoch milliseconds', AT, AT],
  ])('may be %s', (_, at, expected) => {
    expect(decode({ at, activePowerW: 1 }).readings[0]?.at).toBe(expected);
  });

  it('makes a retained message a reading of its own instant, never of now', () => {
    expect(decode({ at: AT, activePowerW: 1 }, { retain: true }).readings[0]?.at).toBe(AT);
    expect(reasons(decode({ activePowerW: 1 }, { retain: true }))).toEqual(['time-missing']);
  });
});

describe('a backlog', () => {
  it('takes the good elements and rejects the bad ones with their place', () => {
    const decoded = decode([
      { at: AT, activePowerW: 1 },
      { activePowerW: 2 },
      'x',
      null,
      [],
      { at: AT + 1000, activePowerW: 3 },
    ]);
    expect(decoded.readings.map((reading) => reading.values.activePowerW)).toEqual([1, 3]);
    expect(reasons(decoded)).toEqual([
      'time-missing',
      'payload-wrong-shape',
      'payload-wrong-shape',
      'payload-wrong-shape',
    ]);
    expect(decoded.rejections[0]?.detail).toMatch(/^element 1: /);
  });

  it('tells a hundred rejections one by one and counts the rest', () => {
    const decoded = decode(Array.from({ length: 5000 }, () => ({ activePowerW: 1 })));
    expect(decoded.rejections).toHaveLength(101);
    expect(decoded.rejections.at(-1)?.detail).toBe('and 4900 more of this message');
  });

  it('that is empty is a wrong shape', () => {
    expect(reasons(decode([]))).toEqual(['payload-wrong-shape']);
  });
});

describe('a payload that is not the contract’s', () => {
  it.each<[string, string | Uint8Array, RejectionReason]>([
    ['has no bytes', new Uint8Array(), 'payload-empty'],
    ['is not JSON', 'hello', 'payload-not-json'],
    ['ends in the middle', '{"at":1', 'payload-not-json'],
    ['is not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'payload-not-json'],
    ['has NaN', '{"at":1793491200000,"activePowerW":NaN}', 'payload-not-json'],
    ['is a number', '42', 'payload-wrong-shape'],
    ['is null', 'null', 'payload-wrong-shape'],
    ['is nested a hundred thousand deep', '['.repeat(100_000) + ']'.repeat(100_000), 'payload-wrong-shape'],
    ['is larger than four mebibytes', new Uint8Array(PAYLOAD_BYTES_MAX + 1), 'payload-too-large'],
  ])('%s: it is rejected with its reason', (_, payload, reason) => {
    const decoded = decode(payload);
    expect(decoded.readings).toEqual([]);
    expect(reasons(decoded)).toEqual([reason]);
  });

  it('may begin with a byte order mark, and be a view into a larger buffer', () => {
    const bytes = Buffer.from(`xx\uFEFF{"at":${AT},"activePowerW":7}yy`);
    const view = new Uint8Array(bytes.buffer, bytes.byteOffset + 2, bytes.length - 4);
    expect(decode(view).readings[0]?.values.activePowerW).toBe(7);
  });

  it('may hold the replacement character where it is really meant', () => {
    expect(decode(`{"at":${AT},"activePowerW":7,"note":"\uFFFD"}`).readings).toHaveLength(1);
  });
});

describe('a native topic', () => {
  it.each([
    'bluewatt/UNMISS/juba/genset-1/reading',
    'bluewatt/unmiss/juba un/genset-1/reading',
    'bluewatt/unmiss/juba/-genset/reading',
    'bluewatt//juba/genset/reading',
    `bluewatt/unmiss/juba/${'a'.repeat(64)}/reading`,
    'bluewatt/unmiss/juba/__proto__/reading',
    'bluewatt/live/unmiss/juba/reading',
  ])('%s is invalid', (topic) => {
    expect(reasons(decode({ at: AT, activePowerW: 1 }, { topic }))).toEqual(['topic-invalid']);
  });

  it.each([
    'bluewatt/unmiss/juba/reading',
    'bluewatt/unmiss/juba/genset/reading/x/reading',
    'other/a/b/c/reading',
    '',
  ])('%j is none', (topic) => {
    expect(reasons(decode({ at: AT, activePowerW: 1 }, { topic }))).toEqual(['topic-unknown']);
  });

  it('may name a meter `constructor`, which is a slug like any other', () => {
    const topic = 'bluewatt/unmiss/juba/constructor/reading';
    expect(decode({ at: AT, activePowerW: 1 }, { topic }).readings[0]?.meter.meter).toBe('constructor');
  });
});
