/**
 * Which intervals of a meter's day InfluxDB holds. Its points merge and are not deleted, so an interval that
 * is no longer known has to be overwritten, and to do that one must know that it was there. Asked once per day
 * from the checkpoints, then remembered; while a write is under way both the old and the new count as there.
 */
import { INTERVALS_PER_DAY, type MeterDay } from '../../../energy/interval.ts';

export interface KnownIntervals {
  /** What to write for `days`: the known intervals of each, and those to withdraw. */
  plan(days: readonly MeterDay[]): Promise<{ day: MeterDay; known: bigint; withdrawn: bigint }[]>;
  /** To be called when the plan was carried out. */
  settle(plan: readonly { day: MeterDay; known: bigint }[]): void;
}

/** Days whose masks are remembered: more than a year of catching up. */
const MAX_DAYS = 400;
const ALL_KNOWN = (1n << BigInt(INTERVALS_PER_DAY)) - 1n;

export function createKnownIntervals(
  readKnownOfDay: (day: number) => Promise<Map<string, bigint>>,
): KnownIntervals {
  const byDay = new Map<number, Map<string, bigint>>();

  async function masksOf(day: number): Promise<Map<string, bigint>> {
    const known = byDay.get(day);
    if (known !== undefined) return known;
    const masks = await readKnownOfDay(day);
    const oldest = byDay.keys().next();
    if (byDay.size >= MAX_DAYS && oldest.done !== true) byDay.delete(oldest.value);
    byDay.set(day, masks);
    return masks;
  }

  return {
    async plan(days) {
      const plan = [];
      for (const day of days) {
        const known = maskOf(day.intervals);
        // Nothing to withdraw from a day that is known throughout: catching up asks no questions.
        if (known === ALL_KNOWN && !byDay.has(day.day)) {
          plan.push({ day, known, withdrawn: 0n });
          continue;
        }
        const masks = await masksOf(day.day);
        const before = masks.get(day.meter.key) ?? 0n;
        masks.set(day.meter.key, before | known);
        plan.push({ day, known, withdrawn: before & ~known });
      }
      return plan;
    },
    settle(plan) {
      for (const { day, known } of plan) byDay.get(day.day)?.set(day.meter.key, known);
    },
  };
}

function maskOf(intervals: readonly unknown[]): bigint {
  // In words first: a bigint for each of 96 bits is a hundred times the work.
  const words = new BigUint64Array(2);
  const bits = new Uint32Array(words.buffer);
  for (const [index, interval] of intervals.entries()) {
    if (interval !== null) bits[index >>> 5] = (bits[index >>> 5] ?? 0) | (1 << (index & 31));
  }
  return ((words[1] ?? 0n) << 64n) | (words[0] ?? 0n);
}
