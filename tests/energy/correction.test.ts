import { describe, expect, it } from 'vitest';
import { overlayOf, scaleRise, withReplacements, type Corrected } from '#lib/energy/correction.ts';
import { DAY_MS, emptyInterval, FLAG, INTERVALS_PER_DAY, INTERVAL_MS } from '#lib/energy/interval.ts';
import type { MeterRules } from '#lib/energy/account-rules.ts';
import {
  account,
  dayOf,
  flagsOf,
  HOUR,
  intervalOf,
  MIDNIGHT,
  MINUTE,
  reading,
  register,
  rules,
  sum,
} from './account-fixtures.ts';

function under(corrected: readonly Corrected[], changes: Partial<MeterRules> = {}): MeterRules {
  const overlay = overlayOf(corrected);
  return rules({ ...changes, ...(overlay && { overlay }) });
}

function from(afterMs: number, toMs: number) {
  return { from: MIDNIGHT + afterMs, to: MIDNIGHT + toMs };
}

describe('An exclusion', () => {
  it('leaves a register out for its time, and the register tells what came between', () => {
    const readings = register(15 * MINUTE, 1000, 2000, 99_000_000, 4000, 5000);
    const excluded = {
      ...from(30 * MINUTE, 31 * MINUTE),
      effect: { kind: 'exclude', quantity: null },
    } as const;
    const made = account(readings, under([excluded], { maxGapMs: HOUR }));
    expect(sum(made, 'forwardWh')).toBe(4000);
    expect(flagsOf(made) & FLAG.reset).toBe(0);
  });

  it('of one quantity leaves the others in', () => {
    const readings = [0, 1, 2].map((i) =>
      reading(i * MINUTE, { energyForwardWh: 100 * i, fuelUsedL: i === 1 ? 5000 : 100 + i }),
    );
    const effect = { kind: 'exclude', quantity: 'fuelUsedL' } as const;
    const made = account(readings, under([{ ...from(MINUTE, MINUTE + 1), effect }]));
    expect(sum(made, 'fuelMl')).toBe(2000);
    expect(sum(made, 'forwardWh')).toBe(200);
  });

  it('is half-open: the reading at its end counts', () => {
    const effect = { kind: 'exclude', quantity: null } as const;
    const made = account(register(MINUTE, 0, 10, 30), under([{ ...from(0, MINUTE), effect }]));
    expect(sum(made, 'forwardWh')).toBe(20);
  });
});

describe('A confirmation', () => {
  const jump = register(MINUTE, 0, 1000, 900_000);
  const rated = { ratedW: 60_000 };

  it('believes the jump that ends in its range', () => {
    const held = account(jump, rules(rated));
    expect([sum(held, 'forwardWh'), sum(held, 'implausibleWh')]).toEqual([1000, 899_000]);
    const made = account(
      jump,
      under([{ ...from(2 * MINUTE, 3 * MINUTE), effect: { kind: 'confirm' } }], rated),
    );
    expect([sum(made, 'forwardWh'), sum(made, 'implausibleWh')]).toEqual([900_000, 0]);
    expect(flagsOf(made)).toBe(FLAG.corrected);
  });

  it('says nothing of any other jump', () => {
    const made = account(jump, under([{ ...from(0, 2 * MINUTE), effect: { kind: 'confirm' } }], rated));
    expect(sum(made, 'implausibleWh')).toBe(899_000);
  });

  it('believes power beyond the rating too', () => {
    const readings = [0, 1].map((i) => reading(i * MINUTE, { activePowerW: 120_000 }));
    const effect = { kind: 'confirm' } as const;
    expect(sum(account(readings, rules(rated)), 'forwardWh')).toBe(0);
    expect(sum(account(readings, under([{ ...from(0, HOUR), effect }], rated)), 'forwardWh')).toBe(2000);
  });
});

