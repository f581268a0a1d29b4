/** A reading as the live stream tells it, taken on no trust: what is none is undefined. */
import { isQuantity } from '#lib/energy/quantity.ts';
import type { Values } from '#lib/energy/reading.ts';

export interface FeedReading {
  readonly meter: string;
  /** epoch ms */
  readonly at: number;
  readonly values: Values;
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
