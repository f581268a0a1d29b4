/**
 * queries: what the pages ask, of stores with 15 missions, 750 camps, 7,500 meters: SQLite and, where it is installed, a real
 * InfluxDB. Cold is the first question to a store just opened, warm the median of those after it; growth is cold with
 * five years of ledger ÷ cold with the last one alone.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { campsAnswer } from '#lib/server/queries/camps.ts';
import { campEnergyAnswer, missionEnergyAnswer } from '#lib/server/queries/energy.ts';
import { lineageAnswer } from '#lib/server/queries/lineage.ts';
import { missionsAnswer } from '#lib/server/queries/missions.ts';
import { trendsAnswer } from '#lib/server/queries/trends.ts';
import type { QueryContext } from '#lib/server/queries/types.ts';
import { openStore, type StoreSettings } from '#lib/server/store/open.ts';
import { missingBinaries } from '../support/binaries.ts';
import { startInflux, type Influx } from '../support/influx.ts';
import { countingRows } from '../support/counting-store.ts';
import { askRaw, fillRaw, RAW_DAYS } from './grafana.ts';
import {
  fillIntervals,
  fillLedger,
  LAST_YEAR,
  ledgerRegistry,
  METERS_PER_CAMP,
  MISSIONS,
  YEARS,
} from './ledger-fixture.ts';
import { median } from './measure.ts';
import type { BenchOptions, Figure, Result } from './report.ts';

const YEAR = { from: `${String(LAST_YEAR)}-01-01`, to: `${String(LAST_YEAR)}-12-31` };
const ALL_YEARS = { from: `${String(LAST_YEAR - YEARS + 1)}-01-01`, to: YEAR.to };
const MONTH = { from: `${String(LAST_YEAR)}-06-01`, to: `${String(LAST_YEAR)}-06-30` };
const DAYS = { from: `${String(LAST_YEAR)}-12-27`, to: `${String(LAST_YEAR)}-12-30` };
const SCOPE = { mission: 'mission-7', camp: 'camp-25' };
const INTERVAL_DAYS = 90;
const WARM_REPEATS = 5;

type Question = (ctx: QueryContext) => Promise<unknown>;

const OF_A_YEAR: Readonly<Record<string, Question>> = {
  'HQ, a year': (ctx) => missionsAnswer(ctx, YEAR),
  "a mission's year, by day": (ctx) => missionEnergyAnswer(ctx, { ...SCOPE, period: YEAR, step: '1d' }),
  "a mission's camps, a year": (ctx) => campsAnswer(ctx, { ...SCOPE, period: YEAR }),
  "a camp's month, by day": (ctx) => campEnergyAnswer(ctx, { ...SCOPE, period: MONTH, step: '1d' }),
  "a camp's four days, by 15 min": (ctx) => campEnergyAnswer(ctx, { ...SCOPE, period: DAYS, step: '15m' }),
  "a mission's year, lineage": (ctx) =>
    lineageAnswer(ctx, { mission: SCOPE.mission, period: YEAR, figure: 'renewableShare' }),
  "a camp's year, lineage": (ctx) => lineageAnswer(ctx, { ...SCOPE, period: YEAR, figure: 'renewableShare' }),
};
const OF_ALL_YEARS: Readonly<Record<string, Question>> = {
  'HQ, five years': (ctx) => missionsAnswer(ctx, ALL_YEARS),
  'HQ, trends of all missions': (ctx) => trendsAnswer(ctx),
  "a mission's five years, by month": (ctx) =>
    missionEnergyAnswer(ctx, { ...SCOPE, period: ALL_YEARS, step: '1mo' }),
};

interface Measured {
  readonly cold: number[];
  readonly warm: number[];
  readonly rows: number;
}

/** Which stores are filled, how full, and how often they are asked. */
interface Run {
  readonly rounds: number;
  /** whose quarters of an hour are loaded: a question reads those of its own meters, found by their key */
  readonly withIntervals: readonly string[];
}

