import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialState } from '#lib/energy/account-state.ts';
import { dayRange } from '#lib/energy/calendar.ts';
import { UNRATED_WEIGHT_W } from '#lib/energy/coverage.ts';
import { emptyInterval, INTERVAL_MS, type EnergyInterval } from '#lib/energy/interval.ts';
import { buildLedgerDay, buildLedgerMonth } from '#lib/energy/ledger-build.ts';
import { intervalsByStart, splitCampDay, type CampDay, type LedgerMeter } from '#lib/energy/ledger-split.ts';
import { LEDGER_AMOUNTS } from '#lib/energy/ledger.ts';
import { meterRef } from '#lib/energy/reading.ts';
import { dieselShare, renewableShare, sumEntries, totalWh } from '#lib/energy/share.ts';
import { OWNERSHIPS, SOURCES, type Source } from '#lib/energy/source.ts';

const ZONE = 'Asia/Kathmandu'; // +05:45: a day begins a quarter past the hour, UTC
const DATE = '2026-11-24';
const START = dayRange(DATE, ZONE).from;

function quarters(...flows: (Partial<EnergyInterval> | null)[]): Map<number, EnergyInterval> {
  const known = flows.map((flow, i) => [START + i * INTERVAL_MS, flow] as const);
  return new Map(
    known.flatMap(([start, flow]) =>
      flow === null ? [] : [[start, { ...emptyInterval(), coveredS: 900, ...flow }]],
    ),
  );
}

function meter(source: Source, intervals: Map<number, EnergyInterval>, ratedW?: number): LedgerMeter {
  return { source, ownership: 'un-owned', ratedW, intervals };
}

function campDay(meters: readonly LedgerMeter[], gridRenewableFraction = 0): CampDay {
  return { mission: 'unmin', camp: 'kathmandu', date: DATE, zone: ZONE, gridRenewableFraction, meters };
}

function amountsOf(meters: readonly LedgerMeter[], source: Source, gridRenewableFraction = 0) {
  return buildLedgerDay(campDay(meters, gridRenewableFraction)).find((entry) => entry.source === source);
}

describe('exports', () => {
  it('are taken from the generation of their own quarter, not from the day’s mix', () => {
    const meters = [
      meter('solar', quarters({ forwardWh: 1000 }, { forwardWh: 0 })),
      meter('diesel', quarters({ forwardWh: 0 }, { forwardWh: 1000 })),
      meter('grid', quarters({ reverseWh: 400 }, { reverseWh: 0 })),
    ];
    expect(amountsOf(meters, 'solar')).toMatchObject({ exportedWh: 400, renewableWh: 600 });
    expect(amountsOf(meters, 'diesel')).toMatchObject({ exportedWh: 0 });
  });

  it('are divided exactly, to the Wh', () => {
    const meters = [
      meter('solar', quarters({ forwardWh: 100 })),
      meter('wind', quarters({ forwardWh: 100 })),
      meter('hydro', quarters({ forwardWh: 100 })),
      meter('grid', quarters({ reverseWh: 100 })),
    ];
    const exported = (['solar', 'wind', 'hydro'] as const).map(
      (source) => amountsOf(meters, source)?.exportedWh,
    );
    expect(exported).toEqual([34, 33, 33]);
  });

  it('that even the day’s generation cannot explain are not taken from anything', () => {
    const meters = [
      meter('solar', quarters({ forwardWh: 30 })),
      meter('battery', quarters({ forwardWh: 100 })),
      meter('grid', quarters({ reverseWh: 100 })),
    ];
    expect(amountsOf(meters, 'solar')).toMatchObject({ exportedWh: 30, renewableWh: 0 });
    const sums = sumEntries(buildLedgerDay(campDay(meters)));
    expect(totalWh(sums)).toBe(0);
    expect(renewableShare(sums)).toBeNull();
  });
});

describe('a battery', () => {
  it('charged from diesel stays diesel: it stands in neither numerator nor denominator', () => {
    const diesel = meter('diesel', quarters({ forwardWh: 1000 }, null));
    const battery = meter('battery', quarters({ reverseWh: 500 }, { forwardWh: 450 }));
    const sums = sumEntries(buildLedgerDay(campDay([diesel, battery])));
    expect(totalWh(sums)).toBe(1000);
    expect([renewableShare(sums), dieselShare(sums)]).toEqual([0, 1]);
    expect([sums.chargedWh, sums.dischargedWh]).toEqual([500, 450]);
  });
});

describe('grid energy', () => {
  it('counts its renewable fraction, rounded once a day', () => {
    const grid = meter(
      'grid',
      quarters({ forwardWh: 1 }, { forwardWh: 1 }, { forwardWh: 1 }, { forwardWh: 1 }),
    );
    expect(amountsOf([grid], 'grid', 0.438)).toMatchObject({ energyWh: 4, renewableWh: 2 });
    expect(splitCampDay(campDay([grid], 0.438)).map(({ amounts }) => amounts.renewableWh)).toEqual([
      0, 1, 0, 1,
    ]);
  });
});

describe('fuel', () => {
  it('is estimated only for a genset that told no fuel all day', () => {
    const metered = meter(
      'diesel',
      quarters({ forwardWh: 12_500, fuelMl: 0 }, { forwardWh: 12_500, fuelMl: 8000 }),
      100_000,
    );
    const unmetered = meter('diesel', quarters({ forwardWh: 12_500 }), 100_000);
    expect(amountsOf([metered], 'diesel')).toMatchObject({ fuelMl: 8000, estimatedFuelMl: 0 });
    expect(amountsOf([unmetered], 'diesel')).toMatchObject({ fuelMl: 0, estimatedFuelMl: 3875 });
    expect(amountsOf([metered, unmetered], 'diesel')).toMatchObject({ fuelMl: 8000, estimatedFuelMl: 3875 });
  });

  it('is never estimated for what burns none', () => {
    expect(amountsOf([meter('solar', quarters({ forwardWh: 500 }))], 'solar')?.estimatedFuelMl).toBe(0);
  });
});

