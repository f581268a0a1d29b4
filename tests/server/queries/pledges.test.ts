import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { daysBetween } from '#lib/energy/calendar.ts';
import type { LedgerEntry } from '#lib/energy/ledger.ts';
import type { Meter, Pledge, Registry } from '#lib/registry/types.ts';
import { pledges } from '#lib/server/queries/pledges.ts';
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
const BANBATT = { ownership: 'coe-wet', country: 'BD', unit: 'BANBATT' } as const;
const WINDOW = { from: '2026-10-25', to: '2026-11-23' };

let temporary: TestStore;
beforeEach(() => {
  temporary = temporaryStore();
});
afterEach(() => temporary.dispose());

function pledgeOf(rest: Partial<Pledge> = {}): Pledge {
  return {
    country: 'BD',
    unit: 'BANBATT',
    mission: 'a',
    source: 'solar',
    ratedW: 100_000,
    due: '2026-06-30',
    ...rest,
  };
}

function registry(meters: Record<string, Meter>, ...promised: Pledge[]): Registry {
  return { ...registryOf({ a: mission({ main: camp(meters) }) }), pledges: promised };
}

function solar(rest: Partial<Meter> = {}): Meter {
  return meter('solar', { ...BANBATT, ratedW: 100_000, ...rest });
}

/** The same every day. */
function days(whPerDay: number, { from, to } = WINDOW, contributor = 'BD/BANBATT'): LedgerEntry[] {
  return daysBetween({ from, to }).map((period) => ({
    ...entry(
      { mission: 'a', camp: 'main', source: 'solar', period },
      { energyWh: whPerDay, renewableWh: whPerDay },
    ),
    ownership: 'coe-wet',
    contributor,
  }));
}

describe('a pledge', () => {
  it('of which nothing stands is pledged until its date and overdue from the day after it', async () => {
    const { store } = temporary;
    const ctx = {
      store,
      registry: registry({}, pledgeOf({ due: '2026-11-24' }), pledgeOf({ due: '2026-11-23' })),
      now: NOW,
    };
    const answer = await pledges(ctx);
    expect(answer.pledges.map(({ status, daysOverdue }) => [status, daysOverdue])).toEqual([
      ['overdue', 1],
      ['pledged', 0],
    ]);
    expect(answer.counts).toEqual({ pledged: 1, deployed: 0, delivering: 0, overdue: 1 });
  });

  it('is measured by 1,400 kWh a kilowatt where the mission has no year of its own', async () => {
    const { store } = temporary;
    await writeDays(store, days(300_000));
    const ctx = { store, registry: registry({ pv: solar() }, pledgeOf()), now: NOW };
    const [only] = (await pledges(ctx)).pledges;
    expect(only).toMatchObject({ status: 'delivering', deployedW: 100_000 });
    expect(only?.delivery).toEqual({
      ...WINDOW,
      deliveredWh: 9_000_000,
      expectedWh: (100_000 * 1_400 * 30) / 365,
      specificYield: { kWhPerKW: 1_400, isOwn: false },
    });
  });

  it('is measured by the mission’s own yield where it has one', async () => {
    const { store } = temporary;
    const year = { from: '2025-11-01', to: '2026-11-23' };
    await writeDays(store, days(1_000_000, year, 'MN/MONBATT'));
    await writeDays(store, days(1_000_000, year, 'MN/MONBATT').concat(days(200_000)));
    const meters = {
      pv: solar({ from: '2026-11-01' }),
      own: meter('solar', { ownership: 'coe-wet', country: 'MN', unit: 'MONBATT', ratedW: 200_000 }),
    };
    const [only] = (await pledges({ store, registry: registry(meters, pledgeOf()), now: NOW })).pledges;
    // twelve months to the end of October: 365 MWh and a week of 200 kWh, of 200 kW
    const kWhPerKW = (365 * 1_000_000 + 7 * 200_000) / 200_000;
    expect(only?.delivery.specificYield).toEqual({ kWhPerKW, isOwn: true });
    // in service for 23 of the thirty days
    expect(only?.delivery.expectedWh).toBeCloseTo((100_000 * kWhPerKW * 23) / 365, 6);
  });

  it('whose plant stands and gives little is deployed, not delivering', async () => {
    const { store } = temporary;
    await writeDays(store, days(100_000));
    const ctx = { store, registry: registry({ pv: solar() }, pledgeOf()), now: NOW };
    expect((await pledges(ctx)).pledges).toMatchObject([{ status: 'deployed', daysOverdue: 0 }]);
  });

  it('counts what stands today only: not what was taken out of service, nor what has passed to another unit', async () => {
    const { store } = temporary;
    await writeDays(store, days(300_000));
    const gone = registry(
      {
        left: solar({ to: '2026-11-24' }),
        passed: solar({ owners: [{ from: '2026-11-20', ...BANBATT, unit: 'BANBATT-2' }] }),
        others: solar({ country: 'IN', unit: 'INDBATT' }),
        wind: meter('wind', { ...BANBATT, ratedW: 100_000 }),
      },
      pledgeOf(),
      pledgeOf({ unit: 'BANBATT-2' }),
    );
    const found = (await pledges({ store, registry: gone, now: NOW })).pledges;
    expect(found.map(({ unit, deployedW }) => [unit, deployedW])).toEqual([
      ['BANBATT', 0],
      ['BANBATT-2', 100_000],
    ]);
  });

  it('of a country without a unit is fulfilled by any of its units, once', async () => {
    const { unit: _, ...ofCountry } = pledgeOf({ ratedW: 150_000 });
    const ctx = {
      store: temporary.store,
      registry: registry({ one: solar(), two: solar({ unit: 'BANENGR' }) }, ofCountry, pledgeOf()),
      now: NOW,
    };
    const found = (await pledges(ctx)).pledges;
    expect(found.map(({ unit, deployedW, status }) => [unit, deployedW, status])).toEqual([
      [null, 100_000, 'overdue'],
      ['BANBATT', 100_000, 'deployed'],
    ]);
  });

  it('of another mission is left out when one mission is asked for', async () => {
    const ctx = { store: temporary.store, registry: registry({}, pledgeOf()), now: NOW };
    expect((await pledges(ctx, { mission: 'b' })).pledges).toEqual([]);
    expect((await pledges(ctx, { mission: 'a' })).pledges).toHaveLength(1);
  });
});
