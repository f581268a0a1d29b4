import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { daysBetween } from '#lib/energy/calendar.ts';
import { INTERVAL_MS, type EnergyInterval } from '#lib/energy/interval.ts';
import type { LedgerAmounts, LedgerEntry } from '#lib/energy/ledger.ts';
import { buildCampLedgerDay } from '#lib/registry/camp-day.ts';
import type { Meter } from '#lib/registry/types.ts';
import { units } from '#lib/server/queries/units.ts';
import { interval } from '../store/samples.ts';
import {
  camp,
  entry,
  meter,
  mission,
  registryOf,
  temporaryStore,
  writeDays,
  type TestStore,
} from './fixture.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const MARCH = { from: '2026-03-01', to: '2026-03-31' };
const BANBATT = { ownership: 'coe-wet', country: 'BD', unit: 'BANBATT' } as const;
const NEPBATT = { ownership: 'coe-dry', country: 'NP', unit: 'NEPBATT' } as const;

let temporary: TestStore;
beforeEach(() => {
  temporary = temporaryStore();
});
afterEach(() => temporary.dispose());

function given(
  source: LedgerEntry['source'],
  contributor: string | undefined,
  amounts: Partial<LedgerAmounts>,
  rest: Partial<LedgerEntry> = {},
): LedgerEntry {
  const renewableWh = source === 'solar' ? (amounts.energyWh ?? 0) : 0;
  const day = entry(
    { mission: 'a', camp: 'main', source, period: '2026-03-05' },
    { renewableWh, ...amounts },
  );
  return { ...day, ownership: 'coe-wet', ...(contributor !== undefined && { contributor }), ...rest };
}

describe('units', () => {
  it('that brought renewable energy come first, then those on diesel alone, then those nothing is known of', async () => {
    const { store } = temporary;
    const registry = registryOf({
      a: mission({
        main: camp({
          g1: meter('diesel', { ...BANBATT, ratedW: 100_000 }),
          pv: meter('solar', { ...BANBATT, ratedW: 50_000 }),
          g2: meter('diesel', { ...NEPBATT, ratedW: 80_000 }),
          silent: meter('solar', { ownership: 'coe-wet', country: 'GH', unit: 'GHANBATT', ratedW: 10_000 }),
          own: meter('solar', { ratedW: 1_000_000 }),
        }),
      }),
    });
    await writeDays(store, [
      given('diesel', 'BD/BANBATT', { energyWh: 600, fuelMl: 2_000 }),
      given('solar', 'BD/BANBATT', { energyWh: 400 }),
      given('diesel', 'NP/NEPBATT', { energyWh: 900 }, { ownership: 'coe-dry' }),
      given('solar', undefined, { energyWh: 7_000 }, { ownership: 'un-owned' }),
    ]);
    const answer = await units({ store, registry, now: NOW }, MARCH);
    expect(
      answer.units.map(({ country, unit, supply, renewableWh }) => [country, unit, supply, renewableWh]),
    ).toEqual([
      ['BD', 'BANBATT', 'renewable', 400],
      ['NP', 'NEPBATT', 'diesel-only', 0],
      ['GH', 'GHANBATT', 'no-data', 0],
    ]);
    expect(answer.units[0]).toMatchObject({
      renewableShare: 0.4,
      dieselShare: 0.6,
      fuelL: 2,
      ratedW: { renewable: 50_000, diesel: 100_000 },
      camps: [{ mission: 'a', camp: 'main', name: 'A camp' }],
      example: false,
    });
    expect(answer.units[2]).toMatchObject({ coverage: 0, renewableShare: null });
    expect(answer.ownerships.map(({ ownership, renewableWh }) => [ownership, renewableWh])).toEqual([
      ['un-owned', 7_000],
      ['coe-wet', 400],
      ['coe-dry', 0],
    ]);
    expect(answer.factorSet).toBe('ipcc-2006-ar5');
  });

  it('get each their own days of a meter that changes hands in the middle of a month', async () => {
    const { store } = temporary;
    const pv: Meter = meter('solar', {
      ...BANBATT,
      ratedW: 4_000,
      owners: [{ from: '2026-03-11', ...NEPBATT }],
    });
    const registry = registryOf({ a: mission({ main: camp({ pv }) }) });
    const days = daysBetween(MARCH);
    const noon = (date: string): [number, EnergyInterval] => [
      Date.parse(`${date}T12:00:00Z`),
      interval({ forwardWh: 1_000, fuelMl: 0 }),
    ];
    const intervals = new Map([['pv', new Map(days.map(noon))]]);
    await writeDays(
      store,
      days.flatMap((date) => buildCampLedgerDay({ registry, mission: 'a', camp: 'main', date, intervals })),
    );
    // 900 s covered a day, of 86,400: one quarter of an hour
    const coverage = INTERVAL_MS / 86_400_000;
    const ctx = { store, registry, now: NOW };
    const whole = (await units(ctx, MARCH)).units;
    expect(whole.map(({ unit, renewableWh }) => [unit, renewableWh])).toEqual([
      ['NEPBATT', 21_000],
      ['BANBATT', 10_000],
    ]);
    for (const each of whole) expect(each.coverage).toBeCloseTo(coverage, 12);
    expect(whole.map(({ ratedW }) => ratedW.renewable)).toEqual([4_000, 0]);
    const firstDays = (await units(ctx, { from: '2026-03-01', to: '2026-03-10' })).units;
    expect(firstDays.map(({ unit, renewableWh }) => [unit, renewableWh])).toEqual([['BANBATT', 10_000]]);
  });

  it('of several missions are one unit, and what nobody registered is nobody’s', async () => {
    const { store } = temporary;
    const plant = () => mission({ main: camp({ pv: meter('solar', { ...BANBATT, ratedW: 10 }) }) });
    await writeDays(store, [
      given('solar', 'BD/BANBATT', { energyWh: 5 }),
      given('solar', 'BD/BANBATT', { energyWh: 7 }, { mission: 'b' }),
      given('solar', 'BD/BANBATT', { energyWh: 100 }, { mission: 'unregistered' }),
    ]);
    const ctx = { store, registry: registryOf({ a: plant(), b: plant() }), now: NOW };
    const answer = await units(ctx, MARCH);
    expect(answer.units).toMatchObject([
      { unit: 'BANBATT', renewableWh: 12, camps: [{ mission: 'a' }, { mission: 'b' }] },
    ]);
  });

  it('that left before the period are not in it', async () => {
    const registry = registryOf({
      a: mission({ main: camp({ pv: meter('solar', { ...BANBATT, ratedW: 10, to: '2026-03-01' }) }) }),
    });
    expect((await units({ store: temporary.store, registry, now: NOW }, MARCH)).units).toEqual([]);
  });
});
