import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUANTITIES, isQuantity } from '#lib/energy/quantity.ts';
import { isSlug } from '#lib/energy/reading.ts';
import type { Registry } from '#lib/registry/types.ts';
import { createDecoder } from '../../../ingest/decode/decoder.ts';
import { EARLIEST_AT, AHEAD_MAX_MS } from '../../../ingest/decode/instant.ts';
import { REJECTION_REASONS, type Decoded } from '../../../ingest/decode/message.ts';
import { covers, meet, withoutCovered } from '#lib/registry/mqtt-filter.ts';
import { loadProfiles } from '../../../ingest/decode/profile-load.ts';
import { slugify } from '#lib/registry/slugify.ts';
import { TopicCache } from '../../../ingest/decode/topic-cache.ts';

const RECEIVED_AT = Date.parse('2026-03-02T09:15:04Z');
const profiles = loadProfiles();
const registry: Registry = {
  missions: {},
  pledges: [],
  sources: profiles.map((profile) => ({
    profile: profile.name,
    topic: '#',
    mission: 'm',
    camp: 'c',
    meter: profile.messages[0]?.meter ?? '',
  })),
};
const assigned = createDecoder({ registry, profiles });
const unassigned = createDecoder({ registry: { missions: {}, pledges: [], sources: [] }, profiles });

const level = fc.oneof(
  fc.constantFrom(
    'bluewatt',
    'unmiss',
    'reading',
    'tele',
    'SENSOR',
    'status',
    'em:0',
    'events',
    'rpc',
    'mbmd',
    'Power',
  ),
  fc.constantFrom('__proto__', 'constructor', '', '+', '#', '{device}', '\u0000', 'a'.repeat(300)),
  fc.string({ maxLength: 8, unit: 'binary' }),
);
const sampleTopics = profiles.flatMap((profile) => profile.samples.map((sample) => sample.topic));
const topic = fc.oneof(
  fc.array(level, { maxLength: 8 }).map((levels) => levels.join('/')),
  fc.constantFrom(...sampleTopics, 'bluewatt/unmiss/juba/genset-1/reading'),
);
const key = fc.oneof(
  fc.constantFrom(
    ...QUANTITIES,
    'at',
    'Time',
    'ENERGY',
    'Power',
    'Total',
    'params',
    'ts',
    'em:0',
    'P1',
    '__proto__',
  ),
  fc.constantFrom('constructor', 'toString', 'P004', 'R003', 'em1:0', 'act_power', 'time', 'StatusSNS'),
  fc.string({ maxLength: 5 }),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(fc.double(), fc.integer(), fc.string({ maxLength: 12 }), fc.boolean(), fc.constant(null)),
    fc.constantFrom(RECEIVED_AT, '2026-03-02T09:15:04Z', '2026-03-02T09:15:04', '1e999', 1e308),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('tree')), { maxLength: 5 }).map(toObject),
  ),
}));
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  tree.map((value) => new Uint8Array(Buffer.from(JSON.stringify(value)))),
);

/** `Object.fromEntries` makes `__proto__` an own key, as JSON.parse does. */
function toObject(entries: readonly (readonly [string, unknown])[]): unknown {
  return Object.fromEntries(entries);
}

describe('whatever arrives', () => {
  it('becomes well-formed readings, rejections or a counted nothing, and never an exception', () => {
    fc.assert(
      fc.property(topic, payload, fc.boolean(), (text, bytes, retain) => {
        for (const decoder of [assigned, unassigned]) {
          const decoded = decoder.decode({ topic: text, payload: bytes, retain, receivedAt: RECEIVED_AT });
          expectWellFormed(decoded);
        }
      }),
      { numRuns: 4000 },
    );
  });

  it('leaves no trace on Object.prototype', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>)['activePowerW']).toBeUndefined();
  });
});

