/**
 * A million messages that nobody sane would send, from one seed: the samples of all profiles and of the native form,
 * with bytes, numbers, keys, levels and structure changed, and some that are nothing but noise.
 */
import type { InboundMessage } from '../../../ingest/decode/message.ts';
import type { Profile } from '../../../ingest/decode/profile.ts';
import { sampleMessage } from '../../../ingest/decode/sample.ts';
import { createRandom, type Random } from '../../fault/random.ts';
import { sparkplugPayload } from '../../support/sparkplug-payload.ts';

export const RECEIVED_AT = Date.parse('2026-03-02T09:15:04Z');
const HUGE_BYTES = 10 * 1024 * 1024;
/** One message of so many is 10 MB long; one of so many is nested deeper than any stack. */
const HUGE_EVERY = 250_000;
const DEEP_EVERY = 10_000;
const DEPTH = 50_000;

const NUMBERS = [
  ...['1e999', '-1e999', '1e308', '-0', '0', '9007199254740993', '123456789012345678901234567890'],
  ...['NaN', 'Infinity', '-Infinity', '0x10', '1_000', '01', '.5', '5.', '+1', '--1', '1e', '32767', '65535'],
  ...[
    '4294967295',
    '2147483647',
    '-2147483648',
    'true',
    'false',
    'null',
    '""',
    '"unknown"',
    '"42 F"',
    '"12"',
  ],
  ...['"1e5"', '" 7 "', '"٣"', '[]', '{}', '[1]', '[[1,2],[3]]', '{"value":1}', '"\\ud800"', '"\\u0000"'],
  ...['1767571200000', '"2026-03-02T09:15:04Z"', '"2026-02-30T00:00:00Z"', '"2026-03-02T09:15:04"', '-1'],
];
const KEYS = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '', ' ', '\\u0000'],
  ...['at', 'activePowerW', 'energyForwardWh', 'ts', 'Time', 'value', 'a'.repeat(5_000), '0', '-1', 'length'],
];
const LEVELS = [
  ...[
    '__proto__',
    'constructor',
    '',
    '+',
    '#',
    '$SYS',
    '..',
    '\u0000',
    '\ufeff',
    '😀',
    'é',
    'bluewatt',
    'live',
  ],
  ...['reading', 'unmiss', 'x'.repeat(64), 'x'.repeat(3_000), '{device}', 'UPPER', 'tele', 'status', 'em:0'],
];
const NATIVE_TOPIC = 'bluewatt/unmiss/juba-un-house/genset-1/reading';
const NATIVE = [
  '{"at":"2026-03-02T09:15:00Z","activePowerW":92500,"energyForwardWh":1048575250,"fuelUsedL":261944.5}',
  '[{"at":1772442900000,"activePowerW":1},{"at":1772442960000,"activePowerW":2,"voltageV":230.1}]',
  '{"at":"2026-03-02T09:15:00Z","watts":92500}',
];

/** By an alias that no birth certificate has defined: the samples, which are all in order, have none. */
const UNBORN = {
  topic: 'spBv1.0/camp-b/DDATA/gw1/plant',
  payload: sparkplugPayload({ seq: 5, metrics: [{ alias: 99, int: 7 }] }),
};

interface Sample {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** the payload as text; of a binary one a good part is lost */
  readonly text: string;
}

/** The same messages in the same order at every call with the same seed. */
export function* hostileMessages(
  count: number,
  profiles: readonly Profile[],
  seed = 20_260_302,
): Generator<InboundMessage> {
  const random = createRandom(seed);
  const samples = [...profiles.flatMap((profile) => profile.samples.map(sampleMessage)), UNBORN].map(
    sampleOf,
  );
  // As often as all others together: it is the form that most messages have.
  const all = [
    ...samples,
    ...samples.map((_, index) => {
      const payload = Buffer.from(NATIVE[index % NATIVE.length] ?? '');
      return sampleOf({ topic: NATIVE_TOPIC, payload });
    }),
  ];
  for (let index = 0; index < count; index += 1) {
    const sample = random.pick(all);
    yield {
      topic: random.next() < 0.3 ? hostileTopic(sample.topic, random) : sample.topic,
      payload: payloadOf(index, sample, all, random),
      retain: random.next() < 0.02,
      receivedAt: RECEIVED_AT,
      qos: 1,
    };
  }
}

