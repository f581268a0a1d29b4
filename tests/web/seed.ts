/**
 * A data folder as the worker would leave it: four missions with two years of ledger, one live camp with
 * readings of the last minutes, and a meter that nobody has registered. Every figure follows from the day, so
 * that two runs show the same.
 */
import { addDays, daysBetween, localDateOf, monthOf } from '#lib/energy/calendar.ts';
import { coverageWeightW } from '#lib/energy/coverage.ts';
import { emptyTally, LEDGER_AMOUNTS, type LedgerEntry } from '#lib/energy/ledger.ts';
import { meterRef, type Reading, type Values } from '#lib/energy/reading.ts';
import type { Source } from '#lib/energy/source.ts';
import type { Camp, Meter, Mission, Registry } from '#lib/registry/types.ts';
import { editPart } from '#lib/registry/edit.ts';
import { METER_FORM } from '#lib/registry/form-shapes.ts';
import { openDraftStore } from '#lib/server/registry/draft-store.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Two years, a leap year among them, and the day that may have begun elsewhere. */
const DAYS = 732;
/** The last whole calendar year: whatever the day, all of it is seeded and behind us. */
export const YEAR = String(new Date().getUTCFullYear() - 1);

/** The last days up to today, as an address has them: early in a year, the year has not enough of them. */
export function lastDays(count: number, now = Date.now()): string {
  const today = localDateOf(now, 'Africa/Juba');
  return `from=${addDays(today, 1 - count)}&to=${today}`;
}
const DAY_S = 86_400;
const LONGEST_TEST_MS = 900_000;

interface CampPlan {
  readonly name: string;
  readonly ratedW: Partial<Record<Source, number>>;
  /** mean power over rated power */
  readonly use: Partial<Record<Source, number>>;
  /** how much of each day was metered, 0..1 */
  readonly covered: number;
  /** the part of the supply that was recovered after a gap */
  readonly recovered?: number;
  /** degrees */
  readonly location?: { readonly lat: number; readonly lon: number };
  /** whose the solar plant is, when a unit brought it */
  readonly solarUnit?: { readonly country: string; readonly unit: string };
  /** days without any reading, counted back from today */
  readonly silent?: readonly number[];
}

interface MissionPlan {
  readonly name: string;
  readonly zone: string;
  readonly example?: boolean;
  readonly grid?: number;
  readonly fuel?: 'unmetered';
  readonly camps: Readonly<Record<string, CampPlan>>;
}

const PLANS: Readonly<Record<string, MissionPlan>> = {
  cedar: {
    name: 'Cedar Mission',
    zone: 'Asia/Beirut',
    grid: 0.438,
    camps: {
      'naqoura-east': {
        name: 'East compound',
        location: { lat: 33.1, lon: 35.2 },
        ratedW: { diesel: 800_000, solar: 900_000, grid: 600_000 },
        use: { diesel: 0.08, solar: 0.19, grid: 0.22 },
        covered: 0.985,
        recovered: 0.02,
      },
      ridge: {
        name: 'Ridge post',
        solarUnit: { country: 'ES', unit: 'SPABATT' },
        ratedW: { diesel: 120_000, solar: 90_000 },
        use: { diesel: 0.2, solar: 0.2 },
        covered: 0.97,
      },
    },
  },
  savanna: {
    name: 'Savanna Mission',
    zone: 'Africa/Juba',
    camps: {
      'river-house': {
        name: 'River House',
        location: { lat: 4.8, lon: 31.6 },
        ratedW: { diesel: 1_500_000, solar: 700_000, battery: 500_000, load: 1_500_000 },
        use: { diesel: 0.3, solar: 0.21, load: 0.36 },
        covered: 0.9,
        recovered: 0.12,
        silent: [12, 13, 14, 40],
      },
    },
  },
  highland: {
    name: 'Highland Mission',
    zone: 'Africa/Kinshasa',
    fuel: 'unmetered',
    grid: 1,
    camps: {
      lakeside: {
        name: 'Lakeside',
        location: { lat: -1.7, lon: 29.2 },
        ratedW: { diesel: 400_000, hydro: 200_000, grid: 300_000, wind: 100_000 },
        use: { diesel: 0.1, hydro: 0.5, grid: 0.3, wind: 0.2 },
        covered: 0.99,
      },
    },
  },
  dune: {
    name: 'Dune Mission (training)',
    zone: 'Africa/Bamako',
    example: true,
    camps: {
      outpost: {
        name: 'Outpost',
        location: { lat: 16.3, lon: 0 },
        ratedW: { diesel: 300_000, solar: 60_000 },
        use: { diesel: 0.4, solar: 0.2 },
        covered: 0.55,
      },
    },
  },
  harbour: {
    name: 'Harbour Mission',
    zone: 'Europe/Athens',
    camps: { quay: { name: 'Quay', ratedW: { diesel: 100_000 }, use: {}, covered: 0 } },
  },
};

