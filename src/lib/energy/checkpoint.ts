/**
 * Checkpoints: the state that each UTC day starts with (`MeterDay.start`), and how far back a late reading
 * reaches.
 *
 * The start of a day is the state as of the last reading before the day's first instant; a reading at that
 * very instant belongs to the day. It follows that
 * - a day without readings starts as the day after it does;
 * - energy between a reading before midnight and one after it belongs to both days, and each can be
 *   computed from its own start: the part of the other day is the same numbers, left aside;
 * - a start depends on earlier readings only, so a late reading leaves the starts up to its own day alone.
 */
import type { MeterRules } from './account-rules.ts';
import { CHANNELS, cloneState, type AccountState } from './account-state.ts';
import { correctedValues } from './correction.ts';
import { DAY_MS } from './interval.ts';
import type { Reading, Values } from './reading.ts';

type Channel = (typeof CHANNELS)[number];

/** Days since 1970-01-01, UTC. */
export function utcDayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/**
 * Calls `enter` for every UTC day that a reading at `at` enters, silent days included, each with its own
 * copy of the start. Call it before `takeReading`. A meter's first reading enters its own day only.
 */
export function enterDays(
  state: AccountState,
  at: number,
  enter: (day: number, start: AccountState) => void,
): void {
  const last = utcDayOf(at);
  const first = state.lastAt === null ? last : utcDayOf(state.lastAt) + 1;
  for (let day = first; day <= last; day++) enter(day, cloneState(state));
}

/** Epoch ms: the next value of a channel may change what lies after this; null when there is nothing to go on from. */
function reachOf(state: AccountState, channel: Channel): number | null {
  if (channel === 'power' || channel === 'fuelRate') return state[channel]?.at ?? null;
  const base = state[channel];
  return base && (base.fallen?.at ?? base.at);
}

/**
 * Whether no reading after those taken in can change anything before `endAt` (epoch ms). Given the meter's
 * newest state as well, a channel that still stands there where it stands in `state` has fallen silent for
 * good, and nobody need read on to find that out.
 */
export function isSettled(state: AccountState, endAt: number, newest?: AccountState): boolean {
  return CHANNELS.every((channel) => {
    const reach = reachOf(state, channel);
    if (reach === null || reach >= endAt) return true;
    return newest !== undefined && newest[channel]?.at === state[channel]?.at;
  });
}

/** The channels whose value a reading tells; the two registers are named as `invert` has it. */
function channelsTold(values: Values, invert: boolean): Channel[] {
  const told: Channel[] = [];
  if (values.energyForwardWh !== undefined) told.push(invert ? 'reverse' : 'forward');
  if (values.energyReverseWh !== undefined) told.push(invert ? 'forward' : 'reverse');
  if (values.fuelUsedL !== undefined) told.push('fuel');
  if (values.activePowerW !== undefined) told.push('power');
  if (values.fuelRateLPerH !== undefined) told.push('fuelRate');
  return told;
}

/** The channels whose account a reading can change: a register also ends what was integrated, and whose time counts as covered. */
function channelsMoved(values: Values): Channel[] {
  const moved: Channel[] = [];
  if (values.energyForwardWh !== undefined || values.energyReverseWh !== undefined) {
    moved.push('forward', 'reverse', 'power');
  } else if (values.activePowerW !== undefined) {
    moved.push('power');
  }
  if (values.fuelUsedL !== undefined) moved.push('fuel', 'fuelRate');
  else if (values.fuelRateLPerH !== undefined) moved.push('fuelRate');
  return moved;
}

export interface LateReadings {
  /** what `day` starts with */
  readonly start: AccountState;
  readonly day: number;
  /** the day's readings, late ones included, as `mergeReadings` leaves them */
  readonly readings: Iterable<Reading>;
  /** epoch ms of the late ones */
  readonly lateAts: ReadonlySet<number>;
  readonly rules: MeterRules;
}

/**
 * The first UTC day whose intervals the late readings of `day` may change, and so the first to recompute:
 * usually `day` itself; an earlier one when a late reading is now the first of its channel and divides the
 * time across midnight anew.
 */
export function firstDayTouched({ start, day, readings, lateAts, rules }: LateReadings): number {
  let earliestAt = day * DAY_MS;
  // A channel that was heard before any late reading keeps its neighbours across midnight.
  const heard = new Set<Channel>();
  const { overlay } = rules;
  for (const { at, values } of readings) {
    if (lateAts.has(at)) {
      for (const channel of channelsMoved(values)) {
        if (!heard.has(channel)) earliestAt = Math.min(earliestAt, reachOf(start, channel) ?? earliestAt);
      }
    } else {
      const held = overlay === undefined ? values : correctedValues(at, values, overlay);
      for (const channel of channelsTold(held, rules.invert)) {
        if (!isFallen(start, channel)) heard.add(channel);
      }
    }
    if (heard.size === CHANNELS.length) break;
  }
  return utcDayOf(earliestAt);
}

/** A fallen register keeps its reach until it has risen again. */
function isFallen(state: AccountState, channel: Channel): boolean {
  return channel !== 'power' && channel !== 'fuelRate' && state[channel]?.fallen != null;
}
