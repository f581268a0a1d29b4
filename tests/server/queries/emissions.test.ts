/** A period in which a new factor set begins, worked out by hand: every litre with the factor of its own day. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IPCC_2006_AR5, type FactorSet } from '#lib/energy/factors.ts';
import { campsAnswer, campSummaryAnswer } from '#lib/server/queries/camps.ts';
import { missionEnergyAnswer } from '#lib/server/queries/energy.ts';
import { lineageAnswer } from '#lib/server/queries/lineage.ts';
import { missionsAnswer, missionSummaryAnswer } from '#lib/server/queries/missions.ts';
import type { EnergyStep, Period, QueryContext } from '#lib/server/queries/types.ts';
import { units } from '#lib/server/queries/units.ts';
import { AFTER, MISSION, REGISTRY } from '../../energy/reference-camp.ts';
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

/** 2.5 kg a litre, and 3 kg from the middle of April on. */
const OLD: FactorSet = { ...IPCC_2006_AR5, version: 'old', dieselKgCo2ePerL: 2.5 };
const NEW: FactorSet = { ...IPCC_2006_AR5, version: 'new', from: '2026-04-16', dieselKgCo2ePerL: 3 };
const SPRING: Period = { from: '2026-04-01', to: '2026-05-31' };

let temporary: TestStore;
let ctx: QueryContext;

beforeAll(async () => {
  temporary = temporaryStore();
  const day = (period: string, fuelL: number, estimatedL = 0) =>
    entry(
      { mission: 'a', camp: 'main', source: 'diesel', period },
      {
        energyWh: (fuelL + estimatedL) * 3000,
        coveredWs: 1,
        fuelMl: fuelL * 1000,
        estimatedFuelMl: estimatedL * 1000,
      },
    );
  await writeDays(temporary.store, [day('2026-04-15', 10), day('2026-04-16', 20, 5), day('2026-05-02', 8)]);
  const registry = registryOf({
    a: mission({ main: camp({ g: meter('diesel') }) }),
    b: mission({ main: camp({ g: meter('diesel') }) }),
  });
  const now = Date.parse('2026-06-15T12:00:00Z');
  ctx = { store: temporary.store, registry, now, factorSets: [OLD, NEW] };
});
afterAll(() => temporary.dispose());

/** 10 L × 2.5 + (20 + 5) L × 3 + 8 L × 3 */
const SPRING_KG = 25 + 75 + 24;

describe('emissions of a period in which a factor set begins', () => {
  it('count each litre with the factor of the day it was burnt on, for mission, camp and owner alike', async () => {
    const all = await missionsAnswer(ctx, SPRING);
    const of = { mission: 'a', period: SPRING };
    const one = await missionSummaryAnswer(ctx, of);
    const camps = await campsAnswer(ctx, of);
    const ofCamp = await campSummaryAnswer(ctx, { ...of, camp: 'main' });
    const owned = await units(ctx, SPRING);
    const summaries = [
      all.missions.find(({ mission: slug }) => slug === 'a'),
      one,
      camps?.camps[0],
      ofCamp,
      owned.ownerships[0],
    ];
    for (const summary of summaries) expect(summary?.ghgKg).toBeCloseTo(SPRING_KG, 9);
    for (const answer of [all, one, camps, ofCamp, owned]) expect(answer?.factorSet).toBe('old + new');
  });

  it('name one set where one was used, and of what is unknown the last day’s', async () => {
    const versions = async (from: string, to: string) => {
      const { missions } = await missionsAnswer(ctx, { from, to });
      return Object.fromEntries(missions.map(({ mission: slug, factorSet }) => [slug, factorSet]));
    };
    expect(await versions('2026-04-01', '2026-04-15')).toEqual({ a: 'old', b: 'old' });
    expect(await versions('2026-04-01', '2026-04-16')).toEqual({ a: 'old + new', b: 'new' });
    // the new set had begun, and no fuel came in under the old
    expect(await versions('2026-04-10', '2026-04-14')).toEqual({ a: 'old', b: 'old' });
    expect(await versions('2026-04-16', '2026-05-31')).toEqual({ a: 'new', b: 'new' });
  });

  it('are the same in months and in days, each with the sets of its own days', async () => {
    const ask = (step: EnergyStep) => missionEnergyAnswer(ctx, { mission: 'a', period: SPRING, step });
    const [months, days] = [await ask('1mo'), await ask('1d')];
    expect(months?.buckets.map(({ ghgKg, factorSet }) => [ghgKg, factorSet])).toEqual([
      [100, 'old + new'],
      [24, 'new'],
    ]);
    const burning = days?.buckets.filter(({ ghgKg }) => ghgKg > 0);
    expect(burning?.map(({ start, ghgKg, factorSet }) => [start.slice(0, 10), ghgKg, factorSet])).toEqual([
      ['2026-04-15', 25, 'old'],
      ['2026-04-16', 75, 'new'],
      ['2026-05-02', 24, 'new'],
    ]);
    expect([months?.factorSet, days?.summary.factorSet]).toEqual(['old + new', 'old + new']);
  });

  it('are taken apart set by set, and the terms give the figure back', async () => {
    const asked = { mission: 'a', period: SPRING, figure: 'ghg' } as const;
    const answer = await lineageAnswer(ctx, asked);
    expect(answer?.value).toBeCloseTo(SPRING_KG, 9);
    expect(answer?.formula.text).toBe(
      '(fuelL1 + estimatedFuelL1) * kgCo2ePerL1 + (fuelL2 + estimatedFuelL2) * kgCo2ePerL2',
    );
    expect(answer?.formula.terms.map(({ name, value, factorSet }) => [name, value, factorSet])).toEqual([
      ['fuelL1', 10, 'old'],
      ['estimatedFuelL1', 0, 'old'],
      ['kgCo2ePerL1', 2.5, 'old'],
      ['fuelL2', 28, 'new'],
      ['estimatedFuelL2', 5, 'new'],
      ['kgCo2ePerL2', 3, 'new'],
    ]);
    expect(answer?.factorSets.map(({ version, from }) => [version, from])).toEqual([
      ['old', OLD.from],
      ['new', '2026-04-16'],
    ]);
    expect(answer?.factors.version).toBe('new');
    const fuel = await lineageAnswer(ctx, { ...asked, figure: 'fuel' });
    expect([fuel?.value, fuel?.formula.terms.length]).toEqual([43, 2]);
  });

  it('are so in quarters of an hour too: those of the reference camp add up in every step', async () => {
    const own = temporaryStore();
    await writeReferenceCamp(own.store);
    const later = { ...NEW, from: '2026-03-29' };
    const reference = { store: own.store, registry: REGISTRY, now: AFTER, factorSets: [OLD, later] };
    const period = { from: '2026-03-28', to: '2026-03-30' };
    for (const step of ['15m', '1h', '1d', '1mo'] as const) {
      const answer = await missionEnergyAnswer(reference, { mission: MISSION, period, step });
      const sum = answer?.buckets.reduce((kg, { ghgKg }) => kg + ghgKg, 0);
      expect(sum).toBeCloseTo(answer?.summary.ghgKg ?? Number.NaN, 6);
      if (step === '1mo') continue;
      for (const { start, fuelL, estimatedFuelL, ghgKg } of answer?.buckets ?? []) {
        const factor = start < '2026-03-29' ? 2.5 : 3;
        expect(ghgKg).toBeCloseTo((fuelL + estimatedFuelL) * factor, 9);
      }
    }
    await own.dispose();
  });
});