describe('coverage', () => {
  it('weighs seconds by rated watts, and by a fixed weight where nobody rated the meter', () => {
    expect(amountsOf([meter('solar', quarters({}, { coveredS: 100 }), 7)], 'solar')?.coveredWs).toBe(7000);
    expect(amountsOf([meter('solar', quarters({}))], 'solar')?.coveredWs).toBe(900 * UNRATED_WEIGHT_W);
  });
});

describe('a local day', () => {
  it('takes the intervals that begin in it, and no others', () => {
    const intervals = new Map(
      [-1, 0, 95, 96].map((i) => [START + i * INTERVAL_MS, { ...emptyInterval(), forwardWh: 1 }]),
    );
    expect(amountsOf([meter('solar', intervals)], 'solar')?.energyWh).toBe(2);
  });

  it('of which nothing is known has no entries at all', () => {
    expect(buildLedgerDay(campDay([meter('solar', new Map())]))).toEqual([]);
    expect(buildLedgerDay(campDay([]))).toEqual([]);
  });

  it('keeps ownerships apart', () => {
    const un = meter('diesel', quarters({ forwardWh: 1 }));
    const entries = buildLedgerDay(campDay([un, { ...un, ownership: 'coe-dry' }, un]));
    expect(entries.map(({ ownership, energyWh }) => [ownership, energyWh])).toEqual([
      ['un-owned', 2],
      ['coe-dry', 1],
    ]);
  });
});

describe('the days of a meter', () => {
  it('become a look-up by instant', () => {
    const interval = emptyInterval();
    const places = new Array<EnergyInterval | null>(96).fill(null);
    places[3] = interval;
    const day = { meter: meterRef('a', 'b', 'c'), day: 2, start: initialState(), intervals: places };
    expect([...intervalsByStart([day])]).toEqual([[2 * 86_400_000 + 3 * INTERVAL_MS, interval]]);
  });
});

const flow = fc.record({
  forwardWh: fc.integer({ min: 0, max: 200_000 }),
  reverseWh: fc.integer({ min: 0, max: 200_000 }),
  coveredS: fc.integer({ min: 0, max: 900 }),
});
const anyMeter = fc
  .tuple(
    fc.constantFrom(...SOURCES),
    fc.constantFrom(...OWNERSHIPS),
    fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined }),
    fc.array(fc.option(flow), { maxLength: 8 }),
  )
  .map(([source, ownership, ratedW, flows]): LedgerMeter => ({
    source,
    ownership,
    ratedW,
    intervals: quarters(...flows),
  }));
const anyDay = fc
  .tuple(fc.array(anyMeter, { maxLength: 8 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([meters, fraction]) => campDay(meters, fraction));

describe('whatever the meters say', () => {
  it('exports never exceed generation, nothing is negative, and the shares add up to 1', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const entries = buildLedgerDay(day);
        for (const entry of entries) {
          expect(entry.exportedWh).toBeLessThanOrEqual(entry.energyWh);
          for (const name of LEDGER_AMOUNTS) expect(entry[name]).toBeGreaterThanOrEqual(0);
          expect(Number.isInteger(entry.exportedWh) && Number.isInteger(entry.renewableWh)).toBe(true);
        }
        const sums = sumEntries(entries);
        const gridOut = day.meters
          .filter(({ source }) => source === 'grid')
          .flatMap(({ intervals }) => [...intervals.values()])
          .reduce((sum, { reverseWh }) => sum + reverseWh, 0);
        const onSite = sums.solarWh + sums.windWh + sums.hydroWh + sums.dieselWh;
        expect(sums.exportedWh).toBe(Math.min(gridOut, onSite));
        const total = totalWh(sums);
        if (total > 0) {
          const restOfGrid = (sums.gridWh - sums.gridRenewableWh) / total;
          expect((renewableShare(sums) ?? 0) + (dieselShare(sums) ?? 0) + restOfGrid).toBeCloseTo(1, 9);
        } else expect(renewableShare(sums)).toBeNull();
      }),
    );
  });

  it('quarters add up to the day, days to the month', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const cells = splitCampDay(day).map(({ source, amounts }) => ({ source, ...amounts }));
        const entries = buildLedgerDay(day);
        expect(sumEntries(cells)).toEqual(sumEntries(entries));
        expect(sumEntries(buildLedgerMonth(entries))).toEqual(sumEntries(entries));
      }),
    );
  });

  it('the order of the meters changes nothing', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        expect(buildLedgerDay({ ...day, meters: [...day.meters].reverse() })).toEqual(buildLedgerDay(day));
      }),
    );
  });

  it('the share of two days is the ratio of their sums', () => {
    fc.assert(
      fc.property(anyDay, anyDay, (a, b) => {
        const [first, second] = [sumEntries(buildLedgerDay(a)), sumEntries(buildLedgerDay(b))];
        const both = sumEntries([...buildLedgerDay(a), ...buildLedgerDay(b)]);
        const total = totalWh(first) + totalWh(second);
        const renewable =
          (renewableShare(first) ?? 0) * totalWh(first) + (renewableShare(second) ?? 0) * totalWh(second);
        if (total > 0) expect(renewableShare(both)).toBeCloseTo(renewable / total, 9);
        else expect(renewableShare(both)).toBeNull();
      }),
    );
  });
});
