import { describe, expect, it } from 'vitest';
import { takeReading } from '#lib/energy/account.ts';
import { initialState } from '#lib/energy/account-state.ts';
import { emptyInterval, FLAG, measuredWh } from '#lib/energy/interval.ts';
import {
  account,
  flagsOf,
  HOUR,
  intervalOf,
  MIDNIGHT,
  MINUTE,
  reading,
  register,
  rules,
  SECOND,
  sum,
} from './account-fixtures.ts';

describe('A register', () => {
  it('gives its difference to the time between two readings', () => {
    const made = account(register(MINUTE, 1000, 1500, 2100));
    expect(intervalOf(made, 0)).toEqual({ ...emptyInterval(), forwardWh: 1100, coveredS: 120 });
  });

  it('knows nothing of the time before its first value', () => {
    const made = account(register(MINUTE, 1_048_575_250));
    expect(made.intervals.size).toBe(0);
    expect(made.state.forward?.value).toBe(1_048_575_250);
  });

  it('does not move energy into the next hour when it is read 13 s past it', () => {
    const made = account(
      [0, 1, 2].map((i) => reading(i * 15 * MINUTE + 13 * SECOND, { energyForwardWh: i * 9000 })),
      rules({ maxGapMs: HOUR }),
    );
    // 9000 Wh in 900 s: 10 Wh a second, so the first interval holds 887 s of them.
    expect(intervalOf(made, 0)?.forwardWh).toBe(8870);
    expect(intervalOf(made, 15 * MINUTE)?.forwardWh).toBe(9000);
    expect(intervalOf(made, 30 * MINUTE)?.forwardWh).toBe(130);
    expect([...made.intervals.values()].map((each) => each.coveredS)).toEqual([887, 900, 13]);
  });

  it('is cut at every boundary without losing a watt-hour', () => {
    const made = account(
      [reading(0, { energyForwardWh: 0 }), reading(HOUR, { energyForwardWh: 10 })],
      rules({ maxGapMs: HOUR }),
    );
    expect([...made.intervals.values()].map((each) => each.forwardWh)).toEqual([2, 3, 2, 3]);
  });

  it('enters as whole watt-hours', () => {
    expect(sum(account(register(MINUTE, 0.4, 0.6, 1.4, 1.6)), 'forwardWh')).toBe(2);
  });

  it('tells both directions apart', () => {
    const made = account([
      reading(0, { energyForwardWh: 100, energyReverseWh: 50 }),
      reading(MINUTE, { energyForwardWh: 130, energyReverseWh: 57 }),
    ]);
    expect(intervalOf(made, 0)).toMatchObject({ forwardWh: 30, reverseWh: 7, coveredS: 60 });
  });

  it('beats power from its first value on, for the rest of the segment', () => {
    const made = account([
      reading(0, { activePowerW: 60_000 }),
      reading(MINUTE, { activePowerW: 60_000, energyForwardWh: 500_000 }),
      reading(2 * MINUTE, { activePowerW: 60_000 }),
      reading(3 * MINUTE, { activePowerW: 60_000, energyForwardWh: 502_000 }),
    ]);
    expect(sum(made, 'forwardWh')).toBe(1000 + 2000);
    expect(intervalOf(made, 0)).toMatchObject({ coveredS: 180, minW: 60_000, maxW: 60_000 });
    expect(made.state.power).toBeNull();
  });

  it('keeps its own neighbours among readings that do not tell it', () => {
    const powerEverySecond = Array.from({ length: 121 }, (_, s) =>
      reading(s * SECOND, { activePowerW: 5, ...(s % 60 === 0 && { energyForwardWh: 1000 + s }) }),
    );
    const made = account(powerEverySecond);
    expect(intervalOf(made, 0)).toMatchObject({ forwardWh: 120, coveredS: 120 });
  });
});

