import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { daysBetween } from '#lib/energy/calendar.ts';
import type { LedgerEntry } from '#lib/energy/ledger.ts';
import { campNow } from '#lib/server/queries/camp-now.ts';
import { campsAnswer } from '#lib/server/queries/camps.ts';
import { missionEnergyAnswer } from '#lib/server/queries/energy.ts';
import { metersAnswer } from '#lib/server/queries/meters.ts';
import { missionsAnswer, missionSummaryAnswer } from '#lib/server/queries/missions.ts';
import { trendsAnswer } from '#lib/server/queries/trends.ts';
import type { Meter } from '#lib/registry/types.ts';
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
const YEAR = { from: '2026-01-01', to: '2026-12-31' };
const CLOSING = '2026-07-01';

let temporary: TestStore;
beforeEach(() => {
  temporary = temporaryStore();
});
afterEach(() => temporary.dispose());

function plant(rest: Partial<Meter> = {}) {
  return {
    g: meter('diesel', { ratedW: 100_000, ...rest }),
    pv: meter('solar', { ratedW: 100_000, ...rest }),
  };
}

const PEOPLE = { headcount: [{ from: '2020-01-01', people: 100 }] };

/** Fully covered days, the same every day. */
function days(
  slugs: { mission: string; camp: string },
  { diesel, solar, from, to }: { diesel: number; solar: number; from: string; to: string },
): LedgerEntry[] {
  const coveredWs = 86_400 * 100_000;
  return daysBetween({ from, to }).flatMap((period) => [
    entry({ ...slugs, source: 'diesel', period }, { energyWh: diesel, coveredWs }),
    entry({ ...slugs, source: 'solar', period }, { energyWh: solar, renewableWh: solar, coveredWs }),
  ]);
}

describe('a camp that closed in the middle of the year', () => {
  const registry = registryOf({
    a: mission({ left: camp(plant({ to: CLOSING }), PEOPLE), stays: camp(plant(), PEOPLE) }),
  });
  const write = () =>
    writeDays(temporary.store, [
      ...days(
        { mission: 'a', camp: 'left' },
        { diesel: 90, solar: 10, from: '2024-11-01', to: '2026-06-30' },
      ),
      ...days(
        { mission: 'a', camp: 'stays' },
        { diesel: 50, solar: 50, from: '2024-11-01', to: '2026-11-23' },
      ),
    ]);
  const ctx = () => ({ store: temporary.store, registry, now: Date.parse('2026-11-24T00:00:00Z') });

  it('costs neither itself nor its mission any coverage', async () => {
    await write();
    const summary = await missionSummaryAnswer(ctx(), { mission: 'a', period: YEAR });
    expect(summary).toMatchObject({ coverage: 1, status: 'reportable', closedOn: null, finalYear: null });
    const answer = await campsAnswer(ctx(), { mission: 'a', period: YEAR });
    expect(answer?.camps.map(({ camp: slug, coverage, closedOn }) => [slug, coverage, closedOn])).toEqual([
      ['stays', 1, null],
      ['left', 1, CLOSING],
    ]);
    const energy = await missionEnergyAnswer(ctx(), { mission: 'a', period: YEAR, step: '1mo' });
    expect(energy?.buckets.slice(0, 10).map(({ coverage }) => coverage)).toEqual(Array<number>(10).fill(1));
  });

  it('has no people after it', async () => {
    const summary = await missionSummaryAnswer(ctx(), { mission: 'a', period: YEAR });
    // 181 days of both camps, and 147 days of the one that stays
    expect(summary?.personDays).toBe(181 * 200 + 147 * 100);
    const camps = await campsAnswer(ctx(), {
      mission: 'a',
      period: { from: '2026-08-01', to: '2026-08-31' },
    });
    expect(camps?.camps.map(({ camp: slug, personDays }) => [slug, personDays])).toEqual([
      ['left', 0],
      ['stays', 3100],
    ]);
  });

  it('misses no meter, and shows none as running', async () => {
    const { meters } = await metersAnswer(ctx(), { mission: 'a', camp: 'left' });
    expect(meters.map(({ stale }) => stale)).toEqual([false, false]);
    expect((await campNow(ctx(), { mission: 'a', camp: 'left' }))?.meters).toEqual([]);
  });

  it('leaves the trailing year to what was there while it was, and then to what is left', async () => {
    await write();
    const [trend] = await trendsAnswer(ctx());
    // November 2025 to October 2026: 242 days of both camps, 123 of one
    const share = (242 * 60 + 123 * 50) / (242 * 200 + 123 * 100);
    expect(trend?.course.trailingShare).toBeCloseTo(share, 12);
    expect(trend).toMatchObject({ closedOn: null, course: { verdict: 'off-course' } });
  });
});

