/**
 * CBOR bytes → numbers, texts, lists and maps, as far as measurements need it. Strict: one data item and nothing after
 * it, no key twice, text that is UTF-8. Throws nothing but `CborFault`, reads nothing past the end, and holds no more
 * than its bounds, whatever the bytes claim.
 * Source: RFC 8949; docs/decisions/0021 says why it is read by hand.
 */

/** The bytes are no CBOR that can be read here. */
export class CborFault extends Error {}

/** What is read of it. Bytes and tagged things other than decimal fractions are `OTHER`: there, and no value. */
export type CborItem =
  number | string | boolean | null | undefined | typeof OTHER | readonly CborItem[] | CborMap;
export type CborMap = ReadonlyMap<number | string, CborItem>;
export const OTHER = Symbol('no value');

const DEPTH_MAX = 8;
/** In the 4 MiB that a message may have there is room for more things than anybody measures at once. */
const ITEMS_MAX = 1_000_000;
const TAG = { decimalFraction: 4, selfDescribed: 55_799 } as const;

const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, list: 4, map: 5, tag: 6, simple: 7 } as const;
const INDEFINITE = 31;
const BREAK = 0xff;

/** @throws CborFault */
export function readCbor(bytes: Uint8Array): CborItem {
  const cursor = new Cursor(bytes);
  const item = cursor.item(0);
  if (!cursor.isAtEnd) throw new CborFault('something stands after its end');
  return item;
}

class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #place = 0;
  #items = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#place === this.#bytes.length;
  }

  item(depth: number): CborItem {
    if (depth > DEPTH_MAX) throw new CborFault(`it is nested deeper than ${DEPTH_MAX} levels`);
    this.#items += 1;
    if (this.#items > ITEMS_MAX) throw new CborFault(`it holds more than ${ITEMS_MAX} things`);
    const head = this.#view.getUint8(this.#skip(1));
    const [major, info] = [head >> 5, head & 0x1f];
    switch (major) {
      case MAJOR.unsigned:
        return this.#argument(info);
      case MAJOR.negative:
        return -1 - this.#argument(info);
      case MAJOR.bytes:
        this.#skip(this.#argument(info));
        return OTHER;
      case MAJOR.text:
        return this.#readText(this.#argument(info));
      case MAJOR.list:
        return this.#list(info, depth);
      case MAJOR.map:
        return this.#map(info, depth);
      case MAJOR.tag:
        return this.#tagged(this.#argument(info), depth);
      default:
        return this.#simple(info);
    }
  }

  /** Exact up to 2^53; beyond, as near as a double comes. */
  #argument(info: number): number {
    if (info < 24) return info;
    if (info === 24) return this.#view.getUint8(this.#skip(1));
    if (info === 25) return this.#view.getUint16(this.#skip(2));
    if (info === 26) return this.#view.getUint32(this.#skip(4));
    if (info === 27) return Number(this.#view.getBigUint64(this.#skip(8)));
    const what = info === INDEFINITE ? 'a length that is left open' : `the additional information ${info}`;
    throw new CborFault(`${what} stands where none may`);
  }

  #readText(length: number): string {
    const from = this.#skip(length);
    try {
      return this.#text.decode(this.#bytes.subarray(from, from + length));
    } catch {
      throw new CborFault('a text is not UTF-8');
    }
  }

  #list(info: number, depth: number): CborItem[] {
    const list: CborItem[] = [];
    for (const isMore = this.#counter(info); isMore();) list.push(this.item(depth + 1));
    return list;
  }

  #map(info: number, depth: number): CborMap {
    const map = new Map<number | string, CborItem>();
    for (const isMore = this.#counter(info); isMore();) {
      const key = this.item(depth + 1);
      if (typeof key !== 'number' && typeof key !== 'string')
        throw new CborFault('a key is neither number nor text');
      if (map.has(key)) throw new CborFault(`the key ${JSON.stringify(key).slice(0, 40)} stands there twice`);
      map.set(key, this.item(depth + 1));
    }
    return map;
  }

  /** Whether another element follows: counted, or up to the break of a length left open. */
  #counter(info: number): () => boolean {
    if (info !== INDEFINITE) {
      let left = this.#argument(info);
      return () => left-- > 0;
    }
    return () => {
      if (this.#bytes[this.#place] !== BREAK) return true;
      this.#skip(1);
      return false;
    };
  }

  #tagged(tag: number, depth: number): CborItem {
    const item = this.item(depth + 1);
    if (tag === TAG.selfDescribed) return item;
    if (tag !== TAG.decimalFraction) return OTHER;
    const [exponent, mantissa, ...rest] = Array.isArray(item) ? (item as readonly CborItem[]) : [];
    if (typeof exponent !== 'number' || typeof mantissa !== 'number' || rest.length > 0)
      throw new CborFault('a decimal fraction is no pair of numbers');
    // As text: 23 × 10⁻¹ is 2.3, which 23 × 0.1 is not.
    return Number(`${String(mantissa)}e${String(exponent)}`);
  }

  #simple(info: number): CborItem {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
        return null;
      case 23:
        return undefined;
      case 25:
        return halfFloat(this.#view.getUint16(this.#skip(2)));
      case 26:
        return this.#view.getFloat32(this.#skip(4));
      case 27:
        return this.#view.getFloat64(this.#skip(8));
      default:
        throw new CborFault(`the simple value ${info} stands for nothing`);
    }
  }

  /** Moves on; returns where it was. */
  #skip(length: number): number {
    const from = this.#place;
    if (length > this.#bytes.length - from) throw new CborFault('it ends too early');
    this.#place = from + length;
    return from;
  }
}

/** IEEE 754 binary16; RFC 8949, appendix D. */
function halfFloat(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent < 31) return sign * (fraction + 1024) * 2 ** (exponent - 25);
  return fraction === 0 ? sign * Infinity : NaN;
}