function sampleOf({ topic, payload }: Pick<InboundMessage, 'topic' | 'payload'>): Sample {
  return { topic, payload, text: Buffer.from(payload).toString() };
}

function payloadOf(index: number, sample: Sample, all: readonly Sample[], random: Random): Uint8Array {
  if (index % HUGE_EVERY === HUGE_EVERY / 2) return hugePayload(random);
  if (index % DEEP_EVERY === DEEP_EVERY / 2) return deepPayload(sample.text, random);
  switch (random.between(0, 8)) {
    case 0:
      return noise(random.between(0, 80), random);
    case 1:
    case 2:
      return brokenBytes(sample.payload, random);
    case 3:
    case 4:
      return Buffer.from(withNumbers(sample.text, random));
    case 5:
      return Buffer.from(withKey(sample.text, random));
    case 6:
      return Buffer.from(nested(sample.text, random));
    case 7:
      // What one device says, on the topic of another.
      return random.pick(all).payload;
    default:
      return Buffer.from(withKey(withNumbers(sample.text, random), random));
  }
}

function noise(length: number, random: Random): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = random.between(0, 255);
  return bytes;
}

/** Some bytes of `payload` overwritten, and often its end or its beginning gone. */
function brokenBytes(payload: Uint8Array, random: Random): Uint8Array {
  const bytes = Buffer.from(payload);
  for (let left = random.between(1, 4); left > 0 && bytes.length > 0; left -= 1) {
    bytes[random.between(0, bytes.length - 1)] = random.between(0, 255);
  }
  const cut = random.next() < 0.5 ? random.between(0, bytes.length) : bytes.length;
  return random.next() < 0.5 ? bytes.subarray(0, cut) : bytes.subarray(bytes.length - cut);
}

/** One number of `text`, or several, made into something else. */
function withNumbers(text: string, random: Random): string {
  const share = random.next() < 0.5 ? 0.15 : 1;
  return text.replace(/-?\d+(?:\.\d+)?/g, (number) =>
    random.next() < share ? random.pick(NUMBERS) : number,
  );
}

function withKey(text: string, random: Random): string {
  const key = random.pick(KEYS);
  let left = random.between(0, 3);
  return text.replace(/"[^"]*":/g, (found) => (left-- === 0 ? `"${key}":` : found));
}

/** `text` inside of arrays and objects, beside itself, or around itself. */
function nested(text: string, random: Random): string {
  switch (random.between(0, 3)) {
    case 0:
      return `[${Array.from({ length: random.between(0, 30) }, () => text).join(',')}]`;
    case 1:
      return `{"${random.pick(KEYS)}":${text}}`;
    case 2:
      return text.replace(/:-?\d+/, `:${text}`);
    default:
      return `[${text},null,[${text}],${random.pick(NUMBERS)}]`;
  }
}

function deepPayload(text: string, random: Random): Uint8Array {
  const open = random.pick(['[', '{"a":', '{"__proto__":', '[{"params":']);
  const close = open.replaceAll(/[^[{]/g, '').replaceAll('[', ']').replaceAll('{', '}');
  const back = [...close].reverse().join('');
  const isClosed = random.next() < 0.8;
  return Buffer.from(`${open.repeat(DEPTH)}${text}${isClosed ? back.repeat(DEPTH) : ''}`);
}

function hugePayload(random: Random): Uint8Array {
  const fill = random.pick(['a', '9', ' ', '[', '\u0000']);
  return Buffer.from(`{"at":"${fill.repeat(HUGE_BYTES)}"}`);
}

function hostileTopic(topic: string, random: Random): string {
  const levels = topic.split('/');
  const place = random.between(0, levels.length);
  switch (random.between(0, 4)) {
    case 0:
      levels[place] = random.pick(LEVELS);
      break;
    case 1:
      levels.splice(place, random.between(0, 2), random.pick(LEVELS), random.pick(LEVELS));
      break;
    case 2:
      levels.length = place;
      break;
    case 3:
      // A device that nobody has seen: they must not pile up in memory.
      levels[place] = `device-${String(random.between(0, 1e9))}`;
      break;
    default:
      return Buffer.from(noise(random.between(0, 40), random)).toString('latin1');
  }
  return levels.join('/');
}
