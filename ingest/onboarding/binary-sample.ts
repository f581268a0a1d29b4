/**
 * What may be shown of a payload that is no text: a SenML pack in CBOR as the JSON it stands for, or its length, its
 * first bytes without anything readable among them, and what it is, where that shows.
 */
import { readPack } from '../decode/senml-pack.ts';
import { readSparkplug } from '../decode/sparkplug/payload.ts';
import { WireFault } from '../decode/sparkplug/protobuf.ts';

export interface BinarySample {
  readonly kind: 'binary';
  readonly bytes: number;
  /** the first bytes in hexadecimal, `••` for those of readable text; absent where there are none to show */
  readonly head?: string;
  readonly form?: 'sparkplug';
}

const HEAD_BYTES = 16;
/** So many readable bytes in a row may be a name or a password. */
const READABLE = /[\x20-\x7e]{4,}/g;
/** Sparkplug was first published in 2016: a payload told to be of before, or of the next century, only happens to fit. */
const SPARKPLUG_YEARS = { from: Date.UTC(2016), to: Date.UTC(2100) };

export function binarySample(payload: Uint8Array): BinarySample {
  const bytes = payload.length;
  const head = shownHead(payload);
  return isSparkplug(payload)
    ? { kind: 'binary', bytes, head, form: 'sparkplug' }
    : { kind: 'binary', bytes, head };
}

function shownHead(payload: Uint8Array): string {
  // A run of text may go on behind what is shown.
  const latin = Buffer.from(payload.subarray(0, HEAD_BYTES + 4)).toString('latin1');
  const masked = latin.replace(READABLE, (run) => '\u2022'.repeat(run.length));
  return [...masked.slice(0, HEAD_BYTES)]
    .map((char) => (char === '\u2022' ? '••' : char.charCodeAt(0).toString(16).padStart(2, '0')))
    .join(' ');
}

/** A time, and metrics of which one has a name or an alias. */
function isSparkplug(payload: Uint8Array): boolean {
  try {
    const { at, metrics } = readSparkplug(payload);
    const isTold = metrics.some(({ name, alias }) => name !== undefined || alias !== undefined);
    return isTold && at !== undefined && at > SPARKPLUG_YEARS.from && at < SPARKPLUG_YEARS.to;
  } catch (error) {
    if (error instanceof WireFault) return false;
    throw error;
  }
}

/** The pack that the bytes are, when they are CBOR; undefined when they are no SenML in CBOR. */
export function cborPackIn(payload: Uint8Array): readonly object[] | undefined {
  const [first = 0] = payload;
  if (first < 0x80) return undefined;
  const pack = readPack(payload);
  return pack.ok && isSenml(pack.value) ? pack.value : undefined;
}

/** Whether JSON is a SenML pack: entries of which one has a name, and one a value or a sum. */
export function isSenml(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) return false;
  const entries = value as readonly unknown[];
  if (!entries.every(isEntry)) return false;
  const isNamed = entries.some(({ n, bn }) => typeof n === 'string' || typeof bn === 'string');
  return isNamed && entries.some(({ v, s }) => typeof v === 'number' || typeof s === 'number');
}

function isEntry(entry: unknown): entry is Readonly<Record<string, unknown>> {
  return typeof entry === 'object' && entry !== null && !Array.isArray(entry);
}
