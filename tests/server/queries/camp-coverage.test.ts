/** Which days of which camps are known, from the day ledger and the registry alone. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Registry } from '#lib/registry/types.ts';
import { campCoverageAnswer } from '#lib/server/queries/camp-coverage.ts';
import type { QueryContext } from '#lib/server/queries/types.ts';
import { camp, entry, meter, temporaryStore, writeDays, type TestStore } from './fixture.ts';

const NOW = Date.parse('2026-03-05T12:00:00Z');
const DAY_WS = 86_400 * 100_000;
const REGISTRY: Registry = {
  missions: {
    plains: {
      name: 'Plains',
      zone: 'UTC',
      targets: [],
      grid: [],
      camps: {
        north: camp(
          { 'genset-1': meter('diesel', { ratedW: 100_000 }), 'load-1': meter('load', { ratedW: 100_000 }) },
          { name: 'North' },
        ),
        south: camp({ 'pv-1': meter('solar', { ratedW: 50_000, from: '2026-03-03' }) }, { name: 'South' }),
      },
    },
  },
  pledges: [],
  sources: [],
};

describe('coverage by camp and day', () => {
  let opened: TestStore;
  let ctx: QueryContext;

  beforeEach(async () => {
    opened = temporaryStore();
    ctx = { store: opened.store, registry: REGISTRY, corrections: [], now: NOW };
    const day = (period: string, part: number, source: 'diesel' | 'load' = 'diesel') =>
      entry(
        { mission: 'plains', camp: 'north', source, period },
        { coveredWs: part * DAY_WS, energyWh: 1_000 },
      );
    await writeDays(opened.store, [
      day('2026-03-01', 1),
      day('2026-03-02', 0.5),
      // What the loads said vouches for no source.
      day('2026-03-03', 1, 'load'),
      day('2026-03-05', 0.5),
      entry(
        { mission: 'plains', camp: 'south', source: 'solar', period: '2026-03-04' },
        { coveredWs: 86_400 * 50_000 * 0.9, energyWh: 500 },
      ),
    ]);
  });
  afterEach(() => opened.dispose());

  it('tells whole, partial, silent and unserved days apart, camp by camp, up to this very hour', async () => {
    const period = { from: '2026-03-01', to: '2026-12-31' };
    const answer = await campCoverageAnswer(ctx, { mission: 'plains', period });
    expect(answer?.map(({ camp: slug, days }) => [slug, days])).toEqual([
      // Of the fifth, half has passed and half of the day was covered.
      ['north', [1, 0.5, 0, 0, 1]],
      ['south', [null, null, 0, 0.9, 0]],
    ]);
    expect(answer?.[0]?.coverage).toBeCloseTo(2 / 4.5, 12);
    expect(answer?.[1]?.coverage).toBeCloseTo(0.9 / 2.5, 12);
  });

  it('tells one camp alone, and nothing of what is not there, not yet, or too long', async () => {
    const march = { from: '2026-03-01', to: '2026-03-31' };
    const one = await campCoverageAnswer(ctx, { mission: 'plains', camp: 'south', period: march });
    expect(one?.map(({ name }) => name)).toEqual(['South']);
    expect(await campCoverageAnswer(ctx, { mission: 'plains', camp: 'west', period: march })).toBeUndefined();
    expect(await campCoverageAnswer(ctx, { mission: 'nowhere', period: march })).toBeUndefined();
    const years = { from: '2020-01-01', to: '2026-12-31' };
    expect(await campCoverageAnswer(ctx, { mission: 'plains', period: years })).toBeUndefined();
    const later = { from: '2027-01-01', to: '2027-01-31' };
    const none = await campCoverageAnswer(ctx, { mission: 'plains', period: later });
    expect(none?.map(({ coverage, days }) => [coverage, days])).toEqual([
      [null, []],
      [null, []],
    ]);
  });
});
