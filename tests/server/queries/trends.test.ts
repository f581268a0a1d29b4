import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addMonths, monthsBetween } from '#lib/energy/calendar.ts';
import { trendsAnswer } from '#lib/server/queries/trends.ts';
import { camp, entry, meter, mission, registryOf, temporaryStore, type TestStore } from './fixture.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
let temporary: TestStore;

beforeEach(() => {
  temporary = temporaryStore();
});
afterEach(() => temporary.dispose());

const solar = { from: '2020-01-01', ratedW: 1_000_000 };

async function writeMonths(solarWh: number, dieselWh: number): Promise<void> {
  const months = monthsBetween('2023-01', '2026-11');
  await temporary.store.writeAccounts(
    [],
    months.flatMap((period) => [
      entry(
        { mission: 'a', camp: 'one', source: 'solar', period },
        { energyWh: solarWh, renewableWh: solarWh },
      ),
      entry({ mission: 'a', camp: 'two', source: 'diesel', period }, { energyWh: dieselWh }),
    ]),
  );
}

describe('the trend of a mission', () => {
  it('has the last 24 complete months and an assessment with its own specific yield', async () => {
    await writeMonths(120e6, 280e6);
    const registry = registryOf({
      a: mission({ one: camp({ p: meter('solar', solar) }), two: camp({ g: meter('diesel') }) }),
    });
    const [trend] = await trendsAnswer({ store: temporary.store, registry, now: NOW });
    expect(trend?.months.map(({ month }) => month)).toEqual(monthsBetween('2024-11', '2026-10'));
    expect(
      trend?.months.every(({ renewableShare, totalWh }) => renewableShare === 0.3 && totalWh === 400e6),
    ).toBe(true);
    // 12 × 120 MWh of 1 MW: 1,440 kWh/kWp. 50 points of 4,800 MWh are 2,400 MWh a year.
    expect(trend?.course).toMatchObject({
      verdict: 'off-course',
      trailingMonths: 12,
      target: { year: 2030 },
    });
    expect(trend?.course.trailingShare).toBeCloseTo(0.3, 12);
    expect(trend?.course.trendPpPerYear).toBeCloseTo(0, 9);
    expect(trend?.course.specificYield.isOwn).toBe(true);
    expect(trend?.course.specificYield.kWhPerKWp).toBeCloseTo(1440, 6);
    expect(trend?.course.missingWhPerYear).toBeCloseTo(2.4e9, 0);
    expect(trend?.course.missingSolarW).toBeCloseTo(2.4e9 / 1440, 3);
  });

  it('falls back to the stated yield when a solar meter has no rating', async () => {
    await writeMonths(120e6, 280e6);
    const unrated = registryOf({ a: mission({ one: camp({ p: meter('solar') }) }) });
    const [trend] = await trendsAnswer({ store: temporary.store, registry: unrated, now: NOW });
    expect(trend?.course.specificYield).toEqual({ kWhPerKWp: 1400, isOwn: false });
  });

  it('has gaps, not zeros, where months are missing', async () => {
    const period = addMonths('2026-11', -1);
    await temporary.store.writeAccounts(
      [],
      [entry({ mission: 'a', camp: 'one', source: 'diesel', period }, { energyWh: 5 })],
    );
    const registry = registryOf({ a: mission({ one: camp({}) }) });
    const [trend] = await trendsAnswer({ store: temporary.store, registry, now: NOW }, { mission: 'a' });
    expect(trend?.months.map(({ renewableShare }) => renewableShare)).toEqual([
      ...Array<null>(23).fill(null),
      0,
    ]);
  });

  it('ends with the month that is complete in the mission’s own zone', async () => {
    const registry = registryOf({
      east: mission({}, { zone: 'Pacific/Apia' }),
      west: mission({}, { zone: 'America/Port-au-Prince' }),
    });
    const ctx = { store: temporary.store, registry, now: Date.parse('2026-11-30T20:00:00Z') };
    const ends = (await trendsAnswer(ctx)).map(({ months }) => months.at(-1)?.month);
    expect(ends).toEqual(['2026-11', '2026-10']);
  });

  it('does not exist for an unknown mission', async () => {
    const ctx = { store: temporary.store, registry: registryOf({}), now: NOW };
    expect(await trendsAnswer(ctx, { mission: '__proto__' })).toEqual([]);
  });
});
