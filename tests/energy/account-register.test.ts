import { describe, expect, it } from 'vitest';
import { FLAG } from '#lib/energy/interval.ts';
import type { Reading } from '#lib/energy/reading.ts';
import { jitterOf } from '#lib/energy/register.ts';
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

describe('A persistent register', () => {
  it('that falls a little counts nothing, and its high-water mark stays', () => {
    const made = account(register(MINUTE, 50_000, 50_100, 50_040, 50_090, 50_130));
    expect(sum(made, 'forwardWh')).toBe(130);
    expect(flagsOf(made)).toBe(0);
    expect(sum(made, 'coveredS')).toBe(240);
  });

  it('cannot be lowered by many small falls', () => {
    const made = account(register(MINUTE, 1000, 992, 991, 990, 1001));
    expect(sum(made, 'forwardWh')).toBe(1);
  });

  it('that falls further was reset: a new segment, flagged, and the time of the fall is not covered', () => {
    const made = account(register(MINUTE, 50_000, 60_000, 100, 400));
    expect(sum(made, 'forwardWh')).toBe(10_000 + 300);
    expect(intervalOf(made, 0)).toMatchObject({ flags: FLAG.reset, coveredS: 120 });
  });

  it('that tells 0 for a moment goes on from its old mark', () => {
    const made = account(register(MINUTE, 261_944_000, 261_945_000, 0, 0, 261_946_000, 261_947_000));
    expect(sum(made, 'forwardWh')).toBe(3000);
    expect(flagsOf(made)).toBe(FLAG.reset);
    // Neither the minute of the fall nor that of the return is vouched for.
    expect(sum(made, 'coveredS')).toBe(180);
  });

  it('that really began anew is not mistaken for one that comes back', () => {
    expect(sum(account(register(MINUTE, 1000, 2000, 0, 3000)), 'forwardWh')).toBe(1000 + 3000);
    const afterTwoDays = [...register(MINUTE, 0, 1000, 0), reading(48 * HOUR, { energyForwardWh: 1001 })];
    expect(sum(account(afterTwoDays), 'forwardWh')).toBe(1000 + 1001);
  });

  it('is allowed a hundredth, at least 1 and at most one count of a kWh register', () => {
    expect([0, 99, 5000, 99_999, 1e9].map(jitterOf)).toEqual([1, 1, 50, 999, 1000]);
  });
});

describe('A volatile register', () => {
  it('counts from 0 after a power-up, flagged', () => {
    const made = account(register(MINUTE, 5000, 6000, 200, 500), rules({ energyRegister: 'volatile' }));
    expect(sum(made, 'forwardWh')).toBe(1000 + 200 + 300);
    expect(intervalOf(made, 0)).toMatchObject({ flags: FLAG.reset, coveredS: 180 });
  });

  it('does not count its whole life again for a small fall or a moment of 0', () => {
    const volatile = rules({ energyRegister: 'volatile' });
    expect(sum(account(register(MINUTE, 5_000_000, 4_999_999, 5_000_001), volatile), 'forwardWh')).toBe(1);
    expect(sum(account(register(MINUTE, 5_000_000, 0, 5_000_010), volatile), 'forwardWh')).toBe(10);
  });
});

describe('A register that wraps', () => {
  const wrap = { energyRegister: { wrap: 100_000 } };

  it('adds its modulus', () => {
    const made = account(register(MINUTE, 99_000, 99_900, 300, 400), rules(wrap));
    expect(sum(made, 'forwardWh')).toBe(900 + 400 + 100);
    expect(flagsOf(made)).toBe(0);
  });

  it('was reset when it would have moved too far for its rating', () => {
    const made = account(
      register(MINUTE, 99_900, 300, 400),
      rules({ ...wrap, ratedW: 1000, maxGapMs: MINUTE }),
    );
    expect(sum(made, 'forwardWh')).toBe(400 + 100);
    const reset = account(register(MINUTE, 90_000, 300, 400), rules({ ...wrap, ratedW: 1000 }));
    expect(sum(reset, 'forwardWh')).toBe(100);
    expect(flagsOf(reset)).toBe(FLAG.reset);
  });

  it('was reset, without a rating, when it would have moved more than a tenth of its modulus', () => {
    const made = account(register(MINUTE, 60_000, 0, 400), rules(wrap));
    expect(sum(made, 'forwardWh')).toBe(400);
    expect(flagsOf(made)).toBe(FLAG.reset);
  });

  it('wraps fuel in millilitres', () => {
    const made = account(
      [999.5, 0.25].map((fuelUsedL, i) => reading(i * MINUTE, { fuelUsedL })),
      rules({ fuelRegister: { wrap: 1_000_000 } }),
    );
    expect(sum(made, 'fuelMl')).toBe(750);
  });
});

