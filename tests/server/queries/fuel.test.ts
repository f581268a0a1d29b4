/** A camp's fuel reconciled by hand: a genset that burns 31 L an hour at half load, and a tank that people dip. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { initialState } from '#lib/energy/account-state.ts';
import { addDays, countDays, dayRange, daysBetween } from '#lib/energy/calendar.ts';
import {
  DAY_MS,
  emptyInterval,
  INTERVAL_MS,
  INTERVALS_PER_DAY,
  type EnergyInterval,
} from '#lib/energy/interval.ts';
import { meterRef } from '#lib/energy/reading.ts';
import { buildCampLedgerDay } from '#lib/registry/camp-day.ts';
import type { FuelRecord, SignedFuelRecord } from '#lib/registry/fuel-record.ts';
import { fuelAnswer, type FuelAnswer } from '#lib/server/queries/fuel.ts';
import type { Period, QueryContext } from '#lib/server/queries/types.ts';
import { camp, meter, mission, registryOf, temporaryStore, writeDays, type TestStore } from './fixture.ts';

const ZONE = 'Africa/Juba';
const PLACE = { mission: 'unmiss', camp: 'juba' };
const MARCH: Period = { from: '2026-03-01', to: '2026-03-31' };
const NOW = Date.parse('2026-05-01T12:00:00Z');
/** 50 kW of 100 kW, at 0.31 L/kWh by the default curve */
const WH = 12_500;
const L_PER_DAY = 24 * 15.5;

const gensets = { 'genset-1': meter('diesel', { ratedW: 100_000, tankL: 5_000 }) };
const registry = registryOf({
  unmiss: mission({ juba: camp(gensets, { name: 'Juba' }) }, { zone: ZONE }),
});
const local = (text: string) => Date.parse(`${text}:00+02:00`);

let context: QueryContext;
vi.mock('#lib/server/context.ts', () => ({ queryContext: () => context }));
type Endpoint = { GET: (event: { url: URL }) => Promise<Response> };
const endpoint = (await import('../../../src/routes/api/v1/fuel/+server.ts')) as unknown as Endpoint;

let temporary: TestStore;
beforeEach(() => {
  temporary = temporaryStore();
  context = { store: temporary.store, registry, now: NOW };
});
afterEach(() => temporary.dispose());

/** The genset ran through `period`, its meter telling `factor` times the litres that the curve gives. */
async function run(period: Period, factor: number): Promise<void> {
  const ref = meterRef('unmiss', 'juba', 'genset-1');
  const interval: EnergyInterval = {
    ...emptyInterval(),
    forwardWh: WH,
    fuelMl: Math.round(WH * 0.31 * factor),
    coveredS: 900,
  };
  const known = new Map<number, EnergyInterval>();
  const days = daysBetween(period);
  for (const date of days) {
    const { from, to } = dayRange(date, ZONE);
    for (let at = from; at < to; at += INTERVAL_MS) known.set(at, interval);
  }
  const firstDay = Math.floor(dayRange(period.from, ZONE).from / DAY_MS);
  const meterDays = Array.from({ length: days.length + 1 }, (_, i) => ({
    meter: ref,
    day: firstDay + i,
    start: initialState(),
    intervals: Array.from(
      { length: INTERVALS_PER_DAY },
      (__, place) => known.get((firstDay + i) * DAY_MS + place * INTERVAL_MS) ?? null,
    ),
  }));
  await temporary.store.writeAccounts(meterDays, []);
  const intervals = new Map([['genset-1', known]]);
  await writeDays(
    temporary.store,
    days.flatMap((date) => buildCampLedgerDay({ registry, ...PLACE, date, intervals })),
  );
}

const signed = (records: readonly FuelRecord[]): SignedFuelRecord[] =>
  records.map((record, i) => ({
    ...record,
    id: i + 1,
    author: 'a',
    reason: 'r',
    madeAt: 0,
    supersedes: null,
  }));
