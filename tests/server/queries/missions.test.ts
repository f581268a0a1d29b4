import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDays, daysBetween } from '#lib/energy/calendar.ts';
import { IPCC_2006_AR5 } from '#lib/energy/factors.ts';
import type { LedgerEntry } from '#lib/energy/ledger.ts';
import { campsAnswer } from '#lib/server/queries/camps.ts';
import { missionsAnswer, missionSummaryAnswer } from '#lib/server/queries/missions.ts';
import { AFTER, CAMP, MISSION, REGISTRY } from '../../energy/reference-camp.ts';
import {
  camp,
  entry,
  meter,
  mission,
  registryOf,
  temporaryStore,
  writeDays,
  writeReferenceCamp,
  type TestStore,
} from './fixture.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const YEAR = { from: '2026-01-01', to: '2026-12-31' };
let temporary: TestStore;

beforeEach(() => {
  temporary = temporaryStore();
});
afterEach(() => temporary.dispose());

describe('the reference camp over its three days', () => {
  const period = { from: '2026-03-28', to: '2026-03-30' };

  it('has the summary that was worked out by hand', async () => {
    await writeReferenceCamp(temporary.store);
    const ctx = { store: temporary.store, registry: REGISTRY, now: AFTER };
    const [summary] = (await missionsAnswer(ctx, period)).missions;
    expect(summary).toMatchObject({
      mission: MISSION,
      name: 'UNIFIL',
      example: false,
      electricityWh: {
        total: 3_474_000,
        solar: 1_820_000,
        wind: 0,
        hydro: 0,
        diesel: 1_680_000,
        grid: 200_000,
        gridRenewable: 87_600,
        exported: 226_000,
      },
      quality: { measuredWh: 3_700_000 - 830_000, recoveredWh: 830_000, estimatedWh: 0, manualWh: 0 },
      target: { year: 2030, share: 0.8, official: false },
      fuelL: 228,
      estimatedFuelL: 319.44,
      implausibleWh: 0,
      status: 'provisional',
      personDays: 1500,
    });
    expect(summary?.renewableShare).toBeCloseTo(1735.6 / 3474, 12);
    expect(summary?.onSiteRenewableShare).toBeCloseTo(1648 / 3474, 12);
    expect(summary?.dieselShare).toBeCloseTo(1626 / 3474, 12);
    expect(summary?.target?.pathShare).toBeCloseTo(0.48, 12);
    expect(summary?.gapPp).toBeCloseTo((1735.6 / 3474 - 0.48) * 100, 9);
    expect(summary?.coverage).toBeCloseTo(28_350 / 31_950, 9);
    // 228 L metered and 319.44 L estimated for gen-2
    expect(summary?.ghgKg).toBeCloseTo((228 + 319.44) * IPCC_2006_AR5.dieselKgCo2ePerL, 6);
  });

  it('says the same of the whole month, of the mission alone and of its only camp', async () => {
    await writeReferenceCamp(temporary.store);
    const ctx = { store: temporary.store, registry: REGISTRY, now: AFTER };
    const byDays = await missionSummaryAnswer(ctx, { mission: MISSION, period });
    const byMonth = await missionSummaryAnswer(ctx, {
      mission: MISSION,
      period: { from: '2026-03-01', to: '2026-03-31' },
    });
    expect(byMonth?.electricityWh).toEqual(byDays?.electricityWh);
    expect(byMonth?.coverage).toBe(byDays?.coverage);
    const camps = await campsAnswer(ctx, { mission: MISSION, period });
    const [only] = camps?.camps ?? [];
    expect(only).toEqual({
      ...byDays,
      mission: MISSION,
      camp: CAMP,
      name: 'Naqoura',
      example: undefined,
      finalYear: undefined,
      balance: null,
    });
  });
});

/** A year's worth of day entries of one camp: the same every day, fully covered unless told. */
function yearOf(
  slug: string,
  { diesel, solar, covered = 1 }: { diesel: number; solar: number; covered?: number },
): LedgerEntry[] {
  const days = daysBetween({ from: '2026-01-01', to: '2026-11-23' });
  const coveredWs = 86_400 * 100_000 * covered;
  return days.flatMap((period) => [
    entry({ mission: slug, camp: 'main', source: 'diesel', period }, { energyWh: diesel, coveredWs }),
    entry(
      { mission: slug, camp: 'main', source: 'solar', period },
      { energyWh: solar, renewableWh: solar, coveredWs },
    ),
  ]);
}

const plant = () => ({
  main: camp({
    'genset-1': meter('diesel', { ratedW: 100_000 }),
    'pv-1': meter('solar', { ratedW: 100_000 }),
  }),
});

describe('the ranking', () => {
  it('puts the worst gap first, withheld ones below the line, and those without data last', async () => {
    const { store } = temporary;
    const registry = registryOf({
      good: mission(plant(), { name: 'Good' }),
      silent: mission(plant(), { name: 'Silent' }),
      bad: mission(plant(), { name: 'Bad' }),
      patchy: mission(plant(), { name: 'Patchy' }),
      provisional: mission(plant(), { name: 'Provisional' }),
    });
    await writeDays(store, [
      ...yearOf('good', { diesel: 20, solar: 80 }),
      ...yearOf('bad', { diesel: 90, solar: 10 }),
      ...yearOf('patchy', { diesel: 100, solar: 0, covered: 0.7 }),
      ...yearOf('provisional', { diesel: 50, solar: 50, covered: 0.9 }),
      ...yearOf('not-in-the-registry', { diesel: 50, solar: 50 }),
    ]);
    const { missions, period } = await missionsAnswer({ store, registry, now: NOW }, YEAR);
    expect(period).toEqual(YEAR);
    expect(missions.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      'Bad: reportable',
      'Provisional: provisional',
      'Good: reportable',
      'Patchy: withheld',
      'Silent: no-data',
    ]);
    expect(missions.map(({ gapPp }) => gapPp && Math.round(gapPp))).toEqual([-38, 2, 32, -48, null]);
  });

  it('gives a silent mission a coverage of 0, not none, and no share, not 0', async () => {
    const ctx = { store: temporary.store, registry: registryOf({ silent: mission(plant()) }), now: NOW };
    const [silent] = (await missionsAnswer(ctx, YEAR)).missions;
    expect(silent).toMatchObject({
      coverage: 0,
      renewableShare: null,
      dieselShare: null,
      gapPp: null,
      status: 'no-data',
    });
  });
});

