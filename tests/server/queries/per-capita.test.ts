/** A mission's figures a person a day, by its registry's head counts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Camp } from '#lib/registry/types.ts';
import { campSummaryAnswer } from '#lib/server/queries/camps.ts';
import { perCapitaOf } from '#lib/server/queries/per-capita.ts';
import { AFTER, CAMP, MISSION, REGISTRY } from '../../energy/reference-camp.ts';
import { temporaryStore, writeReferenceCamp, type TestStore } from './fixture.ts';

const PERIOD = { from: '2026-03-28', to: '2026-03-30' };
let temporary: TestStore;
beforeAll(async () => {
  temporary = temporaryStore();
  await writeReferenceCamp(temporary.store);
});
afterAll(() => temporary.dispose());

async function withCamp(change: Partial<Camp>) {
  const mission = REGISTRY.missions[MISSION]!;
  const camp = { ...mission.camps[CAMP]!, ...change };
  const changed = { ...mission, camps: { [CAMP]: camp } };
  const context = {
    store: temporary.store,
    registry: { ...REGISTRY, missions: { [MISSION]: changed } },
    now: AFTER,
  };
  const summary = await campSummaryAnswer(context, { mission: MISSION, camp: CAMP, period: PERIOD });
  if (summary === undefined) throw new Error('no summary');
  return {
    summary,
    mission: changed,
    of: perCapitaOf({ mission: changed, camps: [camp] }, summary, { period: PERIOD, now: AFTER }),
  };
}

describe('Figures a person a day of a camp', () => {
  it('divide its fuel and electricity by its people and days', async () => {
    const { summary, of } = await withCamp({ headcount: [{ from: '2026-03-01', people: 100 }] });
    expect(of.withheld).toBeNull();
    expect(of.litresPerPersonDay).toBeCloseTo((summary.fuelL + summary.estimatedFuelL) / 300, 9);
    expect(of.kWhPerPersonDay).toBeCloseTo(summary.electricityWh.total / 1000 / 300, 9);
    expect(of.ghgKgPerPersonDay).toBeCloseTo(summary.ghgKg / 300, 9);
  });

  it('are withheld with a count of last year, and back when the same number is stated again', async () => {
    const old = { from: '2025-09-01', people: 100 };
    expect((await withCamp({ headcount: [old] })).of).toEqual({
      litresPerPersonDay: null,
      kWhPerPersonDay: null,
      ghgKgPerPersonDay: null,
      withheld: 'headcount-stale',
      withheldBy: ['Naqoura'],
    });
    expect(
      (await withCamp({ headcount: [old, { from: '2026-03-15', people: 100 }] })).of.withheld,
    ).toBeNull();
  });

  it('are the same in the summary that pages, CSV and API take', async () => {
    for (const headcount of [[{ from: '2026-03-01', people: 100 }], [{ from: '2025-09-01', people: 100 }]]) {
      const { summary, of } = await withCamp({ headcount });
      expect(summary.perCapita).toEqual(of);
    }
  });

  it('are judged by today in a period that still runs', async () => {
    const { mission, summary } = await withCamp({ headcount: [{ from: '2026-03-01', people: 100 }] });
    const year = { from: '2026-03-28', to: '2026-12-31' };
    const group = { mission, camps: Object.values(mission.camps) };
    const on = (day: string) => perCapitaOf(group, summary, { period: year, now: Date.parse(day) }).withheld;
    expect([on('2026-08-31T12:00Z'), on('2026-09-01T12:00Z')]).toEqual([null, 'headcount-stale']);
  });

  it('are withheld where it is known that nobody lives there, which is not the same as not knowing', async () => {
    const { summary } = await withCamp({ headcount: [{ from: '2026-03-01', people: 0 }] });
    expect([summary.personDays, summary.perCapita.withheld]).toEqual([0, 'no-people']);
    expect((await withCamp({ headcount: [] })).summary.personDays).toBeNull();
  });

  it('are withheld without any count', async () => {
    expect((await withCamp({ headcount: [] })).of.withheld).toBe('headcount-unknown');
  });
});
