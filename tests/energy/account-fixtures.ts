/** What the accounting tests share: a meter, rules, and the two ways from readings to intervals. */
import { takeReading } from '#lib/energy/account.ts';
import type { MeterRules } from '#lib/energy/account-rules.ts';
import { initialState, type AccountState } from '#lib/energy/account-state.ts';
import { enterDays } from '#lib/energy/checkpoint.ts';
import { withReplacements } from '#lib/energy/correction.ts';
import { emptyInterval, INTERVAL_MS, INTERVALS_PER_DAY, type EnergyInterval } from '#lib/energy/interval.ts';
import { meterRef, type Reading, type Values } from '#lib/energy/reading.ts';

export const METER = meterRef('unmiss', 'juba', 'genset-1');
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** 2026-11-01T00:00:00Z, the first instant of a UTC day */
export const MIDNIGHT = Date.UTC(2026, 10, 1);

export const RULES: MeterRules = {
  energyRegister: 'persistent',
  fuelRegister: 'persistent',
  maxGapMs: 5 * MINUTE,
  ratedW: null,
  segmentStarts: [],
  invert: false,
  zone: 'UTC',
};

export function rules(changes: Partial<MeterRules> = {}): MeterRules {
  return { ...RULES, ...changes };
}

/** A reading `afterMs` past {@link MIDNIGHT}. */
export function reading(afterMs: number, values: Values): Reading {
  return { meter: METER, at: MIDNIGHT + afterMs, values };
}

/** Energy register values told every `stepMs`, from {@link MIDNIGHT} on. */
export function register(stepMs: number, ...valuesWh: number[]): Reading[] {
  return valuesWh.map((energyForwardWh, i) => reading(i * stepMs, { energyForwardWh }));
}

export interface Account {
  readonly rules: MeterRules;
  readonly state: AccountState;
  readonly intervals: Map<number, EnergyInterval>;
  /** what each day entered starts with */
  readonly starts: Map<number, AccountState>;
}

/** Before the first reading. */
export function openAccount(meterRules: MeterRules): Account {
  return { rules: meterRules, state: initialState(), intervals: new Map(), starts: new Map() };
}

/** The fast path: readings one by one, in the order of time, as the worker takes them. */
export function account(readings: readonly Reading[], meterRules: MeterRules = RULES): Account {
  const made = openAccount(meterRules);
  for (const each of readings) goOn(made, each, meterRules);
  return made;
}

/** Takes one more reading in; `state` may be another object than the account's own, as after a restart. */
export function goOn(
  made: Account,
  { at, values }: Reading,
  meterRules: MeterRules,
  state = made.state,
): void {
  enterDays(state, at, (day, start) => made.starts.set(day, start));
  takeReading(state, at, values, meterRules, (index) => {
    const found = made.intervals.get(index) ?? emptyInterval();
    made.intervals.set(index, found);
    return found;
  });
}

/** The interval that begins `afterMs` past {@link MIDNIGHT}; undefined where nothing is known. */
export function intervalOf(made: Account, afterMs: number): EnergyInterval | undefined {
  return made.intervals.get((MIDNIGHT + afterMs) / INTERVAL_MS);
}

export function sum(
  made: Account,
  field: 'forwardWh' | 'reverseWh' | 'fuelMl' | 'recoveredWh' | 'coveredS' | 'implausibleWh',
): number {
  return [...made.intervals.values()].reduce((total, interval) => total + interval[field], 0);
}

/** Every bit set in any interval. */
export function flagsOf(made: Account): number {
  return [...made.intervals.values()].reduce((flags, interval) => flags | interval.flags, 0);
}

/** The 96 places of one day, as a `MeterDay` keeps them. */
export function dayOf(made: Account, day: number): (EnergyInterval | null)[] {
  const intervals = Array.from(
    { length: INTERVALS_PER_DAY },
    (_, i) => made.intervals.get(day * INTERVALS_PER_DAY + i) ?? null,
  );
  return withReplacements(day, intervals, made.rules.overlay);
}