describe('A gap longer than the meter may be silent', () => {
  it('is recovered from the register: counted, told apart, not covered', () => {
    const made = account([
      reading(0, { energyForwardWh: 0 }),
      reading(36 * HOUR, { energyForwardWh: 144_000 }),
    ]);
    expect(sum(made, 'forwardWh')).toBe(144_000);
    expect(sum(made, 'recoveredWh')).toBe(144_000);
    expect(sum(made, 'coveredS')).toBe(0);
    expect(made.intervals.size).toBe(144);
    expect(
      [...made.intervals.values()].every((each) => each.flags === FLAG.gap && each.forwardWh === 1000),
    ).toBe(true);
    expect(measuredWh(made.intervals.values().next().value ?? emptyInterval())).toBe(0);
  });

  it('ends at the very length that is still allowed', () => {
    expect(sum(account(register(5 * MINUTE, 0, 100)), 'coveredS')).toBe(300);
    expect(sum(account(register(5 * MINUTE + 1, 0, 100)), 'coveredS')).toBe(0);
  });

  it('is unknown, not zero, where only power is told', () => {
    const made = account([
      reading(14 * MINUTE, { activePowerW: 1000 }),
      reading(2 * HOUR, { activePowerW: 1000 }),
      reading(2 * HOUR + MINUTE, { activePowerW: 1000 }),
    ]);
    expect(sum(made, 'forwardWh')).toBe(16);
    expect(intervalOf(made, 0)).toMatchObject({ forwardWh: 0, coveredS: 0, flags: FLAG.gap });
    expect(intervalOf(made, HOUR)).toBeUndefined();
    expect(intervalOf(made, 2 * HOUR)).toMatchObject({ coveredS: 60, flags: 0 });
  });
});

describe('Power without a register', () => {
  it('is integrated as trapezoids, and fractions are carried on', () => {
    const steady = Array.from({ length: 61 }, (_, i) => reading(i * MINUTE, { activePowerW: 1000 }));
    expect([...account(steady).intervals.values()].map((each) => each.forwardWh)).toEqual([
      250, 250, 250, 250, 0,
    ]);
    const ramp = [reading(0, { activePowerW: 0 }), reading(MINUTE, { activePowerW: 120_000 })];
    expect(sum(account(ramp), 'forwardWh')).toBe(1000);
  });

  it('counts a load of a few watts, too', () => {
    const small = Array.from({ length: 24 * 60 + 1 }, (_, i) => reading(i * MINUTE, { activePowerW: 1.7 }));
    expect(sum(account(small), 'forwardWh')).toBe(41);
  });

  it('is parted at the zero crossing: forward what is positive, reverse what is negative', () => {
    // From +72 kW to −36 kW in 3 minutes: zero after 2 minutes.
    const made = account([
      reading(0, { activePowerW: 72_000 }),
      reading(3 * MINUTE, { activePowerW: -36_000 }),
    ]);
    expect(intervalOf(made, 0)).toMatchObject({
      forwardWh: 1200,
      reverseWh: 300,
      minW: -36_000,
      maxW: 72_000,
    });
    const back = account([
      reading(0, { activePowerW: -36_000 }),
      reading(3 * MINUTE, { activePowerW: 72_000 }),
    ]);
    expect(intervalOf(back, 0)).toMatchObject({ forwardWh: 1200, reverseWh: 300 });
  });

  it('is cut at the boundary by what flowed on each side of it', () => {
    // A ramp from 0 to 120 kW over the boundary: a quarter of its energy lies in the first half.
    const made = account([
      reading(14 * MINUTE, { activePowerW: 0 }),
      reading(16 * MINUTE, { activePowerW: 120_000 }),
    ]);
    expect(intervalOf(made, 0)).toMatchObject({ forwardWh: 500, coveredS: 60 });
    expect(intervalOf(made, 15 * MINUTE)).toMatchObject({ forwardWh: 1500, coveredS: 60 });
  });

  it('rounds its carry off at the end of the UTC day', () => {
    const made = account(
      [23 * HOUR + 58 * MINUTE, 24 * HOUR, 24 * HOUR + 2 * MINUTE].map((at) =>
        reading(at, { activePowerW: 20 }),
      ),
    );
    // Two thirds of a Wh on either side of midnight: the first is rounded, the second carried on.
    expect(intervalOf(made, 23.75 * HOUR)?.forwardWh).toBe(1);
    expect(intervalOf(made, 24 * HOUR)?.forwardWh).toBe(0);
  });

  it('tells the lowest and the highest power of each interval', () => {
    const made = account([5, -3, 8].map((activePowerW, i) => reading(i * MINUTE, { activePowerW })));
    expect(intervalOf(made, 0)).toMatchObject({ minW: -3, maxW: 8 });
  });
});

