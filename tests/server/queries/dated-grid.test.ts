/** What the grid counts for changes by year and camp, and budget years begin at the mission's own midnight: on both stores. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localDateOf, unBudgetYear } from '#lib/energy/calendar.ts';
import { emptyInterval, type EnergyInterval } from '#lib/energy/interval.ts';
import { buildCampLedgerDay } from '#lib/registry/camp-day.ts';
import { campsAnswer } from '#lib/server/queries/camps.ts';
import { missionEnergyAnswer } from '#lib/server/queries/energy.ts';
import { missionSummaryAnswer } from '#lib/server/queries/missions.ts';
import type { QueryContext } from '#lib/server/queries/types.ts';
import { openStore } from '#lib/server/store/open.ts';
import type { Store } from '#lib/server/store/store.ts';
import { startInflux, type Influx } from '../../support/influx.ts';
import { describeWith } from '../../support/requires.ts';
import { camp, meter, mission, registryOf, temporaryStore, writeDays, type TestStore } from './fixture.ts';

/** Two hours ahead of UTC, the whole year. */
const ZONE = 'Africa/Juba';
const NOW = Date.parse('2026-11-24T09:00:00Z');
const GRID = [
  { from: '2025-01-01', renewableFraction: 0.2 },
  { from: '2026-01-01', renewableFraction: 0.5 },
];
const grid = () => ({ 'grid-1': meter('grid') });
const registry = registryOf({
  a: mission(
    {
      town: camp(grid()),
      dam: camp(grid(), { grid: [{ from: '2024-01-01', renewableFraction: 0.9 }] }),
    },
    { zone: ZONE, grid: GRID },
  ),
});

/** Wh that both camps took from the grid in the quarter that began then. */
const QUARTERS: readonly (readonly [at: string, wh: number])[] = [
  ['2025-06-30T21:45:00Z', 100], // the last quarter of 30 June in Juba
  ['2025-06-30T22:00:00Z', 1_000], // the first of 1 July
  ['2025-12-31T21:45:00Z', 2_000], // the last of 2025
  ['2025-12-31T22:00:00Z', 4_000], // the first of 2026
  ['2026-06-30T21:45:00Z', 8_000], // the last of 30 June
  ['2026-06-30T22:00:00Z', 100_000],
];

async function fill(store: Store): Promise<void> {
  const known = new Map(
    QUARTERS.map(([at, forwardWh]): [number, EnergyInterval] => [
      Date.parse(at),
      { ...emptyInterval(), forwardWh, coveredS: 900 },
    ]),
  );
  const dates = [...new Set([...known.keys()].map((at) => localDateOf(at, ZONE)))].sort();
  const intervals = new Map([['grid-1', known]]);
  const days = dates.flatMap((date) =>
    ['town', 'dam'].flatMap((slug) =>
      buildCampLedgerDay({ registry, mission: 'a', camp: slug, date, intervals }),
    ),
  );
  await writeDays(store, days);
}

function dated(context: () => QueryContext): void {
  it('counts the grid by the year of each day within one period, a camp’s own value before the mission’s', async () => {
    const period = { from: '2025-12-31', to: '2026-01-01' };
    const answer = await campsAnswer(context(), { mission: 'a', period });
    const found = answer?.camps.map((each) => [each.camp, each.electricityWh.gridRenewable]);
    expect(Object.fromEntries(found ?? [])).toEqual({
      town: 2_000 * 0.2 + 4_000 * 0.5,
      dam: 6_000 * 0.9,
    });
    const summary = await missionSummaryAnswer(context(), { mission: 'a', period });
    expect(summary?.renewableShare).toBeCloseTo((400 + 2_000 + 5_400) / 12_000, 12);
    expect(summary?.onSiteRenewableShare).toBe(0);
  });

  it('sums a UN budget year from the mission’s 1 July to its 30 June', async () => {
    const period = unBudgetYear(2025);
    const summary = await missionSummaryAnswer(context(), { mission: 'a', period });
    // 15,000 of each camp: neither the quarter before nor the one after
    expect(summary?.electricityWh.grid).toBe(2 * 15_000);
    expect(summary?.electricityWh.gridRenewable).toBe(3_000 * 0.2 + 12_000 * 0.5 + 15_000 * 0.9);
  });

  it('has the same in twelve months from July to June', async () => {
    const period = unBudgetYear(2025);
    const answer = await missionEnergyAnswer(context(), { mission: 'a', period, step: '1mo' });
    const months = answer?.buckets.map(({ start, electricityWh }) => [start, electricityWh.grid] as const);
    expect(months).toHaveLength(12);
    expect(months?.[0]).toEqual(['2025-07-01T00:00:00+02:00', 2_000]);
    expect(months?.at(-1)).toEqual(['2026-06-01T00:00:00+02:00', 16_000]);
    expect(answer?.buckets.reduce((sum, each) => sum + each.electricityWh.gridRenewable, 0)).toBe(
      answer?.summary.electricityWh.gridRenewable,
    );
  });
}

describe('on SQLite', () => {
  let temporary: TestStore;
  beforeAll(async () => {
    temporary = temporaryStore();
    await fill(temporary.store);
  });
  afterAll(() => temporary.dispose());
  dated(() => ({ store: temporary.store, registry, now: NOW }));
});

describeWith(['influxd'], 'on InfluxDB', () => {
  let influx: Influx;
  let store: Store;
  beforeAll(async () => {
    influx = await startInflux();
    store = await openStore({ influxUrl: influx.url, dataDir: '/nonexistent' });
    await fill(store);
  }, 120_000);
  afterAll(async () => {
    await store.close();
    await influx.stop();
  });
  dated(() => ({ store, registry, now: NOW }));
});