function metersOf({ ratedW, solarUnit }: CampPlan): Record<string, Meter> {
  const sources = Object.entries(ratedW) as [Source, number][];
  const meters = sources.map(([source, rated]): [string, Meter] => [
    `${source}-1`,
    {
      name: METER_NAMES[source],
      source,
      ratedW: rated,
      ownership: source === 'grid' ? 'host-grid' : 'un-owned',
      expectedIntervalS: 60,
      from: FIRST_DATE,
      events: [],
      ...(source === 'diesel' && { tankL: 5_000 }),
      ...(source === 'solar' && solarUnit && { ownership: 'coe-wet' as const, ...solarUnit }),
    },
  ]);
  return Object.fromEntries(meters);
}

const FIRST_DATE = '2020-01-01';
const METER_NAMES: Readonly<Record<Source, string>> = {
  diesel: 'Genset 1',
  solar: 'PV field',
  wind: 'Wind turbine',
  hydro: 'Hydro plant',
  grid: 'City grid',
  battery: 'Battery',
  load: 'Main load',
};

const PLEDGES: Registry['pledges'] = [
  { country: 'ES', unit: 'SPABATT', mission: 'cedar', source: 'solar', ratedW: 90_000, due: '2025-06-30' },
  {
    country: 'GH',
    mission: 'savanna',
    source: 'solar',
    ratedW: 200_000,
    due: '2025-01-31',
    reference: 'Ministerial',
  },
];

export function seedRegistry(): Registry {
  const missions = Object.entries(PLANS).map(([slug, plan]): [string, Mission] => {
    const camps = Object.entries(plan.camps).map(([camp, campPlan]): [string, Camp] => [
      camp,
      {
        name: campPlan.name,
        ...(campPlan.location && { location: campPlan.location }),
        // counted once, years ago
        headcount: slug === 'savanna' ? [{ from: FIRST_DATE, people: 500 }] : [],
        meters: metersOf(campPlan),
      },
    ]);
    return [
      slug,
      {
        name: plan.name,
        zone: plan.zone,
        ...(plan.example === true && { example: true }),
        targets: [],
        grid: plan.grid === undefined ? [] : [{ from: FIRST_DATE, renewableFraction: plan.grid }],
        camps: Object.fromEntries(camps),
      },
    ];
  });
  return { missions: Object.fromEntries(missions), pledges: PLEDGES, sources: [] };
}

/** 0.6..1.4 over the year for the sun, a slow growth of it over the two years, and a little weather. */
function season(source: Source, date: string, index: number): number {
  const dayOfYear = (Date.parse(date) - Date.parse(`${date.slice(0, 4)}-01-01`)) / (DAY_S * 1000);
  const wave = Math.sin(((dayOfYear - 80) / 365) * 2 * Math.PI);
  const weather = 1 + 0.15 * Math.sin(index * 1.7) + 0.1 * Math.sin(index * 0.31);
  if (source === 'solar') return (1 + 0.3 * wave) * weather * (0.6 + 0.4 * (index / DAYS));
  return source === 'diesel' ? 1.15 - 0.15 * wave - 0.3 * (index / DAYS) : weather;
}

