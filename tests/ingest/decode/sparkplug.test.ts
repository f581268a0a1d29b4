import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMeterKey } from '#lib/energy/reading.ts';
import { DeviceMemory } from '../../../ingest/decode/device-memory.ts';
import { createDecoder } from '../../../ingest/decode/decoder.ts';
import { loadProfiles, parseProfile } from '../../../ingest/decode/profile-load.ts';
import { SilenceBook } from '../../../ingest/decode/silence-book.ts';
import { SparkplugHost, type Births } from '../../../ingest/decode/sparkplug/host.ts';
import { rebirthRequest } from '../../../ingest/decode/sparkplug/payload.ts';
import { sparkplugPayload, type SparkplugMetric } from '../../support/sparkplug-payload.ts';
import { START_AT, told } from './devices-rig.ts';

// The one profile: there is a decoder to nearly every test, and some hundred to the last.
const profiles = loadProfiles().filter(({ name }) => name === 'sparkplug');
const NCMD = 'spBv1.0/camp-b/NCMD/gw1';
const topicOf = (verb: string): string =>
  `spBv1.0/camp-b/${verb}/gw1${verb.startsWith('D') ? '/genset' : ''}`;

/** A host with a line for the group, and the edge node's messages at so many seconds after the start. */
function host(births?: Births, memory = new DeviceMemory()) {
  const silences = new SilenceBook();
  const sparkplug = new SparkplugHost(silences, births);
  const source = {
    ...{ profile: 'sparkplug', topic: 'spBv1.0/camp-b', meter: '{node}-{device}' },
    ...{ mission: 'unmiss', camp: 'juba' },
  };
  const changed = (meter: string) => ({
    decoder: createDecoder({
      registry: { missions: {}, pledges: [], sources: [{ ...source, meter }] },
      ...{ profiles, silences, sparkplug, memory },
    }),
  });
  const { decoder } = changed(source.meter);
  return {
    changed,
    sparkplug,
    decoder,
    hear: (atS: number, verb: string, seq: number | undefined, metrics: readonly SparkplugMetric[]) => {
      const receivedAt = START_AT + atS * 1000;
      const payload = sparkplugPayload({ timestamp: receivedAt, ...(seq !== undefined && { seq }), metrics });
      return decoder.decode({ topic: topicOf(verb), payload, retain: false, receivedAt });
    },
    raw: (atS: number, verb: string, payload: Uint8Array) =>
      decoder.decode({ topic: topicOf(verb), payload, retain: false, receivedAt: START_AT + atS * 1000 }),
    asked: (atS: number) => decoder.dueRequests(START_AT + atS * 1000).map(({ topic }) => topic),
    silent: () =>
      [...silences.takeChanges()].map(([key, { silent }]) => [
        parseMeterKey(key)?.meter,
        silent && (silent.since - START_AT) / 1000,
      ]),
  };
}

const bdSeq = (number: bigint): SparkplugMetric => ({ name: 'bdSeq', datatype: 8, long: number });
const POWER = { name: 'activePowerW', alias: 7, datatype: 9, float: 100 };
const ENERGY = { name: 'energyForwardWh', alias: 8, datatype: 7, int: 4_048_575_250 };

/** As births are after they were written down and read. */
function throughJson(births: Births): Births {
  const plain = [...births].map(([key, devices]) => [key, [...devices]] as const);
  const read = JSON.parse(JSON.stringify(plain)) as typeof plain;
  return new Map(read.map(([key, devices]) => [key, new Map(devices)]));
}

function born() {
  const rig = host();
  rig.hear(0, 'NBIRTH', 0, [bdSeq(3n), { name: 'temperatureC', alias: 1, datatype: 9, float: 30 }]);
  rig.hear(0, 'DBIRTH', 1, [POWER, ENERGY, { name: 'coolantC', alias: 9, datatype: 1, int: -5 }]);
  expect(rig.asked(0)).toEqual([]);
  return rig;
}

