/**
 * Registers: what a new value of a cumulative register says happened since the value before, under the
 * register's declared policy. Values are whole Wh or mL; an amount is never negative.
 */
import type { RegisterPolicy } from './account-rules.ts';
import type { FallenRegister, RegisterState } from './account-state.ts';
import { localDateOf, startOfDay } from './calendar.ts';
import { DAY_MS } from './interval.ts';

/** One count of the coarsest registers in use: 1 kWh, 1 L. */
const COARSEST_COUNT = 1000;
/** A jump beyond rated power × time × this is not believed (domain rule; 1 would refuse short overload). */
const JUMP_FACTOR = 1.5;
/** Without a rating, a register that falls has wrapped only if it moved by less than this part of its modulus. */
const WRAP_PART = 0.1;
/**
 * Within a day of a fall, a first rise that ends this near above the old mark (as part of the fall) is the
 * old register again. Counted from 0, a moment's glitch would book the meter's whole life as new energy.
 */
const RETURN_PART = 0.01;
const RETURN_MS = DAY_MS;
const MS_PER_HOUR = 3_600_000;

/** What happened between two neighbouring values of a register. */
export interface RegisterStep {
  /** whole Wh or mL; null when nobody can know: after a reset, or where a difference is negative */
  readonly amount: number | null;
  /** epoch ms: the amount belongs to the time from here to the new value */
  readonly fromAt: number;
  /** the mark to go on from */
  readonly value: number;
  readonly fallen: FallenRegister | null;
  /** the register fell, and not by the rules of its policy */
  readonly isReset: boolean;
}

/** Whole Wh or mL. The sum turns −0 into 0, which JSON cannot tell apart. */
export function toRegister(value: number): number {
  return Math.round(value) + 0;
}

export function firstRegister(at: number, value: number): RegisterState {
  return { at, value, movedAt: at, fallen: null };
}

/**
 * ε: how far a register may fall without having been reset. A stale copy in a gateway or a 32-bit float can
 * take back a little, and counting that as a reset would count it again when it rises: a hundredth of the
 * register, at least 1 and at most one count of the coarsest registers.
 */
export function jitterOf(value: number): number {
  return Math.min(COARSEST_COUNT, Math.max(1, Math.floor(Math.abs(value) / 100)));
}

/**
 * The most Wh that are believed of the time up to `at`: rated W × h × 1.5, and one coarse count. A register
 * that is refreshed more slowly than it is read adds at once what came since it last moved, so up to
 * `maxGapMs` of standing still count as time. Infinity without a rating.
 */
export function mostBelievedWh(
  base: RegisterState,
  fromAt: number,
  at: number,
  rules: { readonly ratedW: number | null; readonly maxGapMs: number },
): number {
  if (rules.ratedW === null) return Number.POSITIVE_INFINITY;
  const ms = Math.max(at - fromAt, Math.min(at - base.movedAt, rules.maxGapMs));
  return ((rules.ratedW * ms) / MS_PER_HOUR) * JUMP_FACTOR + COARSEST_COUNT;
}

/** Whether the energy between two power readings is more than the rating allows. Rates in mW. */
export function isBeyondRating(fromRate: number, toRate: number, ratedW: number | null): boolean {
  return ratedW !== null && Math.abs(fromRate + toRate) > 2 * 1000 * ratedW * JUMP_FACTOR;
}

/** Whether the new value needs no more than a subtraction: by far the commonest case. */
export function isPlainRise(base: RegisterState, value: number, policy: RegisterPolicy): boolean {
  return value >= base.value && base.fallen === null && policy !== 'interval' && policy !== 'daily';
}

/** What one register is judged by. */
export interface RegisterRules {
  readonly policy: RegisterPolicy;
  /** W; null for a fuel register and where no rating is known */
  readonly ratedW: number | null;
  readonly maxGapMs: number;
  readonly zone: string;
}

