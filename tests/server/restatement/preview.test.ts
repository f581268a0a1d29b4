/** What a preview tells is what the books say once the change is in force, and no more than it named is computed again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overlayOf } from '#lib/energy/correction.ts';
import { meterRef, type Reading } from '#lib/energy/reading.ts';
import { renewableShare, sumEntries, totalWh } from '#lib/energy/share.ts';
import type { Correction } from '#lib/registry/correction.ts';
import { rulesOf } from '#lib/registry/meter-rules.ts';
import type { Camp, Meter, Registry } from '#lib/registry/types.ts';
import { previewRestatement, type RestatementPreview } from '#lib/server/restatement/preview.ts';
import { createInfluxStore } from '#lib/server/store/influx/store.ts';
import type { Store } from '#lib/server/store/store.ts';
import { planOf } from '../../../ingest/account/restate.ts';
import { campOf, meter, Rig } from '../../ingest/account/rig.ts';
import { startInflux, type Influx } from '../../support/influx.ts';
import { describeWith } from '../../support/requires.ts';

const HOUR = 3_600_000;
/** 22:00 UTC is Juba's midnight: 33 days from 30 January to 3 March, and the first instant of the 4th. */
const T0 = Date.UTC(2026, 0, 29, 22);
const HOURS = 33 * 24;
/** with a day before and after, in case the zone was another one */
const ALL_DATES = 36;
const diesel = meter('diesel', { ratedW: 500_000, expectedIntervalS: 3_600 });
const grid = meter('grid', { ownership: 'host-grid', expectedIntervalS: 3_600 });
const solar = meter('solar', { ratedW: 300_000, expectedIntervalS: 3_600 });
const METERS: Record<string, Meter> = { 'genset-1': diesel, 'pv-1': solar, 'grid-1': grid };
const BEFORE = campOf(METERS);
const SLUGS = [...Object.keys(METERS), 'late-1'];

function readings(): Reading[] {
  return SLUGS.flatMap((slug, i) =>
    Array.from({ length: HOURS + 1 }, (_, n): Reading => ({
      meter: meterRef('unmiss', 'juba', slug),
      at: T0 + n * HOUR,
      values: { energyForwardWh: n * 4_000 * (i + 1) + (n % 3) * 100, energyReverseWh: n * 10 },
    })),
  );
}

function withMeters(changes: Record<string, Meter>, camp: Partial<Camp> = {}): Registry {
  return campOf({ ...METERS, ...changes }, { camp });
}

const FRACTIONS = [
  { from: '2024-01-01', renewableFraction: 0.5 },
  { from: '2026-02-25', renewableFraction: 0.9 },
];
const SWAPPED = { ...solar, events: [{ at: '2026-02-10T10:30:00Z', kind: 'ct-change' as const }] };
const TAKEN_OVER = {
  ...diesel,
  owners: [{ from: '2026-03-01', ownership: 'coe-wet' as const, unit: 'BANBATT' }],
};

/** What each change costs: meters accounted anew, and local dates whose ledger is rebuilt from intervals that stand. */
const CASES: readonly (readonly [string, Registry, { meters: number; dates: number }])[] = [
  [
    'a source type is corrected',
    withMeters({ 'pv-1': { ...solar, source: 'wind' } }),
    { meters: 0, dates: ALL_DATES },
  ],
  ['a grid fraction is mended from a date on', withMeters({}, { grid: FRACTIONS }), { meters: 0, dates: 9 }],
  ['a meter is assigned late', withMeters({ 'late-1': solar }), { meters: 1, dates: ALL_DATES }],
  [
    'a transformer turns out to be clamped backwards',
    withMeters({ 'genset-1': { ...diesel, invert: true } }),
    { meters: 1, dates: 0 },
  ],
  ['a transformer was changed in the middle', withMeters({ 'pv-1': SWAPPED }), { meters: 1, dates: 0 }],
  [
    'a meter moves out of the camp',
    campOf({ 'genset-1': diesel, 'grid-1': grid }),
    { meters: 1, dates: ALL_DATES },
  ],
  ['a unit takes equipment over', withMeters({ 'genset-1': TAKEN_OVER }), { meters: 0, dates: 5 }],
  ['only names change', withMeters({}, { name: 'Juba 2' }), { meters: 0, dates: 0 }],
];

async function previewOn(
  rig: Rig,
  after: Registry,
  corrections: readonly Correction[] = [],
): Promise<RestatementPreview> {
  const parts = { store: rig.store, profileRulesOf: () => () => ({}), corrections };
  return previewRestatement({
    keptFromDay: -Infinity,
    store: readOnly(rig.store),
    before: BEFORE,
    after,
    plan: await planOf({ registry: BEFORE, profiles: {} }, { registry: after, profiles: {} }, parts),
    corrections,
    rulesAfter: (ref) => {
      const overlay = overlayOf(corrections.filter((each) => each.meter.key === ref.key));
      return { ...rulesOf(after, ref), ...(overlay && { overlay }) };
    },
  });
}