describe('A scale', () => {
  const scale = { kind: 'scale', of: 'energy', factor: 1.25 } as const;

  it('counts a register so many times from its first instant to its last, to the watt-hour', () => {
    // One Wh a second: each rounded by itself, a scale of 1.25 would count nothing more.
    const readings = Array.from({ length: 3601 }, (_, i) => reading(i * 1000, { energyForwardWh: 7 + i }));
    const made = account(readings, under([{ ...from(15 * MINUTE, 45 * MINUTE), effect: scale }]));
    expect([0, 1, 2, 3].map((i) => intervalOf(made, i * INTERVAL_MS)?.forwardWh)).toEqual([
      900, 1125, 1125, 900,
    ]);
  });

  it('parts a gap where it begins', () => {
    const readings = [reading(0, { energyForwardWh: 0 }), reading(2 * HOUR, { energyForwardWh: 8000 })];
    const made = account(readings, under([{ ...from(HOUR, 3 * HOUR), effect: scale }]));
    expect(sum(made, 'forwardWh')).toBe(4000 + 5000);
    expect(sum(made, 'recoveredWh')).toBe(9000);
  });

  it('judges falls and the rating by what is true: the register as told, the energy as scaled', () => {
    const readings = register(HOUR, 0, 200_000);
    const effect = { kind: 'scale', of: 'energy', factor: 0.2 } as const;
    const made = account(
      readings,
      under([{ ...from(0, DAY_MS), effect }], { ratedW: 50_000, maxGapMs: HOUR }),
    );
    expect([sum(made, 'forwardWh'), sum(made, 'implausibleWh')]).toEqual([40_000, 0]);
  });

  it('scales power where it was read, and marks the quarter', () => {
    const readings = [0, 1, 2].map((i) => reading(i * MINUTE, { activePowerW: 60_000 }));
    const made = account(readings, under([{ ...from(0, HOUR), effect: scale }]));
    expect(sum(made, 'forwardWh')).toBe(2500);
    expect(intervalOf(made, 0)?.maxW).toBe(75_000);
    expect(flagsOf(made)).toBe(FLAG.corrected);
  });

  it('of fuel leaves energy alone', () => {
    const readings = [0, 1].map((i) => reading(i * MINUTE, { energyForwardWh: i * 100, fuelUsedL: i }));
    const effect = { kind: 'scale', of: 'fuel', factor: 3.785 } as const;
    const made = account(readings, under([{ ...from(0, HOUR), effect }]));
    expect([sum(made, 'forwardWh'), sum(made, 'fuelMl')]).toEqual([100, 3785]);
  });

  it('cuts a rise at both its ends', () => {
    const parts = scaleRise({ fromAt: 0, toAt: 100, amount: 10, mark: 5 }, [{ from: 20, to: 50, factor: 2 }]);
    expect(parts.map(({ fromAt, toAt, amount }) => [fromAt, toAt, amount])).toEqual([
      [0, 20, 2],
      [20, 50, 6],
      [50, 100, 5],
    ]);
  });
});

describe('A replacement', () => {
  const effect = { kind: 'replace', known: 'manual', energyWh: 1001 } as const;

  it('puts a known figure in the place of what was metered, spread evenly and whole', () => {
    const overlay = overlayOf([{ ...from(HOUR, 2 * HOUR), effect }]);
    const made = account(
      register(15 * MINUTE, 0, 10, 20, 30, 40, 50, 60, 70, 80),
      rules({ maxGapMs: HOUR, ...(overlay && { overlay }) }),
    );
    const day = dayOf(made, MIDNIGHT / DAY_MS);
    expect(day.slice(3, 9).map((each) => each?.forwardWh)).toEqual([10, 250, 250, 250, 251, undefined]);
    expect(day[4]).toMatchObject({ manualWh: 250, recoveredWh: 0, coveredS: 0, flags: FLAG.corrected });
    expect(day[3]).toMatchObject({ manualWh: 0, coveredS: 900, flags: 0 });
  });

  it('stands where nothing was metered at all, over midnight, and adds up', () => {
    const overlay = overlayOf([{ ...from(23 * HOUR, DAY_MS + HOUR), effect }]);
    const unknown = Array.from({ length: INTERVALS_PER_DAY }, () => null);
    const days = [0, 1, 2].map((i) => withReplacements(MIDNIGHT / DAY_MS + i, unknown, overlay));
    const sums = days.map((day) => day.reduce((all, each) => all + (each?.forwardWh ?? 0), 0));
    expect(sums).toEqual([500, 501, 0]);
  });

  it('of energy leaves metered fuel and the reverse direction as they are, and done twice changes nothing', () => {
    const overlay = overlayOf([{ ...from(0, HOUR), effect: { ...effect, known: 'estimated' } }]);
    const metered = {
      ...emptyInterval(),
      forwardWh: 9,
      fuelMl: 70,
      reverseWh: 3,
      implausibleWh: 5,
      coveredS: 900,
    };
    const intervals = [metered, ...Array.from({ length: 95 }, () => null)];
    const once = withReplacements(MIDNIGHT / DAY_MS, intervals, overlay);
    expect(once[0]).toMatchObject({
      forwardWh: 250,
      estimatedWh: 250,
      fuelMl: 70,
      reverseWh: 3,
      implausibleWh: 0,
    });
    expect(withReplacements(MIDNIGHT / DAY_MS, once, overlay)).toEqual(once);
    expect(metered.forwardWh).toBe(9);
  });
});