/** What a value that comes after `base` says. */
export function stepRegister(
  base: RegisterState,
  at: number,
  value: number,
  rules: RegisterRules,
): RegisterStep {
  const { policy } = rules;
  if (policy === 'interval') return stepInterval(base, at, value, rules);
  if (policy === 'daily') return stepDaily(base, at, value, rules);
  const smooth = stepWithoutFall(base, at, value);
  if (smooth !== null) return smooth;
  if (policy === 'volatile') return fall(base, at, value, Math.max(0, value));
  if (policy !== 'persistent') {
    const amount = Math.round(value + policy.wrap - base.value);
    if (value >= 0 && amount >= 0 && amount <= mostOfWrap(base, at, policy.wrap, rules)) {
      return { amount, fromAt: base.at, value, fallen: null, isReset: false };
    }
  }
  return fall(base, at, value, null);
}

/** The fall that a value at `at` may still be the return from. */
function fallenBefore(base: RegisterState, at: number): FallenRegister | null {
  return base.fallen !== null && at - base.fallen.at <= RETURN_MS ? base.fallen : null;
}

/** A rise, a fall within ε, or the return of a register that had fallen for a moment; null for a fall. */
function stepWithoutFall(base: RegisterState, at: number, value: number): RegisterStep | null {
  const fallen = fallenBefore(base, at);
  if (fallen !== null) {
    const above = value - fallen.value;
    if (above >= -jitterOf(fallen.value) && above <= RETURN_PART * (fallen.value - base.value)) {
      const amount = Math.max(0, above);
      const fromAt = amount > 0 ? fallen.at : base.at;
      return { amount, fromAt, value: fallen.value + amount, fallen: null, isReset: false };
    }
  }
  const rise = value - base.value;
  if (rise > 0) return { amount: rise, fromAt: base.at, value, fallen: null, isReset: false };
  if (-rise > jitterOf(base.value)) return null;
  return { amount: 0, fromAt: base.at, value: base.value, fallen, isReset: false };
}

/** A fall. A second one keeps the first mark: a register may die in steps and still come back. */
function fall(base: RegisterState, at: number, value: number, amount: number | null): RegisterStep {
  const fallen = fallenBefore(base, at) ?? { at, value: base.value };
  return { amount, fromAt: base.at, value, fallen, isReset: true };
}

function mostOfWrap(base: RegisterState, at: number, modulus: number, rules: RegisterRules): number {
  return rules.ratedW === null ? modulus * WRAP_PART : mostBelievedWh(base, base.at, at, rules);
}

/** Already a difference, never negative. After a gap it tells of the last stretch only, so it is not laid over the gap. */
function stepInterval(base: RegisterState, at: number, value: number, rules: RegisterRules): RegisterStep {
  const fromAt = at - base.at > rules.maxGapMs ? at : base.at;
  return { amount: value < 0 ? null : value, fromAt, value: 0, fallen: null, isReset: false };
}

/**
 * Differenced within the local day, counted from 0 since midnight on the first value of a new day. Clocks
 * differ: a value that has not fallen right after midnight is yesterday's register not yet restarted, and
 * the restart comes when it falls. A value at midnight sharp closes the day before.
 */
function stepDaily(base: RegisterState, at: number, value: number, rules: RegisterRules): RegisterStep {
  const hasFallen = base.value - value > jitterOf(base.value);
  const today = startOfDay(localDateOf(at, rules.zone), rules.zone);
  const dayStart =
    at === today && !hasFallen ? startOfDay(localDateOf(at - 1, rules.zone), rules.zone) : today;
  const isNewDay = base.at < dayStart;
  if (
    isNewDay &&
    (hasFallen || at - base.at > rules.maxGapMs || fitsSince(dayStart, base, at, value, rules))
  ) {
    return { amount: Math.max(0, value), fromAt: dayStart, value, fallen: null, isReset: false };
  }
  const smooth = stepWithoutFall(base, at, value);
  if (smooth !== null) return smooth;
  const isLateRestart = at - dayStart <= rules.maxGapMs;
  const step = fall(base, at, value, Math.max(0, value));
  return isLateRestart ? { ...step, fallen: null, isReset: false } : step;
}

/** Whether a register that has moved on can have counted all of `value` since midnight: only a rating can tell. */
function fitsSince(
  midnightAt: number,
  base: RegisterState,
  at: number,
  value: number,
  { ratedW }: RegisterRules,
): boolean {
  if (ratedW === null || value <= base.value) return false;
  return value <= ((ratedW * (at - midnightAt)) / MS_PER_HOUR) * JUMP_FACTOR;
}
