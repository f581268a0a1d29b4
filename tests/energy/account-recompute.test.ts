import { describe, expect, it } from 'vitest';
import type { MeterRules } from '#lib/energy/account-rules.ts';
import { cloneState, initialState, isSameState, type AccountState } from '#lib/energy/account-state.ts';
import { enterDays, firstDayTouched, isSettled, utcDayOf } from '#lib/energy/checkpoint.ts';
import type { EnergyInterval } from '#lib/energy/interval.ts';
import { meterRef, type Reading } from '#lib/energy/reading.ts';
import { mergeReadings, recomputeDays } from '#lib/energy/recompute.ts';
import { account, dayOf, HOUR, METER, MIDNIGHT, MINUTE, reading, RULES, rules } from './account-fixtures.ts';

const DAY = utcDayOf(MIDNIGHT);

/** Every 10 minutes for three days, all channels, 1 kWh and 0.3 L each. */
const threeDays = Array.from({ length: 3 * 144 }, (_, i) =>
  reading(i * 10 * MINUTE + 7000, {
    activePowerW: 6000 + (i % 7),
    energyForwardWh: i * 1000,
    fuelUsedL: i * 0.3,
  }),
);
const quiet = rules({ maxGapMs: 30 * MINUTE });

function until(readings: readonly Reading[], endMs: number): Reading[] {
  return readings.filter(({ at }) => at < MIDNIGHT + endMs);
}

describe('Recomputing a day', () => {
  it('gives what the fast path gave, from the day’s start and the first reading after it', () => {
    const fast = account(threeDays, quiet);
    const start = fast.starts.get(DAY + 1) ?? initialState();
    const day = threeDays.slice(144, 289);
    const { days, startStates, end, settled } = recomputeDays({
      start,
      firstDay: DAY + 1,
      lastDay: DAY + 1,
      readings: day,
      rules: quiet,
    });
    expect(JSON.stringify(days.get(DAY + 1))).toBe(JSON.stringify(dayOf(fast, DAY + 1)));
    expect([...days.keys()]).toEqual([DAY + 1]);
    expect(startStates.get(DAY + 1)).toEqual(start);
    expect(end).toEqual(fast.starts.get(DAY + 2));
    expect(settled).toBe(true);
  });

  it('says that it is not settled while a channel has not spoken after the day', () => {
    const silentFuel = [
      reading(23 * HOUR, { energyForwardWh: 1, fuelUsedL: 1 }),
      reading(25 * HOUR, { energyForwardWh: 2 }),
    ];
    const task = { start: initialState(), firstDay: DAY, lastDay: DAY, rules: RULES };
    expect(recomputeDays({ ...task, readings: silentFuel }).settled).toBe(false);
    const more = [...silentFuel, reading(26 * HOUR, { fuelUsedL: 4 })];
    const recomputed = recomputeDays({ ...task, readings: more });
    expect(recomputed.settled).toBe(true);
    expect(recomputed.days.get(DAY)?.at(-1)?.fuelMl).toBe(250);
    expect(recomputed.end.lastAt).toBe(MIDNIGHT + 23 * HOUR);
  });

  it('need not read on for a channel that fell silent for good', () => {
    const readings = [
      reading(23 * HOUR, { energyForwardWh: 1, fuelUsedL: 1 }),
      reading(25 * HOUR, { energyForwardWh: 2 }),
    ];
    const newest = account([...readings, reading(90 * HOUR, { energyForwardWh: 3 })]).state;
    const task = { start: initialState(), firstDay: DAY, lastDay: DAY, readings, rules: RULES };
    expect(recomputeDays({ ...task, newest }).settled).toBe(true);
  });

  it('reads no further than it must', () => {
    let taken = 0;
    function* pages(): Generator<Reading> {
      for (const each of threeDays) {
        taken++;
        yield each;
      }
    }
    recomputeDays({ start: initialState(), firstDay: DAY, lastDay: DAY, readings: pages(), rules: quiet });
    expect(taken).toBe(146);
  });

  it('leaves places where nothing is known empty, and gives every day of the range', () => {
    const readings = [reading(50 * HOUR, { activePowerW: 5 })];
    const { days, startStates } = recomputeDays({
      start: initialState(),
      firstDay: DAY,
      lastDay: DAY + 3,
      readings,
      rules: RULES,
    });
    expect([...days.keys()]).toEqual([DAY, DAY + 1, DAY + 2, DAY + 3]);
    expect(days.get(DAY)).toEqual(Array(96).fill(null));
    expect(days.get(DAY + 2)?.filter((each) => each !== null)).toHaveLength(1);
    expect([...startStates].map(([, start]) => start.lastAt)).toEqual([
      null,
      null,
      null,
      MIDNIGHT + 50 * HOUR,
    ]);
  });

  it('refuses readings before its first day, and unsorted ones', () => {
    const task = { start: initialState(), firstDay: DAY, lastDay: DAY, rules: RULES };
    expect(() => recomputeDays({ ...task, readings: [reading(-1, {})] })).toThrow(/before day/);
    expect(() => recomputeDays({ ...task, readings: [reading(5, {}), reading(5, {})] })).toThrow(RangeError);
  });

  it('does not change the start it was given', () => {
    const start = account(until(threeDays, 24 * HOUR), quiet).state;
    const before = cloneState(start);
    recomputeDays({
      start,
      firstDay: DAY + 1,
      lastDay: DAY + 1,
      readings: threeDays.slice(144, 289),
      rules: quiet,
    });
    expect(isSameState(start, before)).toBe(true);
  });
});

