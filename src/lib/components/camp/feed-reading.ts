/** Readings and silences as the live stream tells them, taken on no trust: what is none is undefined. */
import { isQuantity } from '#lib/energy/quantity.ts';
import type { Values } from '#lib/energy/reading.ts';
import { SILENCE_CAUSES, type MeterSilence } from '#lib/energy/silence.ts';

export interface FeedReading {
  readonly meter: string;
  /** epoch ms */
  readonly at: number;
  readonly values: Values;
}

/** A meter's device is known to have gone, or is there again. */
export interface FeedSilence {
  readonly meter: string;
  readonly gone: MeterSilence['silent'];
}

export function parseFeedReading(data: unknown): FeedReading | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const body = JSON.parse(data) as { meter?: unknown; at?: unknown; values?: unknown };
    const at = Date.parse(String(body.at));
    if (typeof body.meter !== 'string' || Number.isNaN(at)) return undefined;
    const values: Values = {};
    for (const [name, value] of Object.entries(body.values ?? {})) {
      if (isQuantity(name) && typeof value === 'number') values[name] = value;
    }
    return { meter: body.meter, at, values };
  } catch {
    return undefined;
  }
}

export function parseFeedSilence(data: unknown): FeedSilence | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const body = JSON.parse(data) as { meter?: unknown; since?: unknown; cause?: unknown } | null;
    if (typeof body?.meter !== 'string') return undefined;
    if (body.since === null) return { meter: body.meter, gone: null };
    const since = typeof body.since === 'string' ? Date.parse(body.since) : NaN;
    const cause = SILENCE_CAUSES.find((each) => each === body.cause);
    return Number.isNaN(since) || cause === undefined
      ? undefined
      : { meter: body.meter, gone: { since, cause } };
  } catch {
    return undefined;
  }
}