function expectWellFormed(decoded: Decoded): void {
  for (const { meter, at, values } of decoded.readings) {
    expect([meter.mission, meter.camp, meter.meter].every(isSlug)).toBe(true);
    expect(meter.key).toBe(`${meter.mission}/${meter.camp}/${meter.meter}`);
    expect(Number.isInteger(at) && at >= EARLIEST_AT && at <= RECEIVED_AT + AHEAD_MAX_MS).toBe(true);
    const entries = Object.entries(values);
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.every(([name, value]) => isQuantity(name) && Number.isFinite(value))).toBe(true);
  }
  for (const { reason, detail } of decoded.rejections) {
    expect(REJECTION_REASONS).toContain(reason);
    expect(detail.length).toBeGreaterThan(0);
    expect(detail.length).toBeLessThan(2000);
  }
  expect(decoded.rejections.length).toBeLessThanOrEqual(101);
}

describe('a payload made to hold things up', () => {
  const keys = (count: number, name: string, leaf: string): string =>
    `{${Array.from({ length: count }, (_, index) => `"${name}${index.toString(36)}":${leaf}`).join()}}`;

  it.each([
    ['a gateway of 300,000 modules', 'x', keys(300_000, '', '{}')],
    ['a gateway of 100,000 modules that all measure', 'x', keys(100_000, '', '{"P004":{"R003":1}}')],
    ['200,000 channels', 'a/events/rpc', `{"params":${keys(200_000, 'em:', '{}')}}`],
    [
      'a document nested 200,000 deep',
      'tele/a/SENSOR',
      `${'{"ENERGY":'.repeat(200_000)}1${'}'.repeat(200_000)}`,
    ],
  ])('such as %s is refused without reading it part by part', (_, text, body) => {
    const startedAt = performance.now();
    const bytes = Buffer.from(body);
    const decoded = assigned.decode({ topic: text, payload: bytes, retain: false, receivedAt: RECEIVED_AT });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expectWellFormed(decoded);
    expect(decoded.readings).toEqual([]);
  });
});

describe('the topic cache', () => {
  it('stays within its bound and keeps what is asked for', () => {
    const cache = new TopicCache<number>({ entriesMax: 100, keyCharsMax: 20 });
    cache.set('kept', 1);
    for (let index = 0; index < 10_000; index++) {
      cache.set(`topic/${index}`, index);
      expect(cache.get('kept')).toBe(1);
      if (cache.size > 100) throw new Error(`${cache.size} entries`);
    }
    cache.set('x'.repeat(21), 1);
    expect(cache.get('x'.repeat(21))).toBeUndefined();
  });

  it('answers the same whether remembered or not', () => {
    fc.assert(
      fc.property(topic, payload, (text, bytes) => {
        const message = { topic: text, payload: bytes, retain: false, receivedAt: RECEIVED_AT };
        const fresh = createDecoder({ registry, profiles }).decode(message);
        expect(assigned.decode(message)).toEqual(fresh);
        expect(assigned.decode(message)).toEqual(fresh);
      }),
      { numRuns: 100 },
    );
  });
});

describe('MQTT filters', () => {
  const part = fc.constantFrom('a', 'b', '+');
  const filter = fc
    .tuple(fc.array(part, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([parts, open]) => [...parts, ...(open ? ['#'] : [])].join('/'));
  const concrete = fc
    .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 5 })
    .map((all) => all.join('/'));

  it('meet in exactly the topics that both match', () => {
    fc.assert(
      fc.property(filter, filter, concrete, (left, right, text) => {
        const met = meet(left, right);
        expect(met !== undefined && covers(met, text)).toBe(covers(left, text) && covers(right, text));
      }),
      { numRuns: 3000 },
    );
  });

  it('lose no topic when covered ones are left out', () => {
    fc.assert(
      fc.property(fc.array(filter, { maxLength: 8 }), concrete, (filters, text) => {
        const kept = withoutCovered(filters);
        expect(kept.some((each) => covers(each, text))).toBe(filters.some((each) => covers(each, text)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('slugs of devices’ names', () => {
  it.each([
    ['Küche 2', 'kuche-2'],
    ['  --A__B--  ', 'a-b'],
    ['x'.repeat(100), 'x'.repeat(63)],
    ['发电机', undefined],
    ['', undefined],
  ])('%j is %j', (name, slug) => {
    expect(slugify(name)).toBe(slug);
  });

  it('are slugs or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (name) => {
        const slug = slugify(name);
        expect(slug === undefined || isSlug(slug)).toBe(true);
      }),
    );
  });
});