describe('A register that tells differences', () => {
  const interval = rules({ energyRegister: 'interval' });

  it('is summed, the first one included', () => {
    const made = account(register(MINUTE, 100, 40, 40, 0, 70), interval);
    expect(sum(made, 'forwardWh')).toBe(250);
    expect(sum(made, 'coveredS')).toBe(240);
    expect(flagsOf(made)).toBe(0);
  });

  it('lays each difference over the time since the one before', () => {
    const made = account(
      [reading(14 * MINUTE, { energyForwardWh: 0 }), reading(16 * MINUTE, { energyForwardWh: 100 })],
      interval,
    );
    expect(intervalOf(made, 0)?.forwardWh).toBe(50);
    expect(intervalOf(made, 15 * MINUTE)?.forwardWh).toBe(50);
  });

  it('knows nothing of a gap: the difference after it belongs to where it was told', () => {
    const made = account(
      [reading(0, { energyForwardWh: 5 }), reading(3 * HOUR, { energyForwardWh: 7 })],
      interval,
    );
    expect(intervalOf(made, 0)).toMatchObject({ forwardWh: 5, flags: FLAG.gap });
    expect(intervalOf(made, HOUR)).toBeUndefined();
    expect(intervalOf(made, 3 * HOUR)).toMatchObject({ forwardWh: 7, recoveredWh: 0, coveredS: 0 });
  });

  it('flags a negative difference and counts nothing', () => {
    const made = account(register(MINUTE, 10, -5, 10), interval);
    expect(sum(made, 'forwardWh')).toBe(20);
    expect(intervalOf(made, 0)).toMatchObject({ flags: FLAG.implausible, coveredS: 60 });
  });
});

describe('A register that begins each local day at 0', () => {
  // Juba is two hours ahead: its midnight is 22:00 UTC.
  const daily = rules({ energyRegister: 'daily', zone: 'Africa/Juba' });
  const juba = (afterMidnightMs: number, energyForwardWh: number): Reading =>
    reading(22 * HOUR + afterMidnightMs, { energyForwardWh });

  it('is differenced within the day, and counted since midnight after it', () => {
    const made = account(
      [juba(-2 * MINUTE, 9000), juba(-MINUTE, 9100), juba(MINUTE, 60), juba(2 * MINUTE, 100)],
      daily,
    );
    expect(sum(made, 'forwardWh')).toBe(100 + 60 + 40);
    expect(flagsOf(made)).toBe(0);
    // From the last value of the day to midnight nobody vouches.
    expect(intervalOf(made, 21.75 * HOUR)).toMatchObject({ forwardWh: 100, coveredS: 60 });
    expect(intervalOf(made, 22 * HOUR)).toMatchObject({ forwardWh: 100, coveredS: 120 });
  });

  it('does not count yesterday twice when the meter’s clock is late', () => {
    const made = account([juba(-30 * SECOND, 9000), juba(30 * SECOND, 9010), juba(90 * SECOND, 5)], daily);
    expect(sum(made, 'forwardWh')).toBe(10 + 5);
    expect(flagsOf(made)).toBe(0);
  });

  it('closes the day with a value at midnight sharp', () => {
    const made = account([juba(-MINUTE, 9000), juba(0, 9100), juba(MINUTE, 50)], daily);
    expect(sum(made, 'forwardWh')).toBe(100 + 50);
    expect(intervalOf(made, 21.75 * HOUR)?.forwardWh).toBe(100);
  });

  it('counts only the new day after a gap over midnight, even when it stands higher than before', () => {
    const made = account([juba(-16 * HOUR, 100), juba(20 * HOUR, 5000)], daily);
    expect(sum(made, 'forwardWh')).toBe(5000);
    expect(intervalOf(made, 21.75 * HOUR)).toBeUndefined();
    expect(intervalOf(made, 22 * HOUR)).toMatchObject({ forwardWh: 62, recoveredWh: 62, flags: FLAG.gap });
  });

  it('is believed to have restarted when its rating allows all of it since midnight', () => {
    const rated = rules({ energyRegister: 'daily', zone: 'Africa/Juba', ratedW: 100_000 });
    const made = account([juba(-MINUTE, 10), juba(MINUTE, 1500)], rated);
    expect(sum(made, 'forwardWh')).toBe(1500);
  });

  it('flags a restart in the middle of the day and counts from 0', () => {
    const made = account([juba(8 * HOUR, 4000), juba(8 * HOUR + MINUTE, 20)], daily);
    expect(sum(made, 'forwardWh')).toBe(20);
    expect(flagsOf(made)).toBe(FLAG.reset);
  });

  it('follows a day of 23 hours', () => {
    const athens = rules({ energyRegister: 'daily', zone: 'Europe/Athens' });
    // 29 March 2026: Athens' day begins at 22:00 UTC and ends at 21:00 UTC.
    const dayStart = Date.UTC(2026, 2, 28, 22) - MIDNIGHT;
    const at = (afterMs: number, energyForwardWh: number): Reading =>
      reading(dayStart + afterMs, { energyForwardWh });
    const made = account(
      [at(MINUTE, 10), at(3 * HOUR, 100), at(23 * HOUR - MINUTE, 900), at(23 * HOUR + MINUTE, 7)],
      athens,
    );
    expect(sum(made, 'forwardWh')).toBe(890 + 7);
    expect(flagsOf(made) & FLAG.reset).toBe(0);
  });
});

