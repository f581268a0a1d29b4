/**
 * The wire format of Protocol Buffers, as far as Sparkplug needs it: a cursor over one message that never reads past its
 * end and throws nothing but `WireFault`, which the caller turns into a rejection. Written for 64-bit numbers that fit a
 * double: a register beyond 2^53 Wh is none of ours.
 * Source: protobuf.dev, "Encoding".
 */

/** The bytes are no protobuf message. */
export class WireFault extends Error {}

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const VARINT_BYTES_MAX = 10;

export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #place: number;

  constructor(bytes: Uint8Array, from = 0, to = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#place = from;
    this.#end = to;
  }

  get isAtEnd(): boolean {
    return this.#place >= this.#end;
  }

  /** The next field's number and wire type. @throws WireFault */
  tag(): { field: number; wire: number } {
    const key = this.#varint().low;
    const field = key >>> 3;
    if (field === 0) throw new WireFault('a field has the number 0');
    return { field, wire: key & 7 };
  }

  /** An unsigned number of up to 64 bits, exact up to 2^53. @throws WireFault */
  unsigned(): number {
    const { low, high } = this.#varint();
    return high * 0x1_0000_0000 + low;
  }

  /** The same as a number with a sign, in two's complement. @throws WireFault */
  signed64(): number {
    const { low, high } = this.#varint();
    return (high | 0) * 0x1_0000_0000 + low;
  }

  /** The lowest 32 bits. @throws WireFault */
  uint32(): number {
    return this.#varint().low;
  }

  float(): number {
    return this.#view.getFloat32(this.#skip(4), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#skip(8), true);
  }

  text(): string {
    const [from, to] = this.#range();
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from, to - from).toString('utf8');
  }

  /** A message within this one. @throws WireFault */
  message(): WireReader {
    const [from, to] = this.#range();
    return new WireReader(this.#bytes, from, to);
  }

  /** Leaves out a field's value. @throws WireFault */
  leave(wire: number): void {
    if (wire === WIRE.varint) this.#varint();
    else if (wire === WIRE.fixed64) this.#skip(8);
    else if (wire === WIRE.bytes) this.#range();
    else if (wire === WIRE.fixed32) this.#skip(4);
    else throw new WireFault(`a field has the wire type ${wire}`);
  }

  #varint(): { low: number; high: number } {
    let [low, high] = [0, 0];
    for (let index = 0; index < VARINT_BYTES_MAX; index += 1) {
      const byte = this.#view.getUint8(this.#skip(1));
      const bits = byte & 0x7f;
      const shift = 7 * index;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high |= bits >>> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (byte < 0x80) return { low: low >>> 0, high: high >>> 0 };
    }
    throw new WireFault('a number has more than ten bytes');
  }

  #range(): [number, number] {
    const length = this.unsigned();
    const from = this.#skip(length);
    return [from, from + length];
  }

  /** Moves on; returns where it was. */
  #skip(length: number): number {
    const from = this.#place;
    if (length > this.#end - from) throw new WireFault('it ends within a field');
    this.#place = from + length;
    return from;
  }
}