describe('Metrics of a Sparkplug node', () => {
  it('are named and typed by the birth certificate when data brings an alias alone', () => {
    const decoded = born().hear(60, 'DDATA', 2, [
      { alias: 7, float: 50.1 },
      { alias: 8, int: 4_048_575_260 },
      { alias: 9, int: -7 },
    ]);
    expect(told(decoded)).toEqual({
      'gw1-genset': { activePowerW: 50.1, energyForwardWh: 4_048_575_260, coolantC: -7 },
    });
    expect(decoded.readings[0]?.at).toBe(START_AT + 60_000);
  });

  it('have a time of their own, and those of the past are taken as of then', () => {
    const { hear } = born();
    const at = (atS: number): number => START_AT + atS * 1000;
    const past = { alias: 8, isHistorical: true };
    const { readings } = hear(3600, 'DDATA', 2, [
      { ...past, timestamp: at(600), int: 10 },
      { ...past, timestamp: at(1200), int: 20 },
      { alias: 8, timestamp: at(3600), int: 30 },
    ]);
    expect(readings.map((each) => [(each.at - START_AT) / 1000, each.values.energyForwardWh])).toEqual([
      [600, 10],
      [1200, 20],
      [3600, 30],
    ]);
  });

  it.each([
    ['null by its flag', { isNull: true }],
    ['of bad quality', { float: 5, quality: 0 }],
    ['stale', { float: 5, quality: 500 }],
    ['uncertain, as OPC says it', { float: 5, quality: 64 }],
    ['told without a value', {}],
  ])('hold no value when %s, which is nobody’s fault', (_, metric) => {
    const decoded = born().hear(60, 'DDATA', 2, [{ alias: 7, ...metric }]);
    expect(decoded).toMatchObject({ readings: [], rejections: [], ignoredKeys: 1 });
  });

  it.each([
    ['Int8', 1, { int: -5 }, -5],
    ['Int16', 2, { int: -300 }, -300],
    ['Int32', 3, { int: -70_000 }, -70_000],
    ['Int64', 4, { long: -70_000n }, -70_000],
    ['UInt8', 5, { int: 250 }, 250],
    ['UInt16', 6, { int: 65_000 }, 65_000],
    ['UInt32', 7, { int: 4_294_967_295 }, 4_294_967_295],
    ['UInt64', 8, { long: 9_007_199_254n }, 9_007_199_254],
    ['Float', 9, { float: 50.1 }, 50.1],
    ['Float that is whole', 9, { float: 12_345_678 }, 12_345_678],
    ['Double', 10, { double: 0.1 + 0.2 }, 0.1 + 0.2],
    ['String', 12, { string: '12.5' }, 12.5],
  ])('are read as the type %s', (_, datatype, value, expected) => {
    const decoded = born().hear(60, 'DDATA', 2, [{ name: 'activePowerW', datatype, ...value }]);
    expect(told(decoded)).toEqual({ 'gw1-genset': { activePowerW: expected } });
  });

  it.each([
    ['good', 192],
    ['good by hand, as OPC says it', 216],
    ['of any good code of OPC', 255],
  ])('hold when they are %s', (_, quality) => {
    const decoded = born().hear(60, 'DDATA', 2, [{ alias: 7, float: 5, quality }]);
    expect(told(decoded)).toEqual({ 'gw1-genset': { activePowerW: 5 } });
  });

  it('that are booleans where a number belongs are rejected', () => {
    const { rejections } = born().hear(60, 'DDATA', 2, [
      { name: 'activePowerW', datatype: 11, boolean: true },
    ]);
    expect(rejections.map(({ reason }) => reason)).toEqual(['value-not-a-number']);
  });
});

