import { describe, expect, it } from 'vitest';
import { dayRange } from '#lib/energy/calendar.ts';
import { coverageOf, expectedWs, shareStatus } from '#lib/energy/coverage.ts';
import { buildLedgerMonth } from '#lib/energy/ledger-build.ts';
import type { LedgerEntry } from '#lib/energy/ledger.ts';
import { dieselShare, onSiteRenewableShare, renewableShare, sumEntries, totalWh } from '#lib/energy/share.ts';
import { buildCampLedgerDay } from '#lib/registry/camp-day.ts';
import { serviceRange } from '#lib/registry/in-service.ts';
import { AFTER, CAMP, DATES, MISSION, referenceIntervals, REGISTRY, ZONE } from './reference-camp.ts';

const intervals = referenceIntervals();
const days = DATES.map((date) =>
  buildCampLedgerDay({ registry: REGISTRY, mission: MISSION, camp: CAMP, date, intervals }),
);
const all = days.flat();

function kWh(
  entries: readonly LedgerEntry[],
  source: string,
  ownership: string,
  name: 'energyWh' | 'reverseWh' | 'exportedWh' | 'renewableWh',
) {
  return entries
    .filter((entry) => entry.source === source && entry.ownership === ownership)
    .map((entry) => entry[name] / 1000)
    .reduce((a, b) => a + b, 0);
}

describe('the reference camp, worked out by hand', () => {
  it.each([
    // day            solar          un-owned diesel   contingent's diesel   grid            battery
    //            energy  exported   energy exported    energy exported     in  renewable     out   in
    ['28 March', 0, [600, 64.0], [440, 16.0], [420, 30.0], [80, 35.04], [60, 160]],
    ['29 March', 1, [500, 108.0], [140, 2.8], [260, 5.2], [0, 0], [20, 50]],
    ['30 March', 2, [720, 0], [180, 0], [240, 0], [120, 52.56], [90, 120]],
  ] as const)('has the energy and the exports of %s', (_, i, solar, unDiesel, coeDiesel, grid, battery) => {
    const day = days[i] ?? [];
    expect([kWh(day, 'solar', 'un-owned', 'energyWh'), kWh(day, 'solar', 'un-owned', 'exportedWh')]).toEqual(
      solar,
    );
    expect([
      kWh(day, 'diesel', 'un-owned', 'energyWh'),
      kWh(day, 'diesel', 'un-owned', 'exportedWh'),
    ]).toEqual(unDiesel);
    expect([kWh(day, 'diesel', 'coe-wet', 'energyWh'), kWh(day, 'diesel', 'coe-wet', 'exportedWh')]).toEqual(
      coeDiesel,
    );
    expect([kWh(day, 'grid', 'host-grid', 'energyWh'), kWh(day, 'grid', 'host-grid', 'renewableWh')]).toEqual(
      grid,
    );
    expect([
      kWh(day, 'battery', 'un-owned', 'energyWh'),
      kWh(day, 'battery', 'un-owned', 'reverseWh'),
    ]).toEqual(battery);
  });

  it.each([
    // day       total   renewable share      on site       diesel
    ['28 March', 0, 1430, 571.04 / 1430, 536 / 1430, 814 / 1430],
    ['29 March', 1, 784, 392 / 784, 392 / 784, 392 / 784],
    ['30 March', 2, 1260, 772.56 / 1260, 720 / 1260, 420 / 1260],
  ] as const)('has the shares of %s', (_, i, totalKWh, renewable, onSite, diesel) => {
    const sums = sumEntries(days[i] ?? []);
    expect(totalWh(sums)).toBe(totalKWh * 1000);
    expect(renewableShare(sums)).toBeCloseTo(renewable, 12);
    expect(onSiteRenewableShare(sums)).toBeCloseTo(onSite, 12);
    expect(dieselShare(sums)).toBeCloseTo(diesel, 12);
  });

  it('has the share of the three days as a ratio of sums, not as a mean of percentages', () => {
    const sums = sumEntries(all);
    expect(totalWh(sums)).toBe(3_474_000);
    expect(renewableShare(sums)).toBeCloseTo(1735.6 / 3474, 12);
    expect(dieselShare(sums)).toBeCloseTo((1680 - 54) / 3474, 12);
  });

  it('takes the 16 kWh the battery fed into the grid from the rest of that day, pro rata', () => {
    // 800 kWh were left after the exports of their own quarters: sun 400, gen-1 140, gen-2 260.
    const sums = sumEntries(days[1] ?? []);
    expect(sums.exportedWh).toBe(116_000);
  });

  it('counts the register through the outage, and says that it was recovered', () => {
    // gen-2: 30 + 6 × 50 on the 28th, all 260 of the 29th, 240 on the 30th
    expect(sumEntries(all).recoveredWh).toBe(830_000);
  });

  it('keeps metered fuel apart from what the default curve estimates', () => {
    const sums = sumEntries(all);
    expect(sums.fuelMl).toBe(760 * 300); // gen-1: 760 kWh × 0.3 L
    // gen-2, 100 kW: 240 kWh at 30 %, 300 at 50 %, 140 at 20 %, 240 at 40 % load
    expect(sums.estimatedFuelMl).toBe(240 * 374 + 300 * 310 + 140 * 390 + 240 * 342);
  });

  it('covers 88.7 % of 71 hours, for gen-2 was silent for 36 of them', () => {
    const meters = Object.values(REGISTRY.missions[MISSION]?.camps[CAMP]?.meters ?? {})
      .filter(({ source }) => source !== 'battery')
      .map((meter) => ({ service: serviceRange(meter, ZONE), ratedW: meter.ratedW }));
    const range = { from: dayRange(DATES[0], ZONE).from, to: AFTER };
    const expected = expectedWs(meters, range, AFTER);
    expect(expected).toBe(71 * 3600 * 450_000);
    const coverage = coverageOf({ coveredWs: sumEntries(all).coveredWs, expectedWs: expected });
    expect(coverage).toBeCloseTo((71 * 450 - 36 * 100) / (71 * 450), 12);
    expect(shareStatus({ share: 0.5, coverage })).toBe('provisional');
  });

  it('counts the old solar meter before the swap and the new one from it on', () => {
    const swapped = new Map(intervals);
    swapped.set('pv-2', new Map([...(intervals.get('pv-1') ?? []), ...(intervals.get('pv-2') ?? [])]));
    const again = DATES.flatMap((date) =>
      buildCampLedgerDay({ registry: REGISTRY, mission: MISSION, camp: CAMP, date, intervals: swapped }),
    );
    expect(again).toEqual(all);
  });

  it('has a month that is the sum of its days', () => {
    const month = buildLedgerMonth(all);
    expect(new Set(month.map(({ level, period }) => `${level} ${period}`))).toEqual(
      new Set(['month 2026-03']),
    );
    expect(sumEntries(month)).toEqual(sumEntries(all));
    expect(month).toHaveLength(5);
  });
});
