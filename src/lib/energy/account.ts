/**
 * The account of one meter: each reading, in the order of time, moves the meter's state on and adds energy,
 * fuel and covered time to the quarter-hours it touches. The ingest worker calls `takeReading` for every
 * reading that comes in order; `recompute.ts` calls it for whole days from raw. Both are this one function,
 * which is why they cannot disagree.
 *
 * Guarantees: whole numbers, nothing negative; without resets the sums equal the register's difference to
 * the Wh; the result depends on the set of readings only, never on when or how often they arrived.
 */
import type { MeterRules } from './account-rules.ts';
import { forgetChannels, type AccountState, type FlowState } from './account-state.ts';
import { correctedValues, factorAt, isConfirmed } from './correction.ts';
import { firstFlow, integrateFlow, restartFlow, toRate, type AddFlow } from './flow.ts';
import { FLAG } from './interval.ts';
import type { Values } from './reading.ts';
import { isBeyondRating, toRegister } from './register.ts';
import { flagGapEdges, intervalIndex, type IntervalAt } from './spread.ts';
import { takeRegister } from './take-register.ts';

const ML_PER_L = 1000;

/**
 * Takes in one reading that is later than all before it: changes `state` and the intervals that
 * `intervalAt(index)` returns, `index` being `Math.floor(epoch ms / INTERVAL_MS)`. It may reach back over
 * the whole time since the last value of a channel, across midnights.
 * @param at epoch ms
 * @throws RangeError when `at` is not after `state.lastAt`: late readings need recomputation
 */
export function takeReading(
  state: AccountState,
  at: number,
  values: Values,
  rules: MeterRules,
  intervalAt: IntervalAt,
): void {
  const { lastAt } = state;
  if (lastAt !== null) {
    if (!(at > lastAt)) throw new RangeError(`Reading at ${at} is not after ${lastAt}: recompute its day.`);
    if (hasSegmentStart(rules.segmentStarts, lastAt, at)) forgetChannels(state);
  }
  state.lastAt = at;
  const held = rules.overlay === undefined ? values : correctedValues(at, values, rules.overlay);
  takeEnergy(state, at, held, rules, intervalAt);
  const { fuelUsedL, fuelRateLPerH } = held;
  if (fuelUsedL !== undefined) {
    const fuelMl = toRegister(fuelUsedL * ML_PER_L);
    state.fuel = takeRegister(state.fuel, 'fuelMl', at, fuelMl, rules, false, intervalAt);
  }
  if (fuelRateLPerH !== undefined || state.fuelRate !== null) {
    takeFuelRate(state, at, fuelRateLPerH, rules, intervalAt);
  }
}

/** Whether a segment starts after the reading at `after` and not after the one at `at`. */
function hasSegmentStart(starts: readonly number[], after: number, at: number): boolean {
  for (let i = starts.length - 1; i >= 0; i--) {
    const start = starts[i];
    if (start === undefined || start <= after) return false;
    if (start <= at) return true;
  }
  return false;
}

/** Power first: up to the first value of a register it is all that is known, from there on the register is. */
function takeEnergy(
  state: AccountState,
  at: number,
  values: Values,
  rules: MeterRules,
  intervalAt: IntervalAt,
): void {
  const { activePowerW } = values;
  const forwardWh = rules.invert ? values.energyReverseWh : values.energyForwardWh;
  const reverseWh = rules.invert ? values.energyForwardWh : values.energyReverseWh;
  if (activePowerW !== undefined) {
    takePower(state, at, rules.invert ? 0 - activePowerW : activePowerW + 0, rules, intervalAt);
  }
  // The forward register vouches for the meter's time as soon as there is one; before that, the reverse one.
  const forwardCovers = state.forward !== null;
  if (forwardWh !== undefined) {
    const whole = toRegister(forwardWh);
    state.forward = takeRegister(state.forward, 'forwardWh', at, whole, rules, forwardCovers, intervalAt);
  }
  if (reverseWh !== undefined) {
    const whole = toRegister(reverseWh);
    state.reverse = takeRegister(state.reverse, 'reverseWh', at, whole, rules, !forwardCovers, intervalAt);
  }
  if (state.power !== null && hasEnergyRegister(state)) state.power = null;
}

function hasEnergyRegister(state: AccountState): boolean {
  return state.forward !== null || state.reverse !== null;
}

function takePower(
  state: AccountState,
  at: number,
  powerW: number,
  rules: MeterRules,
  intervalAt: IntervalAt,
): void {
  const interval = intervalAt(intervalIndex(at));
  if (interval.minW === null || powerW < interval.minW) interval.minW = powerW;
  if (interval.maxW === null || powerW > interval.maxW) interval.maxW = powerW;
  if (isPowerScaled(at, rules)) interval.flags |= FLAG.corrected;
  if (hasEnergyRegister(state)) return;
  const { power } = state;
  const rate = toRate(powerW);
  if (power === null) {
    state.power = firstFlow(at, rate);
  } else if (at - power.at > rules.maxGapMs) {
    flagGapEdges(power.at, at, intervalAt);
    restartFlow(power, at, rate);
  } else {
    const endRate = rateUntil(power, at, rate, rules);
    const isDoubted = isBeyondRating(power.rate, endRate, rules.ratedW) && !isBelieved(at, rules);
    const add = isDoubted ? holdBack : addEnergy;
    integrateFlow(power, at, endRate, add, intervalAt);
    power.rate = rate;
  }
}

/** What a rate had come to just before `at`, where it is `rate`: what it was, if its device would have told a change before. */
function rateUntil(
  { at: fromAt, rate: from }: FlowState,
  at: number,
  rate: number,
  rules: MeterRules,
): number {
  return rules.heldBeyondMs !== undefined && at - fromAt > rules.heldBeyondMs ? from : rate;
}

function isPowerScaled(at: number, { overlay }: MeterRules): boolean {
  return overlay !== undefined && factorAt(overlay.energyScales, at) !== 1;
}

function isBelieved(at: number, { overlay }: MeterRules): boolean {
  return overlay !== undefined && isConfirmed(overlay, at);
}

const addEnergy: AddFlow = (interval, forwardWh, reverseWh, seconds) => {
  interval.forwardWh += forwardWh;
  interval.reverseWh += reverseWh;
  interval.coveredS += seconds;
};

const holdBack: AddFlow = (interval, forwardWh, reverseWh) => {
  interval.implausibleWh += forwardWh + reverseWh;
  interval.flags |= FLAG.implausible;
};

const addFuel: AddFlow = (interval, forwardMl) => {
  interval.fuelMl += forwardMl;
};

/** Only where no fuel register is known. A gap is not flagged: flags speak of the energy. */
function takeFuelRate(
  state: AccountState,
  at: number,
  rateLPerH: number | undefined,
  rules: MeterRules,
  intervalAt: IntervalAt,
): void {
  const { fuelRate } = state;
  if (rateLPerH !== undefined) {
    const rate = Math.max(0, toRate(rateLPerH * ML_PER_L));
    if (fuelRate === null) state.fuelRate = firstFlow(at, rate);
    else if (at - fuelRate.at > rules.maxGapMs) restartFlow(fuelRate, at, rate);
    else {
      integrateFlow(fuelRate, at, rateUntil(fuelRate, at, rate, rules), addFuel, intervalAt);
      fuelRate.rate = rate;
    }
  }
  if (state.fuel !== null) state.fuelRate = null;
}
