import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnergyAnswer, EnergyStep } from '#lib/server/queries/types.ts';
import { campEnergyAnswer, missionEnergyAnswer } from '#lib/server/queries/energy.ts';
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

const period = { from: '2026-03-28', to: '2026-03-30' };
let temporary: TestStore;

beforeAll(async () => {
  temporary = temporaryStore();
  await writeReferenceCamp(temporary.store);
});
afterAll(() => temporary.dispose());

async function ask(step: EnergyStep, over = period, now = AFTER): Promise<EnergyAnswer> {
  const ctx = { store: temporary.store, registry: REGISTRY, now };
  const answer = await missionEnergyAnswer(ctx, { mission: MISSION, period: over, step });
  if (answer === undefined) throw new Error('the reference mission is registered');
  return answer;
}

const FIGURES = ['total', 'solar', 'diesel', 'grid', 'gridRenewable', 'exported'] as const;

describe('the energy of the reference camp', () => {
  it.each([
    ['15m', 71 * 4],
    ['1h', 71],
    ['1d', 3],
    ['1mo', 1],
  ] as const)('in steps of %s has %d buckets that add up to the summary', async (step, count) => {
    const { buckets, series, summary } = await ask(step);
    expect(buckets).toHaveLength(count);
    for (const figure of FIGURES) {
      const sum = buckets.reduce((total, bucket) => total + bucket.electricityWh[figure], 0);
      expect([figure, sum]).toEqual([figure, summary.electricityWh[figure]]);
    }
    expect(buckets.reduce((sum, { battery }) => sum + battery.chargedWh, 0)).toBe(330_000);
    expect(buckets.reduce((sum, { fuelL }) => sum + fuelL, 0)).toBeCloseTo(228, 9);
    expect(buckets.reduce((sum, { ghgKg }) => sum + ghgKg, 0)).toBeCloseTo(summary.ghgKg, 6);
    expect(buckets.reduce((sum, { quality }) => sum + quality.recoveredWh, 0)).toBe(830_000);
    expect(series.solar).toHaveLength(count);
    expect(series.solar.reduce<number>((sum, wh) => sum + (wh ?? 0), 0)).toBe(1_820_000);
  });

  it('has local days, the short one of 23 hours', async () => {
    const { buckets, zone } = await ask('1d');
    expect(zone).toBe('Asia/Beirut');
    expect(buckets.map(({ start, end }) => `${start} ${end}`)).toEqual([
      '2026-03-28T00:00:00+02:00 2026-03-29T01:00:00+03:00',
      '2026-03-29T01:00:00+03:00 2026-03-30T00:00:00+03:00',
      '2026-03-30T00:00:00+03:00 2026-03-31T00:00:00+03:00',
    ]);
    expect(buckets.map(({ renewableShare }) => renewableShare?.toFixed(4))).toEqual([
      '0.3993',
      '0.5000',
      '0.6131',
    ]);
    expect(buckets.map(({ pathShare }) => pathShare?.toFixed(2))).toEqual(['0.48', '0.48', '0.48']);
    // the 28th: gen-2 silent for 7 of 24 h, 100 of 450 kW
    expect(buckets[0]?.coverage).toBeCloseTo((24 * 450 - 700) / (24 * 450), 12);
  });

  it('tells a source that is unknown apart from one that gave nothing', async () => {
    const { series } = await ask('1h');
    expect(series.solar[0]).toBe(0); // the sun had not risen, and the meter said so
    expect(series.wind[0]).toBeNull(); // there is no wind meter
    expect(new Set(series.hydro)).toEqual(new Set([null]));
  });

  it('has buckets without data where there are none, also in the future', async () => {
    const { buckets, series } = await ask('1d', { from: '2026-03-27', to: '2026-04-02' });
    expect(buckets).toHaveLength(7);
    expect(series.diesel.map((wh) => wh === null)).toEqual([true, false, false, false, true, true, true]);
    expect(buckets.map(({ coverage }) => coverage === null)).toEqual([
      true,
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(buckets[0]).toMatchObject({ renewableShare: null, dieselShare: null });
  });

  it('cuts months at the edges to the period', async () => {
    const { buckets } = await ask('1mo', { from: '2026-03-30', to: '2026-05-31' });
    expect(buckets.map(({ start }) => start.slice(0, 10))).toEqual([
      '2026-03-30',
      '2026-04-01',
      '2026-05-01',
    ]);
    expect(buckets[0]?.electricityWh.total).toBe(1_260_000);
  });

  it('is the same for the mission’s only camp', async () => {
    const ctx = { store: temporary.store, registry: REGISTRY, now: AFTER };
    for (const step of ['1h', '1d'] as const) {
      const ofCamp = await campEnergyAnswer(ctx, { mission: MISSION, camp: CAMP, period, step });
      const ofMission = await ask(step);
      expect(ofCamp?.buckets).toEqual(ofMission.buckets);
      expect(ofCamp?.series).toEqual(ofMission.series);
      expect(ofCamp?.summary).toMatchObject({ camp: CAMP, electricityWh: ofMission.summary.electricityWh });
    }
  });

  it('is undefined for a mission or camp that nobody registered', async () => {
    const ctx = { store: temporary.store, registry: REGISTRY, now: AFTER };
    expect(await missionEnergyAnswer(ctx, { mission: '__proto__', period, step: '1h' })).toBeUndefined();
    expect(
      await campEnergyAnswer(ctx, { mission: MISSION, camp: 'constructor', period, step: '1h' }),
    ).toBeUndefined();
  });
});

describe('a half-hour zone', () => {
  it('has a last hour of half the length on the day its clocks go back', async () => {
    const registry = registryOf({
      a: mission({ main: camp({ g: meter('diesel') }) }, { zone: 'Australia/Lord_Howe' }),
    });
    const ctx = { store: temporary.store, registry, now: AFTER };
    const answer = await missionEnergyAnswer(ctx, {
      mission: 'a',
      period: { from: '2026-04-05', to: '2026-04-05' },
      step: '1h',
    });
    expect(answer?.buckets).toHaveLength(25);
    const last = answer?.buckets.at(-1);
    expect(Date.parse(last?.end ?? '') - Date.parse(last?.start ?? '')).toBe(1_800_000);
  });
});

describe('two camps', () => {
  it('are summed in the mission’s days', async () => {
    const own = temporaryStore();
    const solar = { energyWh: 10, renewableWh: 10, coveredWs: 1 };
    await writeDays(own.store, [
      entry({ mission: 'a', camp: 'one', source: 'solar', period: '2026-05-01' }, solar),
      entry(
        { mission: 'a', camp: 'two', source: 'diesel', period: '2026-05-01' },
        { energyWh: 30, coveredWs: 1 },
      ),
    ]);
    const registry = registryOf({ a: mission({ one: camp({}), two: camp({}) }) });
    const ctx = { store: own.store, registry, now: AFTER };
    const over = { from: '2026-05-01', to: '2026-05-01' };
    const both = await missionEnergyAnswer(ctx, { mission: 'a', period: over, step: '1d' });
    const one = await campEnergyAnswer(ctx, { mission: 'a', camp: 'one', period: over, step: '1d' });
    expect([both?.buckets[0]?.renewableShare, one?.buckets[0]?.renewableShare]).toEqual([0.25, 1]);
    await own.dispose();
  });
});
