/**
 * Spreading: an amount that belongs to the time between two neighbours is laid evenly over that time and cut
 * at the 15-minute UTC boundaries. Each cut is a difference of cumulative floors, so the parts are whole,
 * never negative, and add up to the amount exactly, and each part is the same whoever computes it and for
 * whichever days it is asked. Instants are plain arguments, the earlier one first: this runs for every
 * reading, and an object for each pair would be most of what a reading allocates.
 */
import { FLAG, INTERVAL_MS, type EnergyInterval } from './interval.ts';

/** The interval of an index (`Math.floor(epoch ms / INTERVAL_MS)`), made when it is not there yet; what is added to it stays. */
export type IntervalAt = (index: number) => EnergyInterval;

/** The sums a register's amount can go to. */
export type AmountField = 'forwardWh' | 'reverseWh' | 'fuelMl';

/** Bits that say how an amount is known. */
export const HOW = {
  /** its neighbours are near enough: the time between counts as covered */
  covered: 1,
  /** its neighbours are too far apart: the total is known, its distribution is not */
  recovered: 2,
  /** the channel that vouches for the meter's time was silent: mark the intervals */
  gap: 4,
  /** more than the rating allows: held back */
  implausible: 8,
  /** a correction had a say in it */
  corrected: 16,
} as const;

/** Index of the interval that an instant lies in. */
export function intervalIndex(at: number): number {
  return Math.floor(at / INTERVAL_MS);
}

/** Whole seconds of the clock that pass from one instant to another: adjacent ranges add up exactly. */
export function clockSeconds(fromAt: number, toAt: number): number {
  return Math.floor(toAt / 1000) - Math.floor(fromAt / 1000);
}

/** Lays `amount` (whole, ≥ 0) evenly over `fromAt` to `toAt`, half-open; an empty range puts all of it into the interval of `fromAt`. */
export function spread(
  fromAt: number,
  toAt: number,
  amount: number,
  field: AmountField,
  how: number,
  intervalAt: IntervalAt,
): void {
  let index = intervalIndex(fromAt);
  let startAt = fromAt;
  let given = 0;
  for (let endAt = (index + 1) * INTERVAL_MS; endAt < toAt; endAt += INTERVAL_MS) {
    // Product first: exact up to 2^53, where a ratio would already be rounded (0.29 × 100 < 29).
    const upTo = Math.min(amount, Math.floor((amount * (endAt - fromAt)) / (toAt - fromAt)));
    addAmount(intervalAt(index), upTo - given, clockSeconds(startAt, endAt), field, how);
    given = upTo;
    startAt = endAt;
    index++;
  }
  addAmount(intervalAt(index), amount - given, clockSeconds(startAt, toAt), field, how);
}

/** Adds one interval's part. Recovered energy is told apart in the forward direction only: that is the one shares are made of. */
function addAmount(
  interval: EnergyInterval,
  part: number,
  seconds: number,
  field: AmountField,
  how: number,
): void {
  if ((how & HOW.implausible) !== 0) {
    interval.implausibleWh += part;
    interval.flags |= FLAG.implausible;
  } else {
    interval[field] += part;
    if ((how & HOW.recovered) !== 0 && field === 'forwardWh') interval.recoveredWh += part;
  }
  if ((how & HOW.covered) !== 0) interval.coveredS += seconds;
  if ((how & HOW.gap) !== 0) interval.flags |= FLAG.gap;
  if ((how & HOW.corrected) !== 0) interval.flags |= FLAG.corrected;
}

/** Marks a gap in which nothing is known: only the intervals at its edges, for those between stay unknown. */
export function flagGapEdges(fromAt: number, toAt: number, intervalAt: IntervalAt): void {
  intervalAt(intervalIndex(fromAt)).flags |= FLAG.gap;
  if (toAt % INTERVAL_MS !== 0) intervalAt(intervalIndex(toAt)).flags |= FLAG.gap;
}
