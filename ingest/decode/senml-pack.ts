/**
 * The bytes of a SenML pack, in JSON or CBOR → its records under their JSON labels. Which of the two it is shows in the
 * first byte: a CBOR list or tag begins with none that JSON text can begin with.
 * Source: RFC 8428, sections 5 and 6.
 */
import { CborFault, OTHER, readCbor, type CborItem, type CborMap } from './cbor.ts';
import { PAYLOAD_BYTES_MAX, readJson, type Read } from './payload.ts';

/** RFC 8428, table 4. It is complete: whatever else there is has a text for a label. */
const LABELS: ReadonlyMap<number, string> = new Map([
  ...([
    [-6, 'bs'],
    [-5, 'bv'],
    [-4, 'bu'],
    [-3, 'bt'],
    [-2, 'bn'],
    [-1, 'bver'],
    [0, 'n'],
  ] as const),
  ...([
    [1, 'u'],
    [2, 'v'],
    [3, 'vs'],
    [4, 'vb'],
    [5, 's'],
    [6, 't'],
    [7, 'ut'],
    [8, 'vd'],
  ] as const),
]);

/** The pack as JSON would have it. */
export function readPack(payload: Uint8Array): Read<unknown> {
  if (!isCbor(payload) || payload.length > PAYLOAD_BYTES_MAX) return readJson(payload);
  try {
    const item = readCbor(payload);
    return { ok: true, value: Array.isArray(item) ? item.map(recordOf) : plain(item) };
  } catch (error) {
    if (!(error instanceof CborFault)) throw error;
    const detail = `the payload is no SenML pack in CBOR: ${error.message}`;
    return { ok: false, rejection: { reason: 'payload-wrong-shape', detail } };
  }
}

/** Lists (major type 4), and tags (6) as the one that marks CBOR. */
function isCbor([first = 0]: Uint8Array): boolean {
  return first >> 5 === 4 || first >> 5 === 6;
}

function recordOf(item: CborItem): unknown {
  if (!(item instanceof Map)) return plain(item);
  const record = new Map<string, unknown>();
  for (const [key, value] of item as CborMap) {
    const label = typeof key === 'string' ? key : LABELS.get(key);
    if (label === undefined) throw new CborFault(`no label of SenML has the number ${key}`);
    if (record.has(label)) throw new CborFault(`the label ${label.slice(0, 40)} stands there twice`);
    record.set(label, plain(value));
  }
  return Object.fromEntries(record);
}

/** What is no value of SenML stays something that no field takes for a number. */
function plain(item: CborItem): unknown {
  return item === OTHER || item instanceof Map || Array.isArray(item) ? {} : item;
}
