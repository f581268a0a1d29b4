/**
 * One register's part of a reading: judges the new value against the one before, gives the amount to the
 * intervals between them together with how it is known, and moves the register's state on.
 */
import type { MeterRules } from './account-rules.ts';
import type { RegisterState } from './account-state.ts';
import { FLAG } from './interval.ts';
import { isConfirmed, scaleRise, type Overlay, type Rise } from './correction.ts';
import { firstRegister, isPlainRise, mostBelievedWh, stepRegister } from './register.ts';
import { flagGapEdges, HOW, intervalIndex, spread, type AmountField, type IntervalAt } from './spread.ts';

/**
 * @param base the register's state, null for the first value of a segment; changed in place
 * @param value whole Wh or mL
 * @param covers whether this register is the one that vouches for the meter's time
 * @returns the state to go on from
 */
export function takeRegister(
  base: RegisterState | null,
  field: AmountField,
  at: number,
  value: number,
  rules: MeterRules,
  covers: boolean,
  intervalAt: IntervalAt,
): RegisterState {
  const policy = field === 'fuelMl' ? rules.fuelRegister : rules.energyRegister;
  if (base === null) {
    if (policy !== 'interval') return firstRegister(at, value);
    // The first difference counts as well; of what time, nobody knows, so it goes where it was told.
    base = { at: Number.NEGATIVE_INFINITY, value: 0, movedAt: at - rules.maxGapMs, fallen: null };
    covers = false;
  }
  if (isPlainRise(base, value, policy)) {
    give(base, field, base.at, at, value - base.value, base.value, rules, covers, intervalAt);
    if (value > base.value) base.movedAt = at;
    base.value = value;
  } else {
    takeUnusual(base, field, at, value, rules, covers, intervalAt);
  }
  base.at = at;
  return base;
}

/** Every value that needs more than a subtraction. */
function takeUnusual(
  base: RegisterState,
  field: AmountField,
  at: number,
  value: number,
  rules: MeterRules,
  covers: boolean,
  intervalAt: IntervalAt,
): void {
  const isFuel = field === 'fuelMl';
  const policy = isFuel ? rules.fuelRegister : rules.energyRegister;
  const step = stepRegister(base, at, value, {
    policy,
    ratedW: isFuel ? null : rules.ratedW,
    // How late a day's register may restart has to do with clocks, and nothing with how long a value holds.
    maxGapMs: policy === 'daily' ? (rules.heldBeyondMs ?? rules.maxGapMs) : rules.maxGapMs,
    zone: rules.zone,
  });
  const untoldFrom = base.at;
  const untoldTo = step.amount === null ? at : step.fromAt;
  if (covers && untoldTo - untoldFrom > rules.maxGapMs) {
    flagGapEdges(untoldFrom, untoldTo, intervalAt);
  }
  if (step.amount !== null) {
    // What came back after a glitch reaches over time that the values in between have covered already.
    const isNewTime = step.fromAt >= base.at;
    const mark = step.value - step.amount;
    give(base, field, step.fromAt, at, step.amount, mark, rules, covers && isNewTime, intervalAt);
    if (step.amount > 0) base.movedAt = at;
  }
  if (step.isReset) intervalAt(intervalIndex(at)).flags |= FLAG.reset;
  else if (step.amount === null) intervalAt(intervalIndex(at)).flags |= FLAG.implausible;
  base.value = step.value;
  base.fallen = step.fallen;
}

/**
 * Gives an amount to the time from `fromAt` to `at`, with how it is known; `mark` is where the register stood
 * at `fromAt`. Fuel has no rating to be judged by.
 */
function give(
  base: RegisterState,
  field: AmountField,
  fromAt: number,
  at: number,
  amount: number,
  mark: number,
  rules: MeterRules,
  covers: boolean,
  intervalAt: IntervalAt,
): void {
  if (rules.overlay !== undefined) {
    const rise = { fromAt, toAt: at, amount, mark };
    giveCorrected(base, field, rise, rules, rules.overlay, covers, intervalAt);
    return;
  }
  const isHeld = field !== 'fuelMl' && amount > mostBelievedWh(base, fromAt, at, rules);
  spread(fromAt, at, amount, field, howKnown(at - fromAt, isHeld, rules, covers), intervalAt);
}

/** The same under corrections: a scale decides how much it is, a confirmation whether it is believed. */
function giveCorrected(
  base: RegisterState,
  field: AmountField,
  rise: Rise,
  rules: MeterRules,
  overlay: Overlay,
  covers: boolean,
  intervalAt: IntervalAt,
): void {
  const { fromAt, toAt } = rise;
  const parts = scaleRise(rise, field === 'fuelMl' ? overlay.fuelScales : overlay.energyScales);
  const amount = parts.reduce((sum, part) => sum + part.amount, 0);
  const isBeyond = field !== 'fuelMl' && amount > mostBelievedWh(base, fromAt, toAt, rules);
  const isBelieved = isBeyond && isConfirmed(overlay, toAt);
  const how = howKnown(toAt - fromAt, isBeyond && !isBelieved, rules, covers);
  for (const part of parts) {
    const corrected = isBelieved || part.factor !== 1 ? HOW.corrected : 0;
    spread(part.fromAt, part.toAt, part.amount, field, how | corrected, intervalAt);
  }
}

function howKnown(spanMs: number, isHeld: boolean, rules: MeterRules, covers: boolean): number {
  const how = isHeld ? HOW.implausible : 0;
  if (spanMs > rules.maxGapMs) return how | (covers ? HOW.recovered | HOW.gap : HOW.recovered);
  return covers && !isHeld ? HOW.covered : how;
}