const delivery = (date: string, litres: number): FuelRecord => ({
  kind: 'delivery',
  ...PLACE,
  date,
  volumeMl: litres * 1_000,
  reference: date,
});
const dip = (at: string, litres: number): FuelRecord => ({
  kind: 'stock',
  ...PLACE,
  at: local(at),
  volumeMl: litres * 1_000,
});

async function ask(records: readonly FuelRecord[], period: Period = MARCH): Promise<FuelAnswer> {
  const found = await fuelAnswer({ ...context, fuelRecords: signed(records) }, { ...PLACE, period });
  if (found === undefined) throw new Error('no answer');
  return found;
}

describe('What was delivered beside what was burnt', () => {
  it('is balanced from midnight to midnight, between the dips nearest the period’s ends', async () => {
    await run({ from: '2026-02-25', to: '2026-04-05' }, 1);
    const records = [
      dip('2026-02-28T18:00', 4_000),
      dip('2026-04-01T20:00', 3_976),
      delivery('2026-02-28', 999),
      delivery('2026-03-10', 6_000),
      delivery('2026-04-01', 6_000),
      delivery('2026-04-02', 999),
    ];
    const { inventory, deliveries, stocks } = await ask(records);
    const days = 32;
    expect(inventory).toMatchObject({
      period: { from: '2026-03-01', to: '2026-04-01' },
      issuedL: 12_000,
      stockAtStart: { litres: 4_000, at: '2026-02-28T18:00:00+02:00', by: 'dip' },
      stockAtEnd: { litres: 3_976, by: 'dip' },
      levelChangeL: -24,
      estimatedL: 0,
      withheld: null,
    });
    expect(inventory.burntL).toBeCloseTo(days * L_PER_DAY, 6);
    expect(inventory.unexplainedL).toBeCloseTo(12_000 - days * L_PER_DAY + 24, 6);
    expect(inventory.toleranceL).toBeCloseTo(120 + (492.1 * days) / 30, 0);
    expect(inventory.isFinding).toBe(false);
    expect(deliveries.map(({ date }) => date)).toEqual(['2026-03-10']);
    expect(stocks).toEqual([]);
  });

  it('is a finding when fuel is gone that nobody burnt, and when it was burnt without having come', async () => {
    await run(MARCH, 1);
    const dips = [dip('2026-03-01T06:00', 4_000), dip('2026-03-31T18:00', 4_000)];
    const of = async (litres: number) => (await ask([...dips, delivery('2026-03-10', litres)])).inventory;
    expect(await of(13_000)).toMatchObject({ isFinding: true });
    expect((await of(13_000)).unexplainedL).toBeCloseTo(13_000 - 31 * L_PER_DAY, 6);
    expect((await of(10_000)).unexplainedL).toBeLessThan(0);
    expect((await of(10_000)).isFinding).toBe(true);
    expect((await of(11_600)).isFinding).toBe(false);
  });

  it('takes the tank’s own meter where nobody dips', async () => {
    await run(MARCH, 1);
    const ref = meterRef('unmiss', 'juba', 'genset-1');
    await temporary.store.writeReadings([
      { meter: ref, at: local('2026-02-28T23:58'), values: { fuelLevelPct: 80 } },
      { meter: ref, at: local('2026-03-01T00:01'), values: { activePowerW: 1 } },
      { meter: ref, at: local('2026-04-01T00:02'), values: { fuelLevelL: 3_500 } },
    ]);
    const { inventory } = await ask([delivery('2026-03-10', 11_000)]);
    expect(inventory).toMatchObject({
      period: MARCH,
      stockAtStart: { litres: 4_000, by: 'meters' },
      stockAtEnd: { litres: 3_500, by: 'meters' },
      withheld: null,
    });
  });

  it('is withheld, and says why, where one side is not known', async () => {
    const dips = [dip('2026-03-01T06:00', 4_000), dip('2026-03-31T18:00', 4_000)];
    const came = delivery('2026-03-10', 11_000);
    const why = async (records: readonly FuelRecord[], period?: Period) =>
      (await ask(records, period)).inventory.withheld;
    expect(await why([...dips, came])).toBe('burnt-unknown');
    await run({ from: '2026-03-01', to: '2026-03-24' }, 1);
    expect(await why([...dips, came])).toBe('burnt-unknown');
    await run({ from: '2026-03-01', to: '2026-03-25' }, 1);
    expect(await why([...dips, came])).toBeNull();
    expect(await why(dips)).toBe('issued-unknown');
    expect(await why([...dips, delivery('2026-04-10', 5)])).toBe('issued-unknown');
    expect(await why([dip('2026-03-05T06:00', 4_000), dip('2026-03-31T18:00', 1), came])).toBe(
      'level-unknown',
    );
    expect(await why([came])).toBe('level-unknown');
    expect(await why([came], { from: '2024-01-01', to: '2026-03-31' })).toBe('period-too-long');
    expect(await why([came], { from: '2027-01-01', to: '2027-03-31' })).toBe('level-unknown');
  });

  it('leaves out the day that still runs', async () => {
    context = { ...context, now: local('2026-03-11T09:00') };
    await run({ from: '2026-03-01', to: '2026-03-10' }, 1);
    const records = [dip('2026-03-01T00:00', 4_000), dip('2026-03-11T07:00', 280), delivery('2026-02-01', 1)];
    expect((await ask(records)).inventory).toMatchObject({
      period: { from: '2026-03-01', to: '2026-03-10' },
      issuedL: 0,
      isFinding: false,
    });
  });
});

