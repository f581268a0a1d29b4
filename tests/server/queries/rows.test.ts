/** Whatever the range, a page gets about 400 rows a series: counted, on both stores. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialState } from '#lib/energy/account-state.ts';
import { addDays, countDays, daysBetween } from '#lib/energy/calendar.ts';
import { DAY_MS, emptyInterval, INTERVALS_PER_DAY } from '#lib/energy/interval.ts';
import { buildLedgerMonth } from '#lib/energy/ledger-build.ts';
import { meterRef } from '#lib/energy/reading.ts';
import { bucketsOf, defaultStep, MAX_DAYS } from '#lib/server/queries/buckets.ts';
import { campsAnswer } from '#lib/server/queries/camps.ts';
import { campEnergyAnswer, missionEnergyAnswer } from '#lib/server/queries/energy.ts';
import { lineageAnswer } from '#lib/server/queries/lineage.ts';
import { missionsAnswer } from '#lib/server/queries/missions.ts';
import { parsePeriodAndStep } from '#lib/server/queries/parameters.ts';
import { trendsAnswer } from '#lib/server/queries/trends.ts';
import type { EnergyStep, Period, QueryContext } from '#lib/server/queries/types.ts';
import { energyPage, PAGE_STEPS } from '../../../src/routes/missions/[mission]/energy-page.ts';
import { openStore } from '#lib/server/store/open.ts';
import { countingRows, type CountingStore } from '../../support/counting-store.ts';
import { startInflux, type Influx } from '../../support/influx.ts';
import { describeWith } from '../../support/requires.ts';
import { camp, entry, meter, mission, registryOf } from './fixture.ts';

const MAX_ROWS_PER_SERIES = 400;
const CAMPS = ['a', 'b', 'c'];
const SOURCES = ['solar', 'diesel'] as const;
const YEARS: Period = { from: '2016-01-01', to: '2025-12-31' };
const NOW = Date.parse('2025-12-31T12:00:00Z');
/** The page's own choices of a range, each with the step it gets. */
const RANGES: readonly (readonly [string, Period])[] = [
  ['a day', { from: '2025-12-31', to: '2025-12-31' }],
  ['two days', { from: '2025-12-30', to: '2025-12-31' }],
  ['sixteen days', { from: '2025-12-16', to: '2025-12-31' }],
  ['seventeen days', { from: '2025-12-15', to: '2025-12-31' }],
  ['a month', { from: '2025-12-01', to: '2025-12-31' }],
  ['a year', { from: '2025-01-01', to: '2025-12-31' }],
  ['400 days in the middle of months', { from: addDays('2025-12-15', -399), to: '2025-12-15' }],
  ['401 days in the middle of months', { from: addDays('2025-12-15', -400), to: '2025-12-15' }],
  ['five years', { from: '2021-01-01', to: '2025-12-31' }],
  ['ten years', YEARS],
];

const plant = () => camp(Object.fromEntries(SOURCES.map((source) => [source, meter(source, { ratedW: 1 })])));
const registry = registryOf({
  one: mission(Object.fromEntries(CAMPS.map((slug) => [slug, plant()]))),
  two: mission(Object.fromEntries(CAMPS.map((slug) => [slug, plant()]))),
});

interface Counting {
  readonly context: () => QueryContext;
  readonly counting: () => CountingStore;
}

/** The last 17 days' quarters of an hour of every meter. */
async function fillQuarters(store: CountingStore['store']): Promise<void> {
  const interval = { ...emptyInterval(), forwardWh: 1, coveredS: 900 };
  const last = Date.parse(YEARS.to) / DAY_MS;
  for (let day = last - 16; day <= last; day += 1) {
    const days = ['one', 'two'].flatMap((slug) =>
      CAMPS.flatMap((name) =>
        SOURCES.map((source) => ({
          meter: meterRef(slug, name, source),
          day,
          start: initialState(),
          intervals: Array.from({ length: INTERVALS_PER_DAY }, () => interval),
        })),
      ),
    );
    await store.writeAccounts(days, []);
  }
}

async function fill(store: CountingStore['store']): Promise<void> {
  await fillQuarters(store);
  for (const slug of ['one', 'two']) {
    for (let year = 2016; year <= 2025; year += 1) {
      const days = daysBetween({ from: `${String(year)}-01-01`, to: `${String(year)}-12-31` }).flatMap(
        (period) =>
          CAMPS.flatMap((name) =>
            SOURCES.map((source) =>
              entry({ mission: slug, camp: name, source, period }, { energyWh: 1, coveredWs: 1 }),
            ),
          ),
      );
      await store.writeAccounts([], [...days, ...buildLedgerMonth(days)]);
    }
  }
}