function dayEntries(mission: string, plan: MissionPlan, date: string, index: number): LedgerEntry[] {
  return Object.entries(plan.camps).flatMap(([camp, campPlan]) => {
    if (campPlan.covered === 0 || campPlan.silent?.includes(DAYS - 1 - index) === true) return [];
    return (Object.entries(campPlan.ratedW) as [Source, number][]).map(([source, ratedW]): LedgerEntry => {
      const mean = (campPlan.use[source] ?? 0) * season(source, date, index);
      const energyWh = Math.round(ratedW * mean * 24);
      const renewable = source === 'grid' ? (plan.grid ?? 0) : source === 'diesel' ? 0 : 1;
      const isSupply = source !== 'battery' && source !== 'load';
      const unit = source === 'solar' ? campPlan.solarUnit : undefined;
      return {
        ...emptyTally(),
        level: 'day',
        mission,
        camp,
        source,
        ownership: unit ? 'coe-wet' : source === 'grid' ? 'host-grid' : 'un-owned',
        ...(unit && { contributor: `${unit.country}/${unit.unit}` }),
        period: date,
        energyWh,
        renewableWh: isSupply ? Math.round(energyWh * renewable) : 0,
        fuelMl: source === 'diesel' && plan.fuel !== 'unmetered' ? Math.round(energyWh * 0.28) : 0,
        estimatedFuelMl: source === 'diesel' && plan.fuel === 'unmetered' ? Math.round(energyWh * 0.3) : 0,
        recoveredWh: Math.round(energyWh * (campPlan.recovered ?? 0)),
        coveredWs: Math.round(campPlan.covered * DAY_S * coverageWeightW(ratedW)),
      };
    });
  });
}

function months(days: readonly LedgerEntry[]): LedgerEntry[] {
  const groups = Map.groupBy(days, (day) =>
    [monthOf(day.period), day.mission, day.camp, day.source].join('/'),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const tally = emptyTally();
    for (const day of group) for (const name of LEDGER_AMOUNTS) tally[name] += day[name];
    return [{ ...first, ...tally, level: 'month', period: monthOf(first.period) } satisfies LedgerEntry];
  });
}

/** What River House said in the ten minutes before `now`; its wind mast fell silent, and a stranger speaks. */
function liveReadings(now: number): Reading[] {
  const camp = (meter: string) => meterRef('savanna', 'river-house', meter);
  const readings: Reading[] = [];
  for (let at = now - 600_000; at <= now; at += 10_000) {
    const wave = Math.sin(at / 60_000);
    const values: Record<string, Values> = {
      'diesel-1': {
        activePowerW: 412_000 + 30_000 * wave,
        fuelLevelPct: 62,
        energyForwardWh: 9e9 + at / 100,
      },
      'solar-1': { activePowerW: 356_000 + 20_000 * Math.sin(at / 47_000) },
      'battery-1': { activePowerW: -48_000 + 4_000 * wave, stateOfChargePct: 71 },
      'load-1': { activePowerW: 718_000 + 25_000 * wave },
    };
    for (const [meter, each] of Object.entries(values))
      readings.push({ meter: camp(meter), at, values: each });
  }
  readings.push({
    meter: meterRef('savanna', 'north-gate', 'pv-9'),
    at: now,
    values: { activePowerW: 12_400 },
  });
  return readings;
}

/** Up to the mission's own today, and to tomorrow when midnight might pass during the test. */
function daysOf({ zone }: MissionPlan, now: number): string[] {
  const last = localDateOf(now + LONGEST_TEST_MS, zone);
  return daysBetween({ from: addDays(last, 1 - DAYS), to: last });
}

/** Fills `dataDir` with registry, ledger and readings as of `now`, epoch ms. */
export async function seed(dataDir: string, now: number): Promise<void> {
  const store = createSqliteStore({ file: join(dataDir, DATABASE_FILE) });
  const days = Object.entries(PLANS).flatMap(([mission, plan]) =>
    daysOf(plan, now).flatMap((date, index) => dayEntries(mission, plan, date, index)),
  );
  await store.writeAccounts([], [...days, ...months(days)]);
  await store.writeReadings(liveReadings(now));
  await store.close();
  const registry = openRegistryStore(dataDir);
  registry.save(seedRegistry(), { author: 'test', reason: 'seed', savedAt: now });
  registry.close();
  seedDraft(dataDir, now);
}

/** A change that waits to be saved, at `/registry/drafts/seeded`. */
function seedDraft(dataDir: string, now: number): void {
  const part = ['missions', 'savanna', 'camps', 'river-house', 'meters', 'solar-1'];
  const edited = editPart(seedRegistry(), part, METER_FORM, { ratedW: '987.5' });
  if (!edited.ok) throw new Error(JSON.stringify(edited.problems));
  const drafts = openDraftStore(dataDir);
  drafts.add({ base: 1, registry: edited.registry, title: 'meter solar-1', madeAt: now });
  drafts.close();
  const database = new DatabaseSync(join(dataDir, 'drafts.db'));
  database.exec(`UPDATE draft SET id = 'seeded'`);
  database.close();
}
