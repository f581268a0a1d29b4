/**
 * Divides what a broker sends: PUBLISH packets (and the CONNACK that begins a connection) are read here, every other byte
 * is for MQTT.js. Reading a PUBLISH is all that happens thousands of times a second, and it is little: a topic, an id and a
 * slice of the bytes that came. MQTT.js's way for each one, with events, packets and turns of the event loop, costs ten times
 * as much (docs/decisions/0007-ingest-speed.md).
 *
 * Pure: no socket, no clock. Source: OASIS MQTT 3.1.1 and 5.0, sections 2.1 (fixed header) and 3.3 (PUBLISH).
 */
import type { ProtocolVersion } from './connection-options.ts';

const CONNACK = 2;
const PUBLISH = 3;
const LENGTH_BYTES_MAX = 4;
/** The longest fixed header: type and flags, then the remaining length. */
const FIXED_HEADER_MAX = 1 + LENGTH_BYTES_MAX;

export interface PublishPacket {
  readonly topic: string;
  /** a view of the bytes that came: to be copied by whoever keeps it for long */
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** undefined for QoS 0 */
  readonly messageId: number | undefined;
}

export interface DividerParts {
  readonly protocolVersion: ProtocolVersion;
  readonly onPublish: (packet: PublishPacket) => void;
  /** `reasonCode` is 0 when the broker let us in */
  readonly onConnack: (connack: { reasonCode: number; isSessionPresent: boolean }) => void;
  /** takes every packet but PUBLISH, in the order of the wire */
  readonly onRest: (bytes: Uint8Array) => void;
}

/** What a broker sent is not MQTT; its connection is of no more use. */
export class MalformedPacketError extends Error {
  /** MQTT.js tells errors that have a code, and swallows the others. */
  readonly code = 'MALFORMED_PACKET';
}

interface Header {
  readonly type: number;
  readonly flags: number;
  /** offset of what follows the fixed header, and of the next packet */
  readonly bodyAt: number;
  readonly endAt: number;
}

export class PublishDivider {
  readonly #parts: DividerParts;
  /** pieces of a packet that has not come whole */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  /** bytes the packet needs before it is worth looking at again */
  #neededBytes = 0;

  constructor(parts: DividerParts) {
    this.#parts = parts;
  }

  /** Takes the next bytes of the connection, cut anywhere. @throws MalformedPacketError */
  take(chunk: Buffer): void {
    const bytes = this.#withPieces(chunk);
    if (bytes === undefined) return;
    let offset = 0;
    while (offset < bytes.length) {
      const header = readHeader(bytes, offset);
      if (header === undefined || header.endAt > bytes.length) {
        this.#keep(bytes.subarray(offset), header === undefined ? 0 : header.endAt - offset);
        return;
      }
      this.#takePacket(bytes, offset, header);
      offset = header.endAt;
    }
  }

  /** A large packet comes in many pieces: they are joined once, not at each. */
  #withPieces(chunk: Buffer): Buffer | undefined {
    if (this.#pieceBytes === 0) return chunk;
    this.#pieces.push(chunk);
    this.#pieceBytes += chunk.length;
    if (this.#pieceBytes < this.#neededBytes) return undefined;
    const whole = Buffer.concat(this.#pieces, this.#pieceBytes);
    this.#pieces = [];
    this.#pieceBytes = 0;
    return whole;
  }

  #keep(bytes: Buffer, neededBytes: number): void {
    this.#pieces = [bytes];
    this.#pieceBytes = bytes.length;
    this.#neededBytes = neededBytes;
  }

  #takePacket(bytes: Buffer, offset: number, header: Header): void {
    if (header.type === PUBLISH) {
      this.#parts.onPublish(readPublish(bytes, header, this.#parts.protocolVersion));
      return;
    }
    if (header.type === CONNACK) this.#takeConnack(bytes, header);
    this.#parts.onRest(bytes.subarray(offset, header.endAt));
  }

  #takeConnack(bytes: Buffer, { bodyAt, endAt }: Header): void {
    if (endAt - bodyAt < 2)
      throw new MalformedPacketError('The broker sent a CONNACK without a reason code.');
    this.#parts.onConnack({
      isSessionPresent: (byteAt(bytes, bodyAt) & 1) === 1,
      reasonCode: byteAt(bytes, bodyAt + 1),
    });
  }
}

/** Undefined when the fixed header has not come whole. */
function readHeader(bytes: Buffer, offset: number): Header | undefined {
  const first = byteAt(bytes, offset);
  let remaining = 0;
  for (let place = 1; place < FIXED_HEADER_MAX; place += 1) {
    if (offset + place >= bytes.length) return undefined;
    const byte = byteAt(bytes, offset + place);
    remaining += (byte & 0x7f) * 128 ** (place - 1);
    if (byte < 0x80) {
      const bodyAt = offset + place + 1;
      return { type: first >> 4, flags: first & 0x0f, bodyAt, endAt: bodyAt + remaining };
    }
  }
  throw new MalformedPacketError('The broker sent a packet whose length is written in more than four bytes.');
}

function readPublish(
  bytes: Buffer,
  { flags, bodyAt, endAt }: Header,
  protocolVersion: ProtocolVersion,
): PublishPacket {
  const qos = (flags >> 1) & 3;
  if (qos === 3) throw new MalformedPacketError('The broker sent a PUBLISH of QoS 3, which does not exist.');
  const topicAt = bodyAt + 2;
  let offset = topicAt + uint16At(bytes, bodyAt, endAt);
  if (offset > endAt) throw tooShort();
  // We allow the broker no topic aliases, so that a topic always stands in its packet.
  if (offset === topicAt) throw new MalformedPacketError('The broker sent a PUBLISH without a topic.');
  const topic = bytes.toString('utf8', topicAt, offset);
  let messageId: number | undefined;
  if (qos > 0) {
    messageId = uint16At(bytes, offset, endAt);
    offset += 2;
  }
  if (protocolVersion === 5) offset = afterProperties(bytes, offset, endAt);
  return {
    topic,
    payload: bytes.subarray(offset, endAt),
    qos: qos as 0 | 1 | 2,
    retain: (flags & 1) === 1,
    messageId,
  };
}

/** Nothing that MQTT 5 says of a message beside its payload is of use to us. */
function afterProperties(bytes: Buffer, offset: number, endAt: number): number {
  let length = 0;
  for (let place = 0; place < LENGTH_BYTES_MAX; place += 1) {
    if (offset + place >= endAt) throw tooShort();
    const byte = byteAt(bytes, offset + place);
    length += (byte & 0x7f) * 128 ** place;
    if (byte < 0x80) {
      const payloadAt = offset + place + 1 + length;
      if (payloadAt > endAt) throw tooShort();
      return payloadAt;
    }
  }
  throw new MalformedPacketError('The broker sent a PUBLISH whose properties have no length.');
}

function uint16At(bytes: Buffer, offset: number, endAt: number): number {
  if (offset + 2 > endAt) throw tooShort();
  return (byteAt(bytes, offset) << 8) | byteAt(bytes, offset + 1);
}

function byteAt(bytes: Buffer, offset: number): number {
  return bytes[offset] ?? 0;
}

function tooShort(): MalformedPacketError {
  return new MalformedPacketError('The broker sent a PUBLISH that is shorter than what it says it holds.');
}
