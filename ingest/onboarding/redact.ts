/**
 * A payload nobody reads → what of it may be kept to be looked at: secrets, addresses and positions masked by their
 * names and by their looks, long parts cut. The names and the numbers stay, because a profile is found by them.
 */
import { readText } from '../decode/payload.ts';
import { binarySample, cborPackIn, type BinarySample } from './binary-sample.ts';

export const MASK = '•••';

export type SampleContent =
  /** `isCut`: something was left out for its length */
  | { readonly kind: 'json'; readonly value: unknown; readonly isCut: boolean }
  | { readonly kind: 'text'; readonly text: string; readonly isCut: boolean }
  | BinarySample
  | { readonly kind: 'empty' };

const TEXT_CHARS_MAX = 120;
const BARE_TEXT_CHARS_MAX = 1_000;
const KEY_CHARS_MAX = 80;
const KEYS_MAX = 300;
const ITEMS_MAX = 24;
const DEPTH_MAX = 10;
/** Larger payloads are not parsed for a sample: they would hold up the meters' messages. */
const PAYLOAD_BYTES_MAX = 128 * 1024;

/** Words of a key (`apiKey`, `wifi_psk`, `GPS-Lat`) that make its value nobody's business. */
const PRIVATE_WORDS: ReadonlySet<string> = new Set(
  (
    'password passwd passphrase pass pwd pw psk secret secrets token tokens key apikey auth authorization credential ' +
    'credentials cert certificate private cookie sessionid bearer jwt pin otp ssid bssid wifi username user ' +
    'login email mail phone msisdn imei imsi iccid sim owner contact lat latitude lon lng long longitude gps position ' +
    'location coordinates coords geo geohash altitude address street'
  ).split(' '),
);
const PRIVATE_TEXTS: readonly RegExp[] = [
  /[^\s@]+@[^\s@]+\.[^\s@]+/,
  /\b(bearer|basic)\s+\S{8,}/i,
  /^ey[\w-]{10,}\.[\w-]+\./,
  /:\/\/[^\s/]*:[^\s/]*@/,
  /\b(pass(word|wd)?|pwd|token|secret|api[-_]?key|auth)\b\s*["']?\s*[:=]/i,
  // A long run of letters and digits without a space is a key or a certificate.
  /[A-Za-z0-9+/_=-]{40,}/,
  // A position as text: 4.8517, 31.5825
  /-?\d{1,2}\.\d{3,},\s*-?\d{1,3}\.\d{3,}/,
];

/** @param leaf the last level of the topic, which names what a bare value is */
export function redactedSample(leaf: string, payload: Uint8Array): SampleContent {
  if (payload.length === 0) return { kind: 'empty' };
  if (payload.length > PAYLOAD_BYTES_MAX) return { kind: 'binary', bytes: payload.length };
  const text = readText(payload);
  if (!text.ok || /[\u0000-\u0008\u000e-\u001f]/.test(text.value)) {
    const pack = cborPackIn(payload);
    return pack === undefined ? binarySample(payload) : redactedJson(pack);
  }
  const value = parsed(text.value);
  if (typeof value === 'object' && value !== null) return redactedJson(value);
  const isCut = text.value.length > BARE_TEXT_CHARS_MAX;
  const bare = text.value.slice(0, BARE_TEXT_CHARS_MAX);
  return { kind: 'text', text: isPrivateName(leaf) || isPrivateText(bare) ? MASK : bare, isCut };
}

function redactedJson(value: object): SampleContent {
  const cutter = new Redactor();
  return { kind: 'json', value: cutter.redact(value, 0), isCut: cutter.isCut };
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

class Redactor {
  isCut = false;
  #keys = 0;

  redact(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= DEPTH_MAX) return this.#cut(null);
    if (Array.isArray(value)) {
      const items: readonly unknown[] = value;
      if (items.length > ITEMS_MAX) this.isCut = true;
      return items.slice(0, ITEMS_MAX).map((each) => this.redact(each, depth + 1));
    }
    return this.#object(value, depth);
  }

  #object(value: object, depth: number): Record<string, unknown> {
    const kept: [string, unknown][] = [];
    for (const [key, inner] of Object.entries(value)) {
      if (this.#keys >= KEYS_MAX || key.length > KEY_CHARS_MAX || isPrivateText(key)) {
        this.isCut = true;
        continue;
      }
      this.#keys += 1;
      const isMasked = isPrivateName(key) && inner !== null && !isMeasurement(inner);
      kept.push([key, isMasked ? MASK : this.redact(inner, depth + 1)]);
    }
    // As own properties, whatever the keys are called.
    return Object.fromEntries(kept);
  }

  #text(value: string): string {
    if (isPrivateText(value)) return MASK;
    return value.length > TEXT_CHARS_MAX ? this.#cut(`${value.slice(0, TEXT_CHARS_MAX)}…`) : value;
  }

  #cut<T>(shown: T): T {
    this.isCut = true;
    return shown;
  }
}

/** Below a private name, an object of readings (`wifi: { … }`, `key: { power: 3 }`) is still looked into, key by key. */
function isMeasurement(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !holdsPosition(value);
}

function holdsPosition(value: object): boolean {
  return Object.keys(value).some((key) => ['x', 'y', 'coordinates'].includes(key));
}

function isPrivateName(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  return words.some((word) => PRIVATE_WORDS.has(word) || /(password|passwd|secret|token|apikey)/.test(word));
}

function isPrivateText(text: string): boolean {
  return PRIVATE_TEXTS.some((pattern) => pattern.test(text));
}