describe('An edge node is asked to be born again', () => {
  it('when its birth is missing, and what came by an alias is kept as rejected', () => {
    const { hear, asked } = host();
    const { rejections } = hear(0, 'DDATA', 5, [{ alias: 7, float: 1 }]);
    expect(rejections.map(({ reason }) => reason)).toEqual(['birth-missing']);
    expect(asked(1.9)).toEqual([]);
    expect(asked(2)).toEqual([NCMD]);
  });

  it('when an alias is unknown, or is that of another device', () => {
    const { hear, asked } = born();
    expect(hear(1, 'DDATA', 2, [{ alias: 99, float: 1 }]).rejections).toHaveLength(1);
    expect(asked(3)).toEqual([NCMD]);
    expect(hear(4, 'DDATA', 3, [{ alias: 1, float: 1 }]).rejections).toHaveLength(1);
  });

  it('when the sequence has a gap, while known aliases are read on; 255 is followed by 0', () => {
    const { hear, asked } = born();
    for (let seq = 2; seq <= 260; seq += 1) hear(seq, 'DDATA', seq % 256, [{ alias: 7, float: seq }]);
    expect(asked(260)).toEqual([]);
    expect(told(hear(261, 'DDATA', 6, [{ alias: 7, float: 5 }]))).toEqual({
      'gw1-genset': { activePowerW: 5 },
    });
    expect(asked(262.9)).toEqual([]);
    expect(asked(263)).toEqual([NCMD]);
  });

  it('not when what was missing comes within two seconds after those that overtook it', () => {
    const { hear, asked } = born();
    hear(1, 'DDATA', 4, [{ alias: 7, float: 4 }]);
    expect(told(hear(1.5, 'DDATA', 2, [{ alias: 7, float: 2 }]))).toEqual({
      'gw1-genset': { activePowerW: 2 },
    });
    expect(asked(2.9)).toEqual([]);
    hear(2.9, 'DDATA', 3, [{ alias: 7, float: 3 }]);
    hear(3, 'DDATA', 5, [{ alias: 7, float: 5 }]);
    expect(asked(100)).toEqual([]);
  });

  it('when only some of it comes, and not a second time for what is then no longer waited for', () => {
    const { hear, asked } = born();
    hear(1, 'DDATA', 5, [{ alias: 7, float: 5 }]);
    hear(2, 'DDATA', 3, [{ alias: 7, float: 3 }]);
    expect(asked(3)).toEqual([NCMD]);
    hear(4, 'DDATA', 6, [{ alias: 7, float: 6 }]);
    expect(asked(1000)).toEqual([]);
  });

  it('not for a device whose birth data had overtaken, though that data is kept as rejected', () => {
    const { hear, asked } = host();
    hear(0, 'NBIRTH', 0, [bdSeq(3n)]);
    expect(hear(1, 'DDATA', 2, [{ alias: 7, float: 1 }]).rejections[0]?.reason).toBe('birth-missing');
    hear(2, 'DBIRTH', 1, [POWER]);
    expect(told(hear(3, 'DDATA', 3, [{ alias: 7, float: 5 }]))).toEqual({
      'gw1-genset': { activePowerW: 5 },
    });
    expect(asked(100)).toEqual([]);
  });

  it('at most once a minute, and seldomer while nothing comes of it', () => {
    const { hear, asked } = host();
    const times: number[] = [];
    for (let atS = 0; atS < 1800; atS += 1) {
      hear(atS, 'DDATA', 1, [{ alias: 7, float: 1 }]);
      if (asked(atS).length > 0) times.push(atS);
    }
    expect(times).toEqual([2, 62, 182, 422, 902]);
  });

  it('with the request that the specification gives: Node Control/Rebirth, boolean, true', () => {
    const expected = sparkplugPayload({
      timestamp: START_AT,
      metrics: [{ name: 'Node Control/Rebirth', timestamp: START_AT, datatype: 11, boolean: true }],
    });
    expect(Buffer.from(rebirthRequest(START_AT)).equals(expected)).toBe(true);
  });

  it('not by a message that is replayed', () => {
    const { hear, asked } = born();
    hear(60, 'DDATA', 2, [{ alias: 7, float: 1 }]);
    expect(told(hear(30, 'DDATA', 200, [{ alias: 7, float: 9 }]))).toEqual({
      'gw1-genset': { activePowerW: 9 },
    });
    hear(61, 'DDATA', 3, [{ alias: 7, float: 1 }]);
    expect(asked(61)).toEqual([]);
  });
});

