/** CBOR for tests, written apart from the reader: numbers in their shortest exact form, as RFC 8949 prefers them. */

export type Encodable =
  number | string | boolean | null | readonly Encodable[] | ReadonlyMap<unknown, unknown>;

export function encodeCbor(value: unknown): Buffer {
  if (value === null || value === undefined) return Buffer.from([0xf6]);
  if (typeof value === 'boolean') return Buffer.from([value ? 0xf5 : 0xf4]);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'number') return encodeNumber(value);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(encodeCbor)]);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Buffer.concat([head(5, entries.length), ...entries.flat().map(encodeCbor)]);
}

function encodeNumber(value: number): Buffer {
  if (Number.isSafeInteger(value) && !Object.is(value, -0))
    return value >= 0 ? head(0, value) : head(1, -1 - value);
  const bytes = Buffer.alloc(9, 0xfb);
  if (Math.fround(value) !== value) {
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  bytes[0] = 0xfa;
  bytes.writeFloatBE(value, 1);
  return bytes.subarray(0, 5);
}

function head(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.from([(major << 5) | argument]);
  const bytes = Buffer.alloc(9);
  bytes.writeBigUInt64BE(BigInt(argument), 1);
  const width = argument < 2 ** 8 ? 1 : argument < 2 ** 16 ? 2 : argument < 2 ** 32 ? 4 : 8;
  const info = { 1: 24, 2: 25, 4: 26, 8: 27 }[width];
  return Buffer.concat([Buffer.from([(major << 5) | info]), bytes.subarray(9 - width)]);
}

export const LABELS = ['n', 'u', 'v', 'vs', 'vb', 's', 't', 'ut', 'vd'];
export const BASE_LABELS = ['bver', 'bn', 'bt', 'bu', 'bv', 'bs'];

/** A SenML pack with numbers for labels, as RFC 8428 has them: 0, 1, 2, … and -1, -2, … for what is a base. */
export function encodePack(pack: readonly object[]): Buffer {
  const numbered = (label: string): number | string => {
    if (LABELS.includes(label)) return LABELS.indexOf(label);
    return BASE_LABELS.includes(label) ? -1 - BASE_LABELS.indexOf(label) : label;
  };
  return encodeCbor(
    pack.map((entry) => new Map(Object.entries(entry).map(([label, value]) => [numbered(label), value]))),
  );
}