function counts({ context, counting }: Counting): void {
  async function rowsOf(ask: (ctx: QueryContext) => Promise<unknown>): Promise<number> {
    counting().reset();
    expect(await ask(context())).toBeDefined();
    return counting().rows();
  }

  it.each(RANGES)('HQ reads edge days and months summed: a few rows a source over %s', async (_, period) => {
    // days before, months, days after: three sums of each mission's two sources at most
    expect(await rowsOf((ctx) => missionsAnswer(ctx, period))).toBeLessThanOrEqual(2 * SOURCES.length * 3);
  });

  it.each(RANGES)(
    'a mission and a camp read at most 400 rows a source for the chart of %s',
    async (_, period) => {
      const step = defaultStep(period);
      // the chart's rows, and the few of the summary beside it
      const most = SOURCES.length * (MAX_ROWS_PER_SERIES + 3);
      const ofMission = await rowsOf((ctx) => missionEnergyAnswer(ctx, { mission: 'one', period, step }));
      const ofCamp = await rowsOf((ctx) =>
        campEnergyAnswer(ctx, { mission: 'one', camp: 'a', period, step }),
      );
      expect(ofMission).toBeGreaterThan(0);
      expect(ofMission).toBeLessThanOrEqual(most);
      expect(ofCamp).toBeLessThanOrEqual(most);
    },
  );

  it.each(RANGES)('a mission’s camps read a few rows a source and camp over %s', async (_, period) => {
    const rows = await rowsOf((ctx) => campsAnswer(ctx, { mission: 'one', period }));
    expect(rows).toBeLessThanOrEqual(CAMPS.length * SOURCES.length * 3);
  });

  const PAGE_CASES = RANGES.flatMap(([name, period]) =>
    [...PAGE_STEPS, 'none'].map((step) => [step, name, period] as const),
  );
  it.each(PAGE_CASES)('a page asked for steps of %s over %s shows at most 400', async (step, _, period) => {
    const url = new URL(`http://localhost/?from=${period.from}&to=${period.to}&step=${step}`);
    for (const place of [{ mission: 'one' }, { mission: 'one', camp: 'a' }]) {
      counting().reset();
      const page = await energyPage(context(), place, url);
      expect(page.steps).toContain(page.step);
      expect(page.answer.buckets.length).toBeGreaterThan(0);
      expect(page.answer.buckets.length).toBeLessThanOrEqual(MAX_ROWS_PER_SERIES);
      const series =
        page.step === 'hour'
          ? // of each meter the four quarters that make up an hour
            4 * SOURCES.length * ('camp' in place ? 1 : CAMPS.length)
          : SOURCES.length;
      expect(counting().rows()).toBeLessThanOrEqual(series * MAX_ROWS_PER_SERIES + 3 * SOURCES.length);
    }
  });

  it('offers no step that would show more, and all of those that would not', async () => {
    const steps = async (period: Period) => {
      const url = new URL(`http://localhost/?from=${period.from}&to=${period.to}`);
      return (await energyPage(context(), { mission: 'one' }, url)).steps;
    };
    const offered = await Promise.all(RANGES.map(([, period]) => steps(period)));
    expect(offered.map((each) => each.join(' '))).toEqual([
      ...Array.from({ length: 3 }, () => 'hour day week month'),
      ...Array.from({ length: 4 }, () => 'day week month'),
      ...Array.from({ length: 3 }, () => 'month'),
    ]);
  });

  it('a figure leads to at most 400 quarters of an hour', async () => {
    for (const [, period] of RANGES) {
      const asked = { mission: 'one', period, figure: 'electricity' } as const;
      const { intervals } = (await lineageAnswer(context(), asked))?.links ?? { intervals: '' };
      const linked = parsePeriodAndStep(new URL(intervals, 'http://localhost').searchParams, NOW);
      if (!linked.ok) throw new Error(linked.problem.message);
      const buckets = bucketsOf(linked.value.period, linked.value.step, 'Europe/Athens');
      expect(buckets.length).toBeLessThanOrEqual(MAX_ROWS_PER_SERIES);
    }
  });

  it.each(RANGES)('a mission’s lineage reads a bounded number of quarters over %s', async (_, period) => {
    const asked = { mission: 'one', period, figure: 'electricity' } as const;
    counting().reset();
    const answer = await lineageAnswer(context(), asked);
    const { meters, camps } = answer ?? {};
    const days = countDays(period);
    const count = CAMPS.length * SOURCES.length;
    // told by meter or by camp, never both, never neither
    expect([meters?.length, camps?.length]).toEqual(
      days <= 400 ? [count, undefined] : [undefined, CAMPS.length],
    );
    // quarters of the seventeen days there are, and the ledger twice
    expect(counting().rows()).toBeLessThanOrEqual(
      (days <= 400 ? Math.min(days + 1, 17) * 96 * count : 0) + 6 * count,
    );
    // a question a month at most, and the ledger's
    expect(counting().questions()).toBeLessThanOrEqual(14 + 6);
  });

  it('a mission of many meters is told by camp, from the ledger alone', async () => {
    // 8,000 meter-days: 22 meters for a year are more
    const year = { from: '2025-01-01', to: '2025-12-31' };
    const many = Object.fromEntries(
      Array.from({ length: 22 }, (_, i) => [`g-${String(i)}`, meter('diesel', { ratedW: 1 })]),
    );
    const crowded = registryOf({ one: mission({ a: camp(many), b: plant(), c: plant() }) });
    const ask = (asked: { camp?: string; period: Period }) =>
      lineageAnswer({ ...context(), registry: crowded }, { mission: 'one', figure: 'electricity', ...asked });
    counting().reset();
    const whole = await ask({ period: year });
    expect(whole?.meters).toBeNull();
    expect(counting().rows()).toBeLessThanOrEqual(SOURCES.length * (CAMPS.length + 1) * 3);
    const sum = whole?.camps?.reduce((total, { energyWh }) => total + energyWh, 0);
    expect(sum).toBe(whole?.value);
    expect(whole?.camps?.map(({ camp: slug, energyWh }) => [slug, energyWh])).toEqual([
      ['a', 730],
      ['b', 730],
      ['c', 730],
    ]);
    // a shorter period, or a smaller camp, has its meters
    expect((await ask({ period: { from: '2025-12-01', to: '2025-12-31' } }))?.camps).toBeNull();
    expect((await ask({ camp: 'b', period: year }))?.meters).toHaveLength(SOURCES.length);
    expect(await ask({ camp: 'a', period: year })).toMatchObject({ meters: null, camps: null });
  });

  it('trends read the months they are drawn from', async () => {
    expect(await rowsOf((ctx) => trendsAnswer(ctx))).toBe(2 * SOURCES.length * 35);
  });
}