describe('What a host says of itself', () => {
  it.each(['spBv1.0/STATE/scada', 'STATE/scada'])('on %s is nobody’s device', (topic) => {
    const { decoder } = host();
    const payload = Buffer.from('{"online":true,"timestamp":1}');
    expect(decoder.decode({ topic, payload, retain: true, receivedAt: START_AT }).rejections).toEqual([]);
    expect(decoder.standingOf(topic)).toBe('read');
    expect(decoder.standingOf(`${topic}/more`)).toBe('unknown');
  });
});

describe('A death certificate', () => {
  it('of a node makes the meters of all its devices silent and ends its aliases', () => {
    const { hear, silent, asked } = born();
    silent();
    hear(90, 'NDEATH', undefined, [bdSeq(3n)]);
    expect(silent()).toEqual([
      ['gw1', 90],
      ['gw1-genset', 90],
    ]);
    expect(hear(91, 'DDATA', 2, [{ alias: 7, float: 1 }]).rejections[0]?.reason).toBe('birth-missing');
    expect(asked(93)).toEqual([NCMD]);
    hear(94, 'NBIRTH', 0, [bdSeq(4n), { name: 'temperatureC', alias: 1, datatype: 9, float: 30 }]);
    expect(silent()).toEqual([['gw1', null]]);
  });

  it('of a device makes its own meters silent', () => {
    const { hear, silent } = born();
    silent();
    hear(90, 'DDEATH', 2, []);
    expect(silent()).toEqual([['gw1-genset', 90]]);
  });

  it('still makes meters silent that have not spoken since the registry changed', () => {
    const memory = new DeviceMemory();
    const before = host(undefined, memory);
    before.hear(0, 'NBIRTH', 0, [bdSeq(3n)]);
    before.hear(0, 'DBIRTH', 1, [POWER]);
    before.silent();
    const { decoder } = before.changed('{device}-{node}');
    const payload = sparkplugPayload({ timestamp: START_AT, metrics: [bdSeq(3n)] });
    decoder.decode({ topic: topicOf('NDEATH'), payload, retain: false, receivedAt: START_AT + 90_000 });
    expect(before.silent()).toEqual([['genset-gw1', 90]]);
  });

  it('of a session that is over already is ignored', () => {
    const { hear, silent, asked } = born();
    silent();
    hear(90, 'NDEATH', undefined, [bdSeq(2n)]);
    expect(silent()).toEqual([]);
    hear(91, 'DDATA', 2, [{ alias: 7, float: 1 }]);
    expect(asked(91)).toEqual([]);
  });
});

describe('What births said', () => {
  it('is known after a restart; the node is asked again, because nobody knows what was missed', () => {
    const kept = born().sparkplug.takeChanges();
    const again = host(throughJson(kept));
    expect(told(again.hear(60, 'DDATA', 9, [{ alias: 7, float: 5 }]))).toEqual({
      'gw1-genset': { activePowerW: 5 },
    });
    expect(again.asked(62)).toEqual([NCMD]);
  });

  it('is forgotten of what has died', () => {
    const { sparkplug, hear } = born();
    hear(1, 'DDEATH', 2, []);
    expect([...(sparkplug.takeChanges().get('camp-b/gw1')?.keys() ?? [])]).toEqual(['']);
  });
});

