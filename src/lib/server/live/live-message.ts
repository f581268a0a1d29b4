/**
 * Reads what the worker republishes at `bluewatt/live/{mission}/{camp}/{meter}`: one normalised reading. The
 * broker may be shared with others, so nothing is taken on trust: what is no reading is undefined.
 */
import { isQuantity } from '../../energy/quantity.ts';
import { meterRef, parseMeterKey, type MeterRef, type Values } from '../../energy/reading.ts';

export const LIVE_PREFIX = 'bluewatt/live/';

/** A reading as browsers receive it. */
export interface LiveReading {
  readonly mission: string;
  readonly camp: string;
  readonly meter: string;
  /** RFC 3339, UTC */
  readonly at: string;
  readonly values: Values;
}

/** Far above what one meter can say; below what could fill memory. */
const MAX_PAYLOAD_BYTES = 16_384;

export function parseLiveMessage(topic: string, payload: Uint8Array): LiveReading | undefined {
  if (!topic.startsWith(LIVE_PREFIX) || payload.byteLength > MAX_PAYLOAD_BYTES) return undefined;
  const ref = parseMeterKey(topic.slice(LIVE_PREFIX.length));
  const body = parseObject(payload);
  if (ref === undefined || body === undefined) return undefined;
  const at = instantOf(body['at']);
  if (at === undefined) return undefined;
  return reading(meterRef(ref.mission, ref.camp, ref.meter), at, body);
}

function reading(ref: MeterRef, at: string, body: Record<string, unknown>): LiveReading {
  const values: Values = {};
  for (const [name, value] of Object.entries(body)) {
    if (isQuantity(name) && typeof value === 'number' && Number.isFinite(value)) values[name] = value;
  }
  return { mission: ref.mission, camp: ref.camp, meter: ref.meter, at, values };
}

/** The body's own quantities, whether they stand beside `at` or under `values`. */
function parseObject(payload: Uint8Array): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    if (!isRecord(body)) return undefined;
    return isRecord(body['values']) ? { at: body['at'], ...body['values'] } : body;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 3339 or epoch ms → RFC 3339 in UTC. */
function instantOf(at: unknown): string | undefined {
  const ms = typeof at === 'number' ? at : typeof at === 'string' ? Date.parse(at) : Number.NaN;
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : undefined;
}