describe('on SQLite', () => {
  let folder: string;
  let counting: CountingStore;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bluewatt-rows-'));
    counting = countingRows(await openStore({ dataDir: folder }));
    await fill(counting.store);
  }, 60_000);
  afterAll(async () => {
    await counting.store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  counts({ counting: () => counting, context: () => ({ store: counting.store, registry, now: NOW }) });
});

describeWith(['influxd'], 'on InfluxDB', () => {
  let influx: Influx;
  let counting: CountingStore;
  beforeAll(async () => {
    influx = await startInflux();
    counting = countingRows(await openStore({ influxUrl: influx.url, dataDir: '/nonexistent' }));
    await fill(counting.store);
  }, 120_000);
  afterAll(() => influx.stop());
  counts({ counting: () => counting, context: () => ({ store: counting.store, registry, now: NOW }) });
});

describe('a step too fine for its range', () => {
  const asked = (step: EnergyStep, days: number) =>
    parsePeriodAndStep(new URLSearchParams({ from: addDays(YEARS.to, 1 - days), to: YEARS.to, step }), NOW);

  it.each(['15m', '1h', '1d'] as const)(
    'is refused a day beyond what %s may cover, with what to do',
    (step) => {
      expect(asked(step, MAX_DAYS[step]).ok).toBe(true);
      const refused = asked(step, MAX_DAYS[step] + 1);
      expect(refused).toMatchObject({ ok: false, problem: { code: 'PERIOD_TOO_LONG', field: 'step' } });
      expect(refused.ok ? '' : refused.problem.message).toMatch(/fewer days at a time, or a coarser step/);
    },
  );

  it.each(['15m', '1h', '1d', '1mo'] as const)(
    'would show more than 400 rows: as many days of %s as may be asked for do not',
    (step) => {
      // the days around each change of Beirut's clocks among them
      for (const to of ['2025-12-31', '2025-10-27', '2025-03-31']) {
        const period = { from: addDays(to, 1 - MAX_DAYS[step]), to };
        expect(bucketsOf(period, step, 'Asia/Beirut').length).toBeLessThanOrEqual(MAX_ROWS_PER_SERIES);
      }
    },
  );

  it('is never a page’s own choice: that has at most 400 buckets', () => {
    for (const [, period] of RANGES) {
      const buckets = bucketsOf(period, defaultStep(period), 'Africa/Juba');
      expect(buckets.length).toBeGreaterThan(0);
      expect(buckets.length).toBeLessThanOrEqual(MAX_ROWS_PER_SERIES);
    }
  });
});
