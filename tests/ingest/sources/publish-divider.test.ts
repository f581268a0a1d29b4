/** The divider beside mqtt-packet: whatever one writes and however the bytes are cut, the other reads. */
import fc from 'fast-check';
import { generate, parser as createParser, type IPublishPacket, type Packet } from 'mqtt-packet';
import { describe, expect, it, vi } from 'vitest';
import {
  MalformedPacketError,
  PublishDivider,
  type PublishPacket,
} from '../../../ingest/sources/publish-divider.ts';

type Version = 4 | 5;

/** Everything a divider tells about `chunks`, as text, in order. */
function divide(chunks: readonly Buffer[], protocolVersion: Version): string[] {
  const told: string[] = [];
  const divider = new PublishDivider({
    protocolVersion,
    onPublish: (packet) => told.push(describePublish(packet)),
    onConnack: ({ reasonCode, isSessionPresent }) =>
      told.push(`connack ${String(reasonCode)} ${String(isSessionPresent)}`),
    onRest: (bytes) => told.push(`rest ${Buffer.from(bytes).toString('hex')}`),
  });
  for (const chunk of chunks) divider.take(chunk);
  return told;
}

function describePublish({ topic, payload, qos, retain, messageId }: PublishPacket): string {
  return JSON.stringify({ topic, payload: Buffer.from(payload).toString('hex'), qos, retain, messageId });
}

/** The same, told by mqtt-packet. */
function parse(bytes: Buffer, protocolVersion: Version): string[] {
  const told: string[] = [];
  const parser = createParser({ protocolVersion });
  parser.on('packet', (packet: Packet) => {
    if (packet.cmd !== 'publish') return;
    const { topic, payload, qos, retain, messageId } = packet;
    told.push(describePublish({ topic, payload: payload as Buffer, qos, retain, messageId }));
  });
  parser.parse(bytes);
  return told;
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const properties = fc.option(
  fc.record(
    {
      payloadFormatIndicator: fc.boolean(),
      messageExpiryInterval: fc.integer({ min: 0, max: 0xffff_ffff }),
      contentType: fc.string(),
      userProperties: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ maxLength: 200 })),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);
const publish: fc.Arbitrary<IPublishPacket> = fc
  .record({
    topic: fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.integer({ min: 0, max: 40_000 }).map((length) => new Uint8Array(length).fill(length)),
    ),
    qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
    retain: fc.boolean(),
    messageId: fc.integer({ min: 1, max: 0xffff }),
    properties,
  })
  .map(({ payload, messageId, properties: told, ...rest }) => ({
    ...rest,
    cmd: 'publish' as const,
    dup: false,
    payload: Buffer.from(payload),
    ...(rest.qos > 0 && { messageId }),
    ...(told !== undefined && { properties: told }),
  }));
const other = fc.constantFrom<Packet>(
  { cmd: 'pingresp' },
  { cmd: 'suback', messageId: 9, granted: [1, 1] },
  { cmd: 'puback', messageId: 77 },
);

describe.each([4, 5] as const)('The divider of MQTT version %i', (protocolVersion) => {
  it('reads what mqtt-packet reads, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(publish, other), { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        (packets, places) => {
          const encoded = packets.map((packet) => generate(packet, { protocolVersion }));
          const bytes = Buffer.concat(encoded);
          const told = divide(cut(bytes, places), protocolVersion);
          expect(told.filter((line) => line.startsWith('{'))).toEqual(parse(bytes, protocolVersion));
          const rest = encoded.filter((_, index) => packets[index]?.cmd !== 'publish');
          expect(told.filter((line) => line.startsWith('rest'))).toEqual(
            rest.map((each) => `rest ${each.toString('hex')}`),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never fails on arbitrary bytes but with its own error', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (bytes, places) => {
          try {
            divide(cut(Buffer.from(bytes), places), protocolVersion);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedPacketError);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('The divider', () => {
  it('tells the CONNACK before anything that follows in the same bytes', () => {
    const bytes = Buffer.concat([
      generate({ cmd: 'connack', reasonCode: 0, sessionPresent: true }, { protocolVersion: 5 }),
      generate(
        { cmd: 'publish', topic: 't', payload: 'x', qos: 0, retain: false, dup: false },
        { protocolVersion: 5 },
      ),
    ]);
    const told = divide([bytes], 5);
    expect(told[0]).toBe('connack 0 true');
    expect(told.at(-1)).toContain('"topic":"t"');
  });

  it.each([
    ['of QoS 3', [0x36, 5, 0, 1, 0x74, 0, 1], 'QoS 3'],
    ['without a topic', [0x32, 5, 0, 0, 0, 1, 0], 'without a topic'],
    ['whose topic is longer than the packet', [0x32, 4, 0, 9, 0x74, 0], 'shorter than'],
    ['that ends within its message id', [0x32, 4, 0, 1, 0x74, 0], 'shorter than'],
    ['whose properties are longer than the packet', [0x32, 6, 0, 1, 0x74, 0, 1, 9], 'shorter than'],
    ['whose length takes five bytes', [0x32, 0xff, 0xff, 0xff, 0xff, 1], 'more than four bytes'],
  ])('refuses a PUBLISH %s', (_, bytes, words) => {
    expect(() => divide([Buffer.from(bytes)], 5)).toThrow(words);
  });

  it('joins a large packet once, however many pieces it comes in', () => {
    const payload = Buffer.alloc(3 * 1024 * 1024, 'x');
    const bytes = generate(
      { cmd: 'publish', topic: 't', payload, qos: 1, retain: false, dup: false, messageId: 3 },
      { protocolVersion: 5 },
    );
    const pieces = Array.from({ length: Math.ceil(bytes.length / 1_000) }, (_, index) =>
      bytes.subarray(index * 1_000, (index + 1) * 1_000),
    );
    const expected = parse(bytes, 5);
    const joining = vi.spyOn(Buffer, 'concat');
    const told = divide(pieces, 5);
    const joined = joining.mock.calls.length;
    joining.mockRestore();
    expect(told).toEqual(expected);
    expect(joined).toBeLessThan(5);
  });
});
