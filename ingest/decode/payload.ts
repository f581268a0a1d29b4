/**
 * Payload bytes → text → JSON, for every format that is text. Guarantees that neither hostile bytes nor a
 * huge payload gets past it, and that what it refuses comes back as a rejection.
 */
import { isUtf8 } from 'node:buffer';
import type { Rejection } from './message.ts';

/** Some 60,000 backlog readings; far beyond what any known device sends at once. */
export const PAYLOAD_BYTES_MAX = 4 * 1024 * 1024;

export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly rejection: Rejection };

/** The payload as text, a leading byte order mark taken off. */
export function readText(payload: Uint8Array): Read<string> {
  if (payload.length === 0) return refused('payload-empty', 'the payload has no bytes');
  if (payload.length > PAYLOAD_BYTES_MAX) {
    const limit = `at most ${PAYLOAD_BYTES_MAX} bytes are read; send the backlog in several messages`;
    return refused('payload-too-large', `the payload has ${payload.length} bytes; ${limit}`);
  }
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const text = bytes.toString('utf8');
  // Malformed bytes become U+FFFD: only a text that holds one needs the second look.
  if (text.includes('\uFFFD') && !isUtf8(bytes)) {
    return refused('payload-not-json', 'the payload is not UTF-8 text');
  }
  return { ok: true, value: text.charCodeAt(0) === 0xfeff ? text.slice(1) : text };
}

/** The payload as JSON. Keys such as `__proto__` come back as plain own properties, a repeated key's last value wins. */
export function readJson(payload: Uint8Array): Read<unknown> {
  const text = readText(payload);
  if (!text.ok) return text;
  try {
    return { ok: true, value: JSON.parse(text.value) as unknown };
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 120) : 'no reason given';
    return refused('payload-not-json', `the payload is not JSON: ${why}`);
  }
}

function refused(reason: Rejection['reason'], detail: string): { ok: false; rejection: Rejection } {
  return { ok: false, rejection: { reason, detail } };
}