describe('An inverted meter', () => {
  it('swaps its registers and the sign of its power', () => {
    const made = account(
      [
        reading(0, { energyForwardWh: 100, energyReverseWh: 10, activePowerW: -500 }),
        reading(MINUTE, { energyForwardWh: 101, energyReverseWh: 40, activePowerW: 0 }),
      ],
      rules({ invert: true }),
    );
    expect(intervalOf(made, 0)).toMatchObject({ forwardWh: 30, reverseWh: 1, minW: 0, maxW: 500 });
    expect(Object.is(intervalOf(made, 0)?.minW, 0)).toBe(true);
  });
});

describe('Fuel', () => {
  it('is counted in millilitres from the register', () => {
    const made = account([reading(0, { fuelUsedL: 261_944.5 }), reading(MINUTE, { fuelUsedL: 261_945.125 })]);
    expect(sum(made, 'fuelMl')).toBe(625);
    expect(sum(made, 'coveredS')).toBe(0);
  });

  it('is integrated from its rate only where no register tells it', () => {
    const made = account([
      reading(0, { fuelRateLPerH: 60 }),
      reading(MINUTE, { fuelRateLPerH: 60, fuelUsedL: 100 }),
      reading(2 * MINUTE, { fuelRateLPerH: 60, fuelUsedL: 100.5 }),
    ]);
    expect(sum(made, 'fuelMl')).toBe(1000 + 500);
  });

  it('does not flow back', () => {
    const made = account([reading(0, { fuelRateLPerH: -60 }), reading(MINUTE, { fuelRateLPerH: -60 })]);
    expect(sum(made, 'fuelMl')).toBe(0);
  });

  it('marks a fall of its register', () => {
    const made = account([0, 1, 2].map((i) => reading(i * MINUTE, { fuelUsedL: [900, 0, 1][i] ?? 0 })));
    expect(sum(made, 'fuelMl')).toBe(1000);
    expect(flagsOf(made)).toBe(FLAG.reset);
  });
});

describe('A meter swap, a change of CT ratio or a move', () => {
  const at = MIDNIGHT + 90 * SECOND;

  it('opens a new segment: nothing is compared across it', () => {
    const made = account(register(MINUTE, 1000, 1100, 7_000_000, 7_000_200), rules({ segmentStarts: [at] }));
    expect(sum(made, 'forwardWh')).toBe(100 + 200);
    expect(sum(made, 'coveredS')).toBe(120);
    expect(flagsOf(made)).toBe(0);
  });

  it('begins with the reading at its very instant', () => {
    const made = account(
      register(MINUTE, 10, 20, 500, 600),
      rules({ segmentStarts: [MIDNIGHT + 2 * MINUTE] }),
    );
    expect(sum(made, 'forwardWh')).toBe(10 + 100);
  });

  it('lets power count again until the new meter tells a register', () => {
    const told = [
      reading(0, { energyForwardWh: 5, activePowerW: 60_000 }),
      reading(2 * MINUTE, { activePowerW: 60_000 }),
      reading(3 * MINUTE, { activePowerW: 60_000 }),
    ];
    expect(sum(account(told), 'forwardWh')).toBe(0);
    expect(sum(account(told, rules({ segmentStarts: [at] })), 'forwardWh')).toBe(1000);
  });

  it('is found among many, past and to come', () => {
    const segmentStarts = [MIDNIGHT - HOUR, MIDNIGHT, at, MIDNIGHT + HOUR];
    expect(sum(account(register(MINUTE, 0, 1, 2, 3), rules({ segmentStarts })), 'forwardWh')).toBe(2);
  });
});

describe('A reading', () => {
  it('that is not later than the last is refused: it needs recomputation', () => {
    const state = initialState();
    takeReading(state, MIDNIGHT, { activePowerW: 1 }, rules(), emptyInterval);
    expect(() => takeReading(state, MIDNIGHT, { activePowerW: 1 }, rules(), emptyInterval)).toThrow(
      RangeError,
    );
    expect(() => takeReading(state, Number.NaN, { activePowerW: 1 }, rules(), emptyInterval)).toThrow(
      RangeError,
    );
    expect(state.lastAt).toBe(MIDNIGHT);
  });

  it('that tells neither energy nor fuel makes no interval', () => {
    const made = account([reading(0, { voltageV: 230 }), reading(HOUR, { voltageV: 231 })]);
    expect(made.intervals.size).toBe(0);
    expect(made.state.lastAt).toBe(MIDNIGHT + HOUR);
  });
});