describe('What was burnt beside what the energy takes', () => {
  it('is compared set by set by the curve at each quarter’s load', async () => {
    await run(MARCH, 1.1);
    const { burn } = await ask([]);
    expect(burn.withheld).toBeNull();
    expect(burn.all?.expectedL).toBeCloseTo(countDays(MARCH) * L_PER_DAY, 0);
    expect(burn.all?.differenceShare).toBeCloseTo(0.1, 3);
    expect(burn.gensets).toEqual([{ meter: 'genset-1', name: 'genset-1', ...burn.all }]);
    expect(burn.all?.isFinding).toBe(false);
  });

  it('is a finding beyond 15 %', async () => {
    await run(MARCH, 1.2);
    expect((await ask([])).burn.all).toMatchObject({ isFinding: true });
  });

  it('is withheld where no fuel is metered, and beyond 92 days', async () => {
    await run(MARCH, 0);
    expect((await ask([])).burn).toMatchObject({ all: null, withheld: 'fuel-not-metered' });
    const period = { from: addDays('2026-03-31', -92), to: '2026-03-31' };
    expect((await ask([], period)).burn.withheld).toBe('period-too-long');
  });
});

describe('/api/v1/fuel', () => {
  it('answers with the reconciliation, and refuses what it cannot place', async () => {
    await run(MARCH, 1);
    context = { ...context, fuelRecords: signed([delivery('2026-03-10', 5)]) };
    const get = async (query: string) => {
      const response = await endpoint.GET({ url: new URL(`http://localhost/?${query}`) });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const range = 'from=2026-03-01&to=2026-03-31';
    const found = await get(`mission=unmiss&camp=juba&${range}`);
    expect(found).toMatchObject({
      status: 200,
      body: { name: 'Juba', deliveries: [{ litres: 5, reference: '2026-03-10', author: 'a' }] },
    });
    expect(await get(`mission=unmiss&${range}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'PARAMETER_MISSING', field: 'camp' } },
    });
    expect((await get(`mission=unmiss&camp=bor&${range}`)).status).toBe(404);
    expect((await get(`mission=unmiss&camp=juba&from=x`)).status).toBe(400);
  });
});