describe('A jump beyond the rating', () => {
  const rated = rules({ ratedW: 100_000 });

  it('is held back and flagged, and the register goes on from there', () => {
    // 100 kW × 1 min × 1.5 = 2500 Wh, and one count of a kWh register.
    const made = account(register(MINUTE, 0, 1000, 901_000, 902_000), rated);
    expect(intervalOf(made, 0)).toMatchObject({
      forwardWh: 2000,
      implausibleWh: 900_000,
      flags: FLAG.implausible,
      coveredS: 120,
    });
  });

  it('is told by the time it took: what a gap allows is recovered', () => {
    const made = account(register(HOUR, 0, 149_000), rated);
    expect(sum(made, 'recoveredWh')).toBe(149_000);
    expect(sum(account(register(HOUR, 0, 152_000), rated), 'implausibleWh')).toBe(152_000);
  });

  it('is believed without a rating', () => {
    expect(sum(account(register(MINUTE, 0, 900_000)), 'forwardWh')).toBe(900_000);
  });

  it('is no jump when a register is refreshed more slowly than it is read', () => {
    // Read every 10 s, refreshed every minute: 4800 Wh at once are a minute at 288 kW, not ten seconds at 1.7 MW.
    const made = account(
      register(10 * SECOND, 0, 0, 0, 0, 0, 0, 1300, 1300, 1300, 1300, 1300, 1300, 6100),
      rules({ ratedW: 192_000 }),
    );
    expect(sum(made, 'forwardWh')).toBe(6100);
  });

  it('is held back from integrated power as well', () => {
    const made = account(
      [60_000, 400_000, 60_000, 60_000].map((activePowerW, i) => reading(i * MINUTE, { activePowerW })),
      rated,
    );
    expect(sum(made, 'forwardWh')).toBe(1000);
    expect(sum(made, 'implausibleWh')).toBe(7666);
    expect(sum(made, 'coveredS')).toBe(60);
    expect(flagsOf(made)).toBe(FLAG.implausible);
  });
});

describe('The largest values the decoders let through', () => {
  it('stay whole and finite over years of silence', () => {
    const made = account([
      reading(0, { energyForwardWh: 0 }),
      reading(24 * 400 * HOUR, { energyForwardWh: 1e15 }),
    ]);
    expect(sum(made, 'forwardWh')).toBe(1e15);
    expect(
      [...made.intervals.values()].every((each) => Number.isInteger(each.forwardWh) && each.forwardWh >= 0),
    ).toBe(true);
    expect(made.state.forward?.at).toBe(MIDNIGHT + 24 * 400 * HOUR);
  });

  it('keep power whole and finite', () => {
    const made = account(
      [reading(0, { activePowerW: 1e10 }), reading(24 * HOUR, { activePowerW: -1e10 })],
      rules({ maxGapMs: 24 * HOUR }),
    );
    expect(sum(made, 'forwardWh')).toBe(60_000_000_000);
    expect(sum(made, 'reverseWh')).toBe(60_000_000_000);
  });
});