describe('The start of a day', () => {
  it('is the state as of the last reading before midnight; a reading at midnight belongs to the day', () => {
    const made = account([reading(0, { energyForwardWh: 1 }), reading(24 * HOUR, { energyForwardWh: 9 })]);
    expect(made.starts.get(DAY)).toEqual(initialState());
    expect(made.starts.get(DAY + 1)?.lastAt).toBe(MIDNIGHT);
    expect(made.starts.size).toBe(2);
  });

  it('is told for every silent day as well, each with a copy of its own', () => {
    const state = account([reading(0, { energyForwardWh: 1 })]).state;
    const starts: [number, AccountState][] = [];
    enterDays(state, MIDNIGHT + 75 * HOUR, (day, start) => starts.push([day, start]));
    expect(starts.map(([day]) => day)).toEqual([DAY + 1, DAY + 2, DAY + 3]);
    expect(starts.every(([, start]) => isSameState(start, state) && start.forward !== state.forward)).toBe(
      true,
    );
  });
});

describe('A late reading', () => {
  /** Recomputes from the first day touched until a stored start is reached again, as the worker does. */
  function mend(
    known: readonly Reading[],
    late: Reading,
    meterRules: MeterRules,
  ): { mended: number[]; days: Map<number, (EnergyInterval | null)[]> } {
    const stored = account(known, meterRules);
    const all = mergeReadings([...known, late]);
    const day = utcDayOf(late.at);
    const startOf = (each: number): AccountState => stored.starts.get(each) ?? initialState();
    const first = firstDayTouched({
      start: startOf(day),
      day,
      readings: all.filter(({ at }) => utcDayOf(at) === day),
      lateAts: new Set([late.at]),
      rules: meterRules,
    });
    const days = new Map<number, (EnergyInterval | null)[]>();
    let start = startOf(first);
    for (let each = first; each <= DAY + 2; each++) {
      if (each > day && isSameState(start, startOf(each))) break;
      const readings = all.filter(({ at }) => at >= each * 24 * HOUR);
      const recomputed = recomputeDays({ start, firstDay: each, lastDay: each, readings, rules: meterRules });
      days.set(each, recomputed.days.get(each) ?? []);
      start = recomputed.end;
    }
    return { mended: [...days.keys()], days };
  }

  function expectMended(known: readonly Reading[], late: Reading, meterRules = quiet): number[] {
    const truth = account(mergeReadings([...known, late]), meterRules);
    const stored = account(known, meterRules);
    const { mended, days } = mend(known, late, meterRules);
    for (const day of [DAY, DAY + 1, DAY + 2]) {
      expect(days.get(day) ?? dayOf(stored, day)).toEqual(dayOf(truth, day));
    }
    return mended;
  }

  it('in the middle of a day changes that day alone', () => {
    const late = reading(36 * HOUR, { energyForwardWh: 216_400, activePowerW: 9 });
    expect(expectMended(threeDays, late)).toEqual([DAY + 1]);
  });

  it('that is the first of its day divides the time across midnight anew', () => {
    const late = reading(24 * HOUR + 1000, { energyForwardWh: 143_050 });
    expect(expectMended(threeDays, late)).toEqual([DAY, DAY + 1]);
  });

  it('that is the last of its day changes what the next day starts with', () => {
    const late = reading(48 * HOUR - 1000, { energyForwardWh: 287_050 });
    expect(expectMended(threeDays, late)).toEqual([DAY + 1, DAY + 2]);
  });

  it('that tells power only does not reach every day after its own', () => {
    const power = Array.from({ length: 3 * 144 }, (_, i) =>
      reading(i * 10 * MINUTE + 7000, { activePowerW: 1234.5 }),
    );
    expect(expectMended(power, reading(12 * HOUR, { activePowerW: 5000 }))).toEqual([DAY, DAY + 1]);
  });

  it('that tells a fallen register’s return lays what it counted over the fall, across midnight', () => {
    const known = [
      [23 * HOUR, 900_000],
      [23 * HOUR + 50 * MINUTE, 0],
      [24 * HOUR + 10 * MINUTE, 0],
      [24 * HOUR + 40 * MINUTE, 902_000],
      [72 * HOUR - 1, 903_000],
    ].map(([at = 0, energyForwardWh = 0]) => reading(at, { energyForwardWh }));
    expect(expectMended(known, reading(24 * HOUR + 20 * MINUTE, { energyForwardWh: 901_000 }))).toEqual([
      DAY,
      DAY + 1,
    ]);
  });

  it('with the first register of all ends the integration of power, back to its last neighbour', () => {
    const power = Array.from({ length: 3 * 144 }, (_, i) =>
      reading(i * 10 * MINUTE + 7000, { activePowerW: 1234.5 }),
    );
    const late = reading(24 * HOUR + 1000, { energyForwardWh: 5 });
    expect(expectMended(power, late)).toEqual([DAY, DAY + 1, DAY + 2]);
  });
});

