/**
 * The accounting state of one meter between two readings: all that a later reading needs of the past.
 *
 * It is plain JSON and a pure function of the set of readings up to `lastAt` (and of the meter's rules), so
 * a state kept, parsed again or recomputed from raw goes on exactly alike. `MeterDay.start` is such a state.
 * Each channel remembers its own last value, because a register may speak once a minute among power readings
 * of every second: neighbours are neighbours of one channel, not of the meter.
 */

/** Where a register stood before it fell. */
export interface FallenRegister {
  /** epoch ms of the first value after the fall */
  readonly at: number;
  /** the high-water mark before it */
  readonly value: number;
}

/** The last value of a register, in whole Wh or mL. */
export interface RegisterState {
  /** epoch ms of the last value */
  at: number;
  /** the high-water mark: a small fall counts as 0 and does not lower it */
  value: number;
  /** epoch ms at which the value last changed; what a coarse or slow register adds at once took since then */
  movedAt: number;
  /** set by a fall until the register next rises: a meter that reports 0 for a moment comes back to its old mark */
  fallen: FallenRegister | null;
}

/** The last value of a rate that is integrated over time: power, or fuel per hour. */
export interface FlowState {
  /** epoch ms of the last value */
  at: number;
  /** thousandths of a Wh (or mL) per hour, whole: mW, µL/h */
  rate: number;
  /** what has flowed this UTC day and does not yet make a whole Wh (or mL), in units of `flow.ts` */
  forwardCarry: number;
  /** the same for negative rates */
  reverseCarry: number;
}

export interface AccountState {
  /** epoch ms of the newest reading taken in; null before the first */
  lastAt: number | null;
  /** null until the segment's first value of that register */
  forward: RegisterState | null;
  reverse: RegisterState | null;
  fuel: RegisterState | null;
  /** null where an energy register is known, which beats power until the next segment */
  power: FlowState | null;
  /** null where a fuel register is known */
  fuelRate: FlowState | null;
}

/** The channels of an {@link AccountState}. */
export const CHANNELS = ['forward', 'reverse', 'fuel', 'power', 'fuelRate'] as const;

/** The state before a meter's first reading. */
export function initialState(): AccountState {
  return { lastAt: null, forward: null, reverse: null, fuel: null, power: null, fuelRate: null };
}

/** A new segment: no later reading may be compared with an earlier one. Keeps `lastAt`. */
export function forgetChannels(state: AccountState): void {
  for (const channel of CHANNELS) state[channel] = null;
}

export function cloneState(state: AccountState): AccountState {
  return {
    lastAt: state.lastAt,
    forward: cloneRegister(state.forward),
    reverse: cloneRegister(state.reverse),
    fuel: cloneRegister(state.fuel),
    power: cloneFlow(state.power),
    fuelRate: cloneFlow(state.fuelRate),
  };
}

/** Whether both go on alike. Recomputation may stop at a day whose stored start is the same as the state that reaches it. */
export function isSameState(a: AccountState, b: AccountState): boolean {
  return (
    a.lastAt === b.lastAt &&
    isSameRegister(a.forward, b.forward) &&
    isSameRegister(a.reverse, b.reverse) &&
    isSameRegister(a.fuel, b.fuel) &&
    isSameFlow(a.power, b.power) &&
    isSameFlow(a.fuelRate, b.fuelRate)
  );
}

function cloneRegister(from: RegisterState | null): RegisterState | null {
  if (from === null) return null;
  const { at, value, movedAt, fallen } = from;
  return { at, value, movedAt, fallen: fallen && { at: fallen.at, value: fallen.value } };
}

function cloneFlow(from: FlowState | null): FlowState | null {
  return (
    from && { at: from.at, rate: from.rate, forwardCarry: from.forwardCarry, reverseCarry: from.reverseCarry }
  );
}

function isSameRegister(a: RegisterState | null, b: RegisterState | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.at === b.at &&
    a.value === b.value &&
    a.movedAt === b.movedAt &&
    a.fallen?.at === b.fallen?.at &&
    a.fallen?.value === b.fallen?.value
  );
}

function isSameFlow(a: FlowState | null, b: FlowState | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.at === b.at &&
    a.rate === b.rate &&
    a.forwardCarry === b.forwardCarry &&
    a.reverseCarry === b.reverseCarry
  );
}