describe('a period', () => {
  it('that lies in the future expects nothing and knows nothing', async () => {
    const ctx = { store: temporary.store, registry: registryOf({ a: mission(plant()) }), now: NOW };
    const [summary] = (await missionsAnswer(ctx, { from: '2027-01-01', to: '2027-12-31' })).missions;
    expect(summary).toMatchObject({ coverage: null, status: 'no-data', personDays: null });
    expect(summary?.target?.pathShare).toBeCloseTo(0.56, 12);
  });

  it('before the first target has no target and no gap', async () => {
    const { store } = temporary;
    await writeDays(store, [
      entry(
        { mission: 'a', camp: 'main', source: 'solar', period: '2024-05-05' },
        { energyWh: 5, renewableWh: 5 },
      ),
    ]);
    const ctx = { store, registry: registryOf({ a: mission(plant()) }), now: NOW };
    const [summary] = (await missionsAnswer(ctx, { from: '2024-01-01', to: '2024-12-31' })).missions;
    expect(summary).toMatchObject({ target: null, gapPp: null, renewableShare: 1 });
  });

  it('is read in months and edge days to the same sums as in days', async () => {
    const { store } = temporary;
    const days = daysBetween({ from: '2026-01-01', to: '2026-06-30' });
    await writeDays(
      store,
      days.map((period, i) =>
        entry({ mission: 'a', camp: 'main', source: 'diesel', period }, { energyWh: i + 1 }),
      ),
    );
    const ctx = { store, registry: registryOf({ a: mission(plant()) }), now: NOW };
    const summary = await missionSummaryAnswer(ctx, {
      mission: 'a',
      period: { from: '2026-01-11', to: addDays('2026-01-01', 99) },
    });
    // days 11 to 100: (11 + 100) × 90 ÷ 2
    expect(summary?.electricityWh.total).toBe(4995);
  });
});

describe('an unknown mission', () => {
  it.each(['nobody', '__proto__', 'constructor', 'toString', ''])('called %j is undefined', async (slug) => {
    const ctx = { store: temporary.store, registry: registryOf({ a: mission(plant()) }), now: NOW };
    expect(await missionSummaryAnswer(ctx, { mission: slug, period: YEAR })).toBeUndefined();
    expect(await campsAnswer(ctx, { mission: slug, period: YEAR })).toBeUndefined();
  });
});

describe('people', () => {
  it('are counted for the days that have begun', async () => {
    const people = [
      { from: '2026-07-01', people: 200 },
      { from: '2026-01-01', people: 100 },
    ];
    const registry = registryOf({
      a: mission({ main: camp({ g: meter('diesel') }, { headcount: people }) }),
    });
    const ctx = { store: temporary.store, registry, now: Date.parse('2026-07-10T12:00:00Z') };
    // 181 days to the end of June, and ten of July
    expect((await missionSummaryAnswer(ctx, { mission: 'a', period: YEAR }))?.personDays).toBe(
      181 * 100 + 10 * 200,
    );
  });

  it('are unknown when a supplied camp does not count them, so that litres a person never look too high', async () => {
    const counted = camp({ g: meter('diesel') }, { headcount: [{ from: '2020-01-01', people: 5 }] });
    const registry = registryOf({ a: mission({ one: counted, two: camp({ g: meter('diesel') }) }) });
    const ctx = { store: temporary.store, registry, now: NOW };
    expect((await missionSummaryAnswer(ctx, { mission: 'a', period: YEAR }))?.personDays).toBeNull();
  });
});

describe('the energy balance', () => {
  it('of a camp with a load meter counts export, charge and discharge, and finds what does not add up', async () => {
    const { store } = temporary;
    const at = { mission: 'a', camp: 'main', period: '2026-05-05' };
    await writeDays(store, [
      entry({ ...at, source: 'diesel' }, { energyWh: 1000, exportedWh: 60 }),
      // 100 left, of which the day's generation explains 60: the battery gave the rest
      entry({ ...at, source: 'grid' }, { reverseWh: 100 }),
      entry({ ...at, source: 'battery' }, { energyWh: 50, reverseWh: 80 }),
      entry({ ...at, source: 'load' }, { energyWh: 600 }),
    ]);
    const registry = registryOf({ a: mission({ main: camp({ g: meter('diesel'), l: meter('load') }) }) });
    const answer = await campsAnswer({ store, registry, now: NOW }, { mission: 'a', period: YEAR });
    // 1000 − 100 + 50 − 80 = 870, of which 270 nobody consumed
    expect(answer?.camps[0]?.balance).toEqual({
      deliveredWh: 870,
      loadWh: 600,
      differenceWh: 270,
      differenceShare: 270 / 870,
      isFinding: true,
    });
  });
});