describe('Merging readings', () => {
  it('sorts them and merges one instant field by field, the last value winning', () => {
    const merged = mergeReadings([
      reading(2, { voltageV: 1 }),
      reading(1, { energyForwardWh: 5, voltageV: 3 }),
      reading(1, { energyForwardWh: 6, activePowerW: 4 }),
      reading(1, { energyForwardWh: 6 }),
    ]);
    expect(merged).toEqual([
      reading(1, { energyForwardWh: 6, voltageV: 3, activePowerW: 4 }),
      reading(2, { voltageV: 1 }),
    ]);
  });

  it('leaves the readings it was given as they are', () => {
    const first = reading(1, { voltageV: 1 });
    mergeReadings([first, reading(1, { voltageV: 2 })]);
    expect(first.values).toEqual({ voltageV: 1 });
  });

  it('refuses to mix two meters', () => {
    const other: Reading = { meter: meterRef('unmiss', 'juba', 'other'), at: MIDNIGHT, values: {} };
    expect(() => mergeReadings([{ ...other, meter: METER }, other])).toThrow(/can't be merged/);
  });
});

describe('A state', () => {
  it('is settled when each channel has spoken at or after the instant, or has nothing to go on from', () => {
    const { state } = account([reading(0, { fuelUsedL: 1 }), reading(HOUR, { energyForwardWh: 1 })]);
    expect(isSettled(state, MIDNIGHT)).toBe(true);
    expect(isSettled(state, MIDNIGHT + 1)).toBe(false);
    expect(isSettled(initialState(), MIDNIGHT)).toBe(true);
  });

  it('is not settled while a fallen register may come back', () => {
    const fallen = [500_000, 0, 0].map((energyForwardWh, i) => reading(i * HOUR, { energyForwardWh }));
    expect(isSettled(account(fallen).state, MIDNIGHT + 2 * HOUR)).toBe(false);
    expect(
      isSettled(account([...fallen, reading(3 * HOUR, { energyForwardWh: 9 })]).state, MIDNIGHT + 3 * HOUR),
    ).toBe(true);
  });
});