describe('a mission that closed', () => {
  const registry = registryOf({
    closed: mission({
      one: camp(plant({ to: CLOSING })),
      two: camp(plant({ to: '2026-03-01' })),
      empty: camp({}),
    }),
    worse: mission({ main: camp(plant()) }, { name: 'Worse' }),
    better: mission({ main: camp(plant()) }, { name: 'Better' }),
    silent: mission({ main: camp(plant()) }, { name: 'Silent' }),
  });
  const ctx = () => ({ store: temporary.store, registry, now: NOW });
  const write = () =>
    writeDays(temporary.store, [
      ...days(
        { mission: 'closed', camp: 'one' },
        { diesel: 99, solar: 1, from: '2025-01-01', to: '2026-06-30' },
      ),
      ...days(
        { mission: 'worse', camp: 'main' },
        { diesel: 90, solar: 10, from: '2026-01-01', to: '2026-11-24' },
      ),
      ...days(
        { mission: 'better', camp: 'main' },
        { diesel: 10, solar: 90, from: '2026-01-01', to: '2026-11-24' },
      ),
    ]);

  it('is not ranked, though its gap is the worst, and keeps its final figures', async () => {
    await write();
    const { missions } = await missionsAnswer(ctx(), YEAR);
    expect(missions.map(({ mission: slug, closedOn }) => [slug, closedOn])).toEqual([
      ['worse', null],
      ['better', null],
      ['closed', CLOSING],
      ['silent', null],
    ]);
    expect(missions[2]?.finalYear).toMatchObject({
      period: { from: '2025-07-01', to: '2026-06-30' },
      electricityWh: { total: 36_500 },
      renewableShare: 0.01,
      dieselShare: 0.99,
    });
  });

  it('is told the same in the years after, when there is nothing else to tell', async () => {
    await write();
    const later = { ...ctx(), now: Date.parse('2028-05-05T00:00:00Z') };
    const summary = await missionSummaryAnswer(later, {
      mission: 'closed',
      period: { from: '2028-01-01', to: '2028-12-31' },
    });
    expect(summary).toMatchObject({
      status: 'no-data',
      coverage: null,
      closedOn: CLOSING,
      finalYear: { renewableShare: 0.01, factorSet: 'ipcc-2006-ar5' },
    });
    const [trend] = await trendsAnswer(later, { mission: 'closed' });
    expect(trend?.months.at(-1)?.month).toBe('2026-06');
    expect(trend).toMatchObject({
      closedOn: CLOSING,
      course: { trailingShare: 0.01, verdict: 'unknown', target: null, missingWhPerYear: null },
    });
  });

  it('is ranked in the years it was at work, and until its date has come', async () => {
    await write();
    const before = await missionSummaryAnswer(ctx(), {
      mission: 'closed',
      period: { from: '2025-01-01', to: '2025-12-31' },
    });
    expect(before).toMatchObject({ closedOn: null, finalYear: null });
    const eve = { ...ctx(), now: Date.parse('2026-06-30T23:59:59Z') };
    expect((await missionSummaryAnswer(eve, { mission: 'closed', period: YEAR }))?.closedOn).toBeNull();
  });
});