function readOnly(store: Store): Store {
  const refuse = () => Promise.reject(new Error('a preview writes nothing'));
  return { ...store, writeReadings: refuse, writeAccounts: refuse, replaceLedger: refuse };
}

type Months = ReadonlyMap<string, { readonly renewableShare: number | null; readonly totalWh: number }>;

/** Months of the mission as they stand. */
async function monthsOf(store: Store): Promise<Months> {
  const year = { level: 'month', from: '2026-01', to: '2026-12', mission: 'unmiss' } as const;
  const byMonth = Map.groupBy(await store.readLedger(year), ({ period }) => period);
  return new Map(
    [...byMonth].map(([month, entries]) => {
      const sums = sumEntries(entries);
      return [month, { renewableShare: renewableShare(sums), totalWh: totalWh(sums) }];
    }),
  );
}

/** The local dates that a restatement replaces from now on. */
function replacedDates(store: Store): ReadonlySet<string> {
  const dates = new Set<string>();
  const replace = store.replaceLedger.bind(store);
  Object.assign(store, {
    replaceLedger: (...args: Parameters<Store['replaceLedger']>) => {
      if (args[0].level === 'day') dates.add(args[0].period);
      return replace(...args);
    },
  });
  return dates;
}

async function filled(openStore?: () => Store): Promise<Rig> {
  const rig = await Rig.open({ registry: BEFORE, ...(openStore && { openStore }) });
  await rig.deliver(readings());
  await rig.flush();
  return rig;
}

function suite(openRig: () => Promise<Rig>): void {
  it.each(CASES)('tells beforehand what the months say after %s', async (_, after, cost) => {
    const rig = await openRig();
    const preview = await previewOn(rig, after);
    const before = await monthsOf(rig.store);
    const { recomputedMeters, daysWritten } = rig.accounts.counters;
    const replaced = replacedDates(rig.store);
    rig.useRegistry(after);
    await rig.flush();
    const now = await monthsOf(rig.store);
    for (const [month, was] of before) {
      const told = preview.months.find((each) => each.month === month);
      const is = now.get(month) ?? { renewableShare: null, totalWh: 0 };
      expect(told?.before ?? was).toMatchObject(was);
      expect(told?.after ?? was).toMatchObject(is);
    }
    expect(preview.months.map(({ name }) => name)).toEqual(preview.months.map(() => 'UNMISS'));

    // What was named is computed again, and nothing else.
    const { counters } = rig.accounts;
    const days = preview.meters.reduce((sum, each) => sum + each.days, 0);
    expect(preview.meters).toHaveLength(cost.meters);
    expect(counters.recomputedMeters - recomputedMeters).toBe(cost.meters);
    expect(counters.daysWritten - daysWritten).toBe(days);
    expect(replaced.size).toBe(cost.dates);
    if (cost.meters === 0)
      expect(preview.camps.map((camp) => camp.days)).toEqual(cost.dates === 0 ? [] : [cost.dates]);
    else expect(preview.camps).toMatchObject([{ mission: 'unmiss', camp: 'juba' }]);
    await rig.close();
  });
}

describe('a preview of a restatement, on SQLite', () => {
  suite(() => filled());

  it('counts what corrections say of a meter that is accounted anew', async () => {
    const rig = await filled();
    const correction: Correction = {
      id: 1,
      supersedes: null,
      meter: meterRef('unmiss', 'juba', 'genset-1'),
      from: Date.UTC(2026, 1, 10),
      to: Date.UTC(2026, 1, 11),
      effect: { kind: 'replace', known: 'manual', energyWh: 5_000_000 },
      author: 'A. Officer',
      reason: 'read off',
      madeAt: 0,
    };
    rig.useCorrections([correction]);
    await rig.flush();
    const after = withMeters({ 'genset-1': { ...diesel, invert: true } });
    const preview = await previewOn(rig, after, [correction]);
    rig.useRegistry(after);
    await rig.flush();
    const february = (await monthsOf(rig.store)).get('2026-02');
    expect(february?.totalWh).toBeGreaterThan(5_000_000);
    expect(preview.months.find(({ month }) => month === '2026-02')?.after).toMatchObject(february ?? {});
    await rig.close();
  });
});

describeWith(['influxd'], 'a preview of a restatement, on InfluxDB', () => {
  let influx: Influx;
  let databases = 0;
  beforeAll(async () => {
    influx = await startInflux();
  });
  afterAll(() => influx.stop());
  suite(() => {
    databases += 1;
    const url = influx.url.replace(/\/bluewatt$/, `/preview-${String(databases)}`);
    return filled(() => createInfluxStore({ url }));
  });
});