export async function benchQueries({ rounds, isWhole = false }: BenchOptions): Promise<Result> {
  const all = Array.from({ length: MISSIONS }, (_, index) => `mission-${String(index)}`);
  const run = { rounds, withIntervals: isWhole ? all : [SCOPE.mission] };
  const figures = await benchStore('SQLite', run, undefined);
  const notes = [
    `Rows are what the store handed to the question. Intervals (${String(INTERVAL_DAYS)} days) are of ${isWhole ? 'all 7,500 meters' : 'the 500 meters of the mission that is asked for (--whole: of all)'}.`,
  ];
  if (missingBinaries(['influxd']).length > 0) notes.push('InfluxDB is not installed: left out.');
  else {
    const influx = await startInflux();
    try {
      figures.push(...(await benchStore('InfluxDB', run, influx)), ...(await benchRaw(influx, rounds)));
    } finally {
      await influx.stop();
    }
    notes.push(
      `Raw InfluxQL was measured on ${String(RAW_DAYS)} days of ${String(METERS_PER_CAMP)} meters at one reading a minute, and multiplied for the rest.`,
    );
  }
  const title = `15 missions, 750 camps, 7,500 meters, ${String(YEARS)} years of ledger`;
  return { scenario: 'queries', title, figures, notes };
}

async function benchStore(
  label: string,
  { rounds, withIntervals }: Run,
  influx: Influx | undefined,
): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bluewatt-bench-'));
  const settings: StoreSettings = { dataDir, ...(influx !== undefined && { influxUrl: influx.url }) };
  try {
    await fill(settings, LAST_YEAR, LAST_YEAR);
    await fillAllIntervals(settings, withIntervals);
    const ofOneYear = await measureAll(settings, OF_A_YEAR, rounds);
    await fill(settings, LAST_YEAR - YEARS + 1, LAST_YEAR - 1);
    const ofFive = await measureAll(settings, { ...OF_A_YEAR, ...OF_ALL_YEARS }, rounds);
    return [...ofFive].flatMap(([name, { cold, warm, rows }]): Figure[] => {
      const before = ofOneYear.get(name);
      return [
        { name: `${label}: ${name}, cold`, unit: 'ms', values: cold },
        { name: `${label}: ${name}, warm`, unit: 'ms', values: warm },
        { name: `${label}: ${name}, rows`, unit: '', values: [rows] },
        ...(before === undefined
          ? []
          : [{ name: `${label}: ${name}, growth`, unit: '×', values: [median(cold) / median(before.cold)] }]),
      ];
    });
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function fill(settings: StoreSettings, firstYear: number, lastYear: number): Promise<void> {
  const store = await openStore(settings);
  await fillLedger(store, { firstYear, lastYear });
  await store.close();
}

async function fillAllIntervals(settings: StoreSettings, missions: readonly string[]): Promise<void> {
  const store = await openStore(settings);
  for (const mission of missions) {
    await fillIntervals(store, { mission, lastDate: YEAR.to, days: INTERVAL_DAYS });
  }
  await store.close();
}

async function measureAll(
  settings: StoreSettings,
  questions: Readonly<Record<string, Question>>,
  rounds: number,
): Promise<Map<string, Measured>> {
  const found = new Map<string, Measured>();
  for (const [name, ask] of Object.entries(questions)) found.set(name, await measure(settings, ask, rounds));
  return found;
}

async function measure(settings: StoreSettings, ask: Question, rounds: number): Promise<Measured> {
  const registry = ledgerRegistry();
  const now = Date.parse(`${YEAR.to}T12:00:00Z`);
  const cold: number[] = [];
  const warm: number[] = [];
  let rows = 0;
  for (let round = 0; round < rounds; round += 1) {
    const counted = countingRows(await openStore({ ...settings, readOnly: true }));
    const ctx = { store: counted.store, registry, now };
    cold.push(await msOf(() => ask(ctx)));
    rows = counted.rows();
    const repeated = [];
    for (let repeat = 0; repeat < WARM_REPEATS; repeat += 1) repeated.push(await msOf(() => ask(ctx)));
    warm.push(median(repeated));
    await counted.store.close();
  }
  return { cold, warm, rows };
}

/** What a mission's year would take from raw readings: a camp's raw week, times 50 camps and 52 weeks. */
async function benchRaw(influx: Influx, rounds: number): Promise<Figure[]> {
  const store = await openStore({ influxUrl: influx.url, dataDir: '/nonexistent' });
  const asked = { ...SCOPE, from: Date.parse(`${MONTH.from}T00:00:00Z`) };
  await fillRaw(store, asked);
  const weekMs = await askRaw(influx.httpUrl, { ...asked, rounds: rounds + 2 });
  const scaled = (name: string, times: number): Figure => ({
    name: `Raw InfluxQL: ${name}`,
    unit: 'ms',
    values: [weekMs * times],
  });
  return [
    scaled("a camp's week, measured", 1),
    scaled("a camp's month, × 30 ÷ 7", 30 / 7),
    scaled("a mission's year, × 50 × 365 ÷ 7", (50 * 365) / 7),
  ];
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  const answer = await work();
  if (answer === undefined) throw new Error('the question had no answer');
  return performance.now() - startedAt;
}
