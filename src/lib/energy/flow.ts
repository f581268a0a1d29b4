/**
 * Integration of a rate (power, or fuel per hour) where no register exists: the trapezoid between two
 * neighbours, its positive part counted forward and its negative part in reverse, parted at the zero
 * crossing, cut at the 15-minute UTC boundaries.
 *
 * Sums are whole numbers: twice the integral of thousandths per hour over ms. What does not make a whole Wh
 * (or mL) is carried on to the next interval, and rounded off at the end of each UTC day, so that a late
 * reading changes its own day and at most the start of the next, not every day after it.
 */
import type { FlowState } from './account-state.ts';
import { INTERVALS_PER_DAY, INTERVAL_MS, type EnergyInterval } from './interval.ts';
import { clockSeconds, intervalIndex, type IntervalAt } from './spread.ts';

/** One Wh in doubled mW × ms; one mL in doubled µL/h × ms. */
const UNIT = 2 * 1000 * 3_600_000;

/** Adds whole Wh or mL to an interval, with the seconds of it that the pair of neighbours spans. */
export type AddFlow = (interval: EnergyInterval, forward: number, reverse: number, seconds: number) => void;

/** Whole thousandths. The sum turns −0 into 0, which JSON cannot tell apart. */
export function toRate(perHour: number): number {
  return Math.round(perHour * 1000) + 0;
}

export function firstFlow(at: number, rate: number): FlowState {
  return { at, rate, forwardCarry: 0, reverseCarry: 0 };
}

/** Goes on from `at` without counting what lies before. */
export function restartFlow(flow: FlowState, at: number, rate: number): void {
  flow.at = at;
  flow.rate = rate;
  flow.forwardCarry = 0;
  flow.reverseCarry = 0;
}

/** Counts what flowed between the last value and the one given, and goes on from there. */
export function integrateFlow(
  flow: FlowState,
  at: number,
  rate: number,
  add: AddFlow,
  intervalAt: IntervalAt,
): void {
  const fromAt = flow.at;
  const from = flow.rate;
  const spanMs = at - fromAt;
  let startAt = fromAt;
  let forward = 0;
  let reverse = 0;
  for (let index = intervalIndex(fromAt); startAt < at; index++) {
    const endAt = Math.min(at, (index + 1) * INTERVAL_MS);
    const forwardTo = positivePart(from, rate, spanMs, endAt - fromAt);
    const reverseTo = positivePart(-from, -rate, spanMs, endAt - fromAt);
    // The floors of a curved sum may step back by one unit of rounding; energy may not.
    flow.forwardCarry += Math.max(0, forwardTo - forward);
    flow.reverseCarry += Math.max(0, reverseTo - reverse);
    const endsDay = endAt % INTERVAL_MS === 0 && (index + 1) % INTERVALS_PER_DAY === 0;
    const forwardWhole = wholeUnits(flow.forwardCarry, endsDay);
    const reverseWhole = wholeUnits(flow.reverseCarry, endsDay);
    flow.forwardCarry = endsDay ? 0 : flow.forwardCarry % UNIT;
    flow.reverseCarry = endsDay ? 0 : flow.reverseCarry % UNIT;
    add(intervalAt(index), forwardWhole, reverseWhole, clockSeconds(startAt, endAt));
    forward = forwardTo;
    reverse = reverseTo;
    startAt = endAt;
  }
  flow.at = at;
  flow.rate = rate;
}

function wholeUnits(carry: number, endsDay: boolean): number {
  return endsDay ? Math.round(carry / UNIT) : Math.floor(carry / UNIT);
}

/** Twice the integral of max(0, line) over the first `x` ms of a line that goes from `from` to `to` in `spanMs`; whole, exact at the end of a line that keeps its sign. */
function positivePart(from: number, to: number, spanMs: number, x: number): number {
  if (from <= 0 && to <= 0) return 0;
  if (from >= 0 && to >= 0) {
    return x === spanMs ? (from + to) * spanMs : Math.floor(2 * from * x + (((to - from) * x) / spanMs) * x);
  }
  const zeroAt = (from / (from - to)) * spanMs;
  if (from < 0) {
    const since = Math.max(0, x - zeroAt);
    return Math.floor((((to - from) * since) / spanMs) * since);
  }
  const until = Math.min(x, zeroAt);
  return Math.floor(2 * from * until + (((to - from) * until) / spanMs) * until);
}
