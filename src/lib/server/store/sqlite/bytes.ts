/**
 * Reading and writing bytes in order: single bytes, bit sets, variable-length integers, doubles. The reader
 * throws a RangeError at the end of its bytes, so damaged input is noticed rather than guessed at.
 */

export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** One bit each, eight to a byte, lowest first. */
  bits(bits: readonly boolean[]): void {
    for (let start = 0; start < bits.length; start += 8) {
      let value = 0;
      for (let bit = 0; bit < 8; bit++) if (bits[start + bit] === true) value |= 1 << bit;
      this.byte(value);
    }
  }

  /** An integer of at most 2^52 in size, zigzag and base 128: small numbers of either sign take one byte. */
  signed(value: number): void {
    let rest = value < 0 ? -value * 2 - 1 : value * 2;
    while (rest >= 128) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** IEEE 754 double, little endian. */
  float(value: number): void {
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(this.#bytes.length * 2 + count);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const value = this.#bytes[this.#position++];
    if (value === undefined) throw new RangeError('the bytes end too early');
    return value;
  }

  bits(count: number): boolean[] {
    const bits: boolean[] = [];
    for (let start = 0; start < count; start += 8) {
      const value = this.byte();
      for (let bit = 0; bit < 8 && start + bit < count; bit++) bits.push((value & (1 << bit)) !== 0);
    }
    return bits;
  }

  signed(): number {
    // Most differences fit one byte, and this is read for each number of each interval.
    const first = this.byte();
    if (first < 128) return (first & 1) === 0 ? first / 2 : -(first + 1) / 2;
    let value = first & 127;
    for (let scale = 128; scale <= 2 ** 49; scale *= 128) {
      const next = this.byte();
      value += (next & 127) * scale;
      if (next < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new RangeError('a number is too long');
  }

  float(): number {
    const end = this.#position + 8;
    if (end > this.#bytes.length) throw new RangeError('the bytes end too early');
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    const value = view.getFloat64(this.#position, true);
    this.#position = end;
    return value;
  }
}
