/**
 * queries: what the pages ask, of a store with 15 missions, 750 camps, 7,500 meters and five years of ledger. Cold is the
 * first question to a store just opened, warm the median of those after it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { campsAnswer } from '#lib/server/queries/camps.ts';
import { campEnergyAnswer, missionEnergyAnswer } from '#lib/server/queries/energy.ts';
import { missionsAnswer } from '#lib/server/queries/missions.ts';
import type { QueryContext } from '#lib/server/queries/types.ts';
import { openStore, type StoreSettings } from '#lib/server/store/open.ts';
import type { Store } from '#lib/server/store/store.ts';
import { startInflux } from '../support/influx.ts';
import { fillLedger, FIRST_YEAR, ledgerRegistry, YEARS } from './ledger-fixture.ts';
import { median } from './measure.ts';
import type { BenchOptions, Figure, Result } from './report.ts';

const LAST_YEAR = FIRST_YEAR + YEARS - 1;
const YEAR = { from: `${String(LAST_YEAR)}-01-01`, to: `${String(LAST_YEAR)}-12-31` };
const ALL_YEARS = { from: `${String(FIRST_YEAR)}-01-01`, to: YEAR.to };
const MONTH = { from: `${String(LAST_YEAR)}-06-01`, to: `${String(LAST_YEAR)}-06-30` };
const SCOPE = { mission: 'mission-7', camp: 'camp-25' };

const QUESTIONS: Readonly<Record<string, (ctx: QueryContext) => Promise<unknown>>> = {
  'HQ, a year': (ctx) => missionsAnswer(ctx, YEAR),
  'HQ, five years': (ctx) => missionsAnswer(ctx, ALL_YEARS),
  "a mission's year, by day": (ctx) => missionEnergyAnswer(ctx, { ...SCOPE, period: YEAR, step: '1d' }),
  "a mission's camps, a year": (ctx) => campsAnswer(ctx, { ...SCOPE, period: YEAR }),
  "a camp's month, by day": (ctx) => campEnergyAnswer(ctx, { ...SCOPE, period: MONTH, step: '1d' }),
};

export async function benchQueries({ rounds, withInflux }: BenchOptions): Promise<Result> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bluewatt-bench-'));
  const influx = withInflux ? await startInflux() : undefined;
  const settings: StoreSettings = { dataDir, ...(influx !== undefined && { influxUrl: influx.url }) };
  try {
    const filling = await openStore(settings);
    const entries = await fillLedger(filling);
    await filling.close();
    const figures = await measure(settings, rounds);
    return {
      scenario: 'queries',
      title: `15 missions, 750 camps, 7,500 meters, ${String(YEARS)} years: ${entries.toLocaleString('en')} ledger entries in ${withInflux ? 'InfluxDB' : 'SQLite'}`,
      figures,
      notes: ['Rows are ledger entries that the store handed to the question.'],
    };
  } finally {
    await influx?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(settings: StoreSettings, rounds: number): Promise<Figure[]> {
  const registry = ledgerRegistry();
  const now = Date.parse(`${YEAR.to}T12:00:00Z`);
  const figures: Figure[] = [];
  for (const [name, ask] of Object.entries(QUESTIONS)) {
    const cold: number[] = [];
    const warm: number[] = [];
    let rows = 0;
    for (let round = 0; round < rounds; round += 1) {
      const opened = await openStore({ ...settings, readOnly: true });
      const store: Store = {
        ...opened,
        async readLedger(query) {
          const entries = await opened.readLedger(query);
          rows += entries.length;
          return entries;
        },
      };
      const ctx = { store, registry, now };
      rows = 0;
      cold.push(await msOf(() => ask(ctx)));
      const repeated = [];
      for (let repeat = 0; repeat < 5; repeat += 1) {
        rows = 0;
        repeated.push(await msOf(() => ask(ctx)));
      }
      warm.push(median(repeated));
      await opened.close();
    }
    figures.push(
      { name: `${name}, cold`, unit: 'ms', values: cold },
      { name: `${name}, warm`, unit: 'ms', values: warm },
      { name: `${name}, rows`, unit: '', values: [rows] },
    );
  }
  return figures;
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  const answer = await work();
  if (answer === undefined) throw new Error('the question had no answer');
  return performance.now() - startedAt;
}