describe('A profile that reads nothing of the edge node itself', () => {
  const parsed = parseProfile(
    `profile: devices-alone
format: sparkplug
messages:
  - { match: { topic: 'spBv1.0/{group}/{verb=NBIRTH|NDATA|NDEATH}/{node}' }, meter: '{node}', fields: [] }
  - match: { topic: 'spBv1.0/{group}/{verb=DBIRTH|DDATA|DDEATH}/{node}/{device}' }
    meter: '{device}'
    fields: [{ path: /Ac~1Power, to: activePowerW, unit: kW }]
samples: [{ topic: spBv1.0/a/NDEATH/b, receivedAt: '2026-03-02T09:15:04Z', payload: '', expect: [] }]
`,
    'devices-alone.yaml',
  );

  it('follows its births all the same, so that its devices’ aliases are known', () => {
    if (!parsed.ok) throw new Error(parsed.problems.join());
    const source = { profile: 'devices-alone', topic: 'spBv1.0/#', mission: 'unmiss', camp: 'juba' };
    const decoder = createDecoder({
      registry: { missions: {}, pledges: [], sources: [{ ...source, meter: '{device}' }] },
      profiles: [parsed.profile],
    });
    const hear = (atS: number, verb: string, metrics: readonly SparkplugMetric[]) => {
      const receivedAt = START_AT + atS * 1000;
      const payload = sparkplugPayload({ timestamp: receivedAt, seq: atS, metrics });
      return decoder.decode({ topic: topicOf(verb), payload, retain: false, receivedAt });
    };
    hear(0, 'NBIRTH', [bdSeq(3n)]);
    hear(1, 'DBIRTH', [{ name: 'Ac/Power', alias: 7, datatype: 9, float: 1.5 }]);
    const data = hear(2, 'DDATA', [{ alias: 7, float: 2.5 }]);
    expect(data.rejections).toEqual([]);
    expect(told(data)).toEqual({ genset: { activePowerW: 2500 } });
    expect(decoder.dueRequests(START_AT + 60_000)).toEqual([]);
  });
});

describe('Bytes that are no Sparkplug message', () => {
  it.each([
    ['a text', Buffer.from('hello')],
    ['a field that ends too soon', Buffer.from('1210', 'hex')],
    ['a number without end', Buffer.from('08ffffffffffffffffffffff', 'hex')],
    ['a length of exabytes', Buffer.from('12ffffffffffffffff7f', 'hex')],
    ['a field of number 0', Buffer.from('0001', 'hex')],
    ['a group', Buffer.from('0b', 'hex')],
  ])('such as %s are rejected', (_, bytes) => {
    expect(
      host()
        .raw(0, 'NDATA', bytes)
        .rejections.map(({ reason }) => reason),
    ).toEqual(['payload-wrong-shape']);
  });

  it('never end in an exception or in nothing, however they are cut, filled or ordered', () => {
    const verb = fc.constantFrom('NBIRTH', 'NDATA', 'NDEATH', 'DBIRTH', 'DDATA', 'DDEATH');
    const metric = fc.record(
      {
        name: fc.oneof(
          fc.constantFrom('activePowerW', 'bdSeq', '__proto__', 'a/activePowerW'),
          fc.string({ maxLength: 6 }),
        ),
        alias: fc.integer({ min: 0, max: 5 }),
        timestamp: fc.integer({ min: 0, max: 2 ** 45 }),
        datatype: fc.integer({ min: 0, max: 40 }),
        isHistorical: fc.boolean(),
        isNull: fc.boolean(),
        quality: fc.constantFrom(0, 192, 500),
        int: fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }),
        long: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
        float: fc.float(),
        double: fc.double(),
        boolean: fc.boolean(),
        string: fc.string({ maxLength: 5 }),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.array(metric, { maxLength: 4 }), fc.integer({ min: 0, max: 255 }), fc.nat(400))
        .map(([metrics, seq, length]) => sparkplugPayload({ seq, metrics }).subarray(0, length)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(verb, body), { maxLength: 12 }), (messages) => {
        const { raw, asked } = host();
        for (const [index, [each, bytes]] of messages.entries()) {
          const { readings, rejections, ignoredKeys } = raw(index, each, bytes);
          expect(readings.length + rejections.length + ignoredKeys).toBeGreaterThan(0);
          for (const { values } of readings) expect(Object.values(values).every(Number.isFinite)).toBe(true);
          expect(asked(index).length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
