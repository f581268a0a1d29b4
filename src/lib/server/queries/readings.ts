/** The raw readings of one meter on one local day, as they came in: where every figure ends. Paged, an hour read at a time. */
import { dayRange, toLocalTimestamp } from '../../energy/calendar.ts';
import { meterRef, type Reading, type Values } from '../../energy/reading.ts';
import { meterOf, missionOf } from '../../registry/lookup.ts';
import type { QueryContext } from './types.ts';

export const MAX_READINGS = 2_000;
const HOUR_MS = 3_600_000;

export interface ReadingsQuery {
  readonly mission: string;
  readonly camp: string;
  readonly meter: string;
  /** local date of the mission */
  readonly date: string;
  /** epoch ms: only readings after it */
  readonly after?: number | undefined;
  /** at most {@link MAX_READINGS} */
  readonly limit: number;
}

export interface ReadingsAnswer {
  readonly mission: string;
  readonly camp: string;
  readonly meter: string;
  readonly registered: boolean;
  readonly zone: string;
  readonly date: string;
  /** ascending; `at` RFC 3339 with the mission's offset */
  readonly readings: readonly { readonly at: string; readonly values: Values }[];
  /** where the rest of the day stands; null when this is all */
  readonly next: string | null;
}

async function readUpTo(
  ctx: QueryContext,
  asked: ReadingsQuery,
  { from, to }: { from: number; to: number },
): Promise<Reading[]> {
  const ref = meterRef(asked.mission, asked.camp, asked.meter);
  const found: Reading[] = [];
  // One more than asked for tells whether there is a next page.
  for (let at = from; at < to && found.length <= asked.limit; at += HOUR_MS) {
    found.push(...(await ctx.store.readReadings(ref, { from: at, to: Math.min(at + HOUR_MS, to) })));
  }
  return found;
}

/** Undefined for a meter that nobody registered and that never spoke. @throws AppError */
export async function readingsAnswer(
  ctx: QueryContext,
  asked: ReadingsQuery,
): Promise<ReadingsAnswer | undefined> {
  const { mission, camp, meter, date, limit } = asked;
  const isRegistered = meterOf(ctx.registry, asked) !== undefined;
  const hasSpoken = async () =>
    (await ctx.store.listMeters({ mission, camp })).some((seen) => seen.meter.meter === meter);
  if (!isRegistered && !(await hasSpoken())) return undefined;
  const zone = missionOf(ctx.registry, mission)?.zone ?? 'UTC';
  const day = dayRange(date, zone);
  const from = Math.max(day.from, asked.after === undefined ? day.from : asked.after + 1);
  const found = await readUpTo(ctx, asked, { from, to: day.to });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const isMore = found.length > limit && last !== undefined;
  const next = new URLSearchParams({ mission, camp, meter, date, limit: String(limit) });
  if (isMore) next.set('after', String(last.at));
  return {
    mission,
    camp,
    meter,
    registered: isRegistered,
    zone,
    date,
    readings: page.map(({ at, values }) => ({ at: toLocalTimestamp(at, zone), values })),
    next: isMore ? `/api/v1/readings?${next.toString()}` : null,
  };
}
