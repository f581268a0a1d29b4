import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeAnswer, type ChangeQuery } from '#lib/server/queries/what-changed.ts';
import type { ChangeAnswer } from '#lib/server/queries/types.ts';
import { AFTER, CAMP, MISSION, REGISTRY } from '../../energy/reference-camp.ts';
import {
  camp,
  entry,
  meter,
  mission,
  registryOf,
  temporaryStore,
  writeDays,
  writeReferenceCamp,
  type TestStore,
} from './fixture.ts';

let reference: TestStore;
let years: TestStore;
const DAY_WS = 86_400 * 100_000;

beforeAll(async () => {
  reference = temporaryStore();
  await writeReferenceCamp(reference.store);
  years = temporaryStore();
  const key = { mission: 'one', camp: 'a' } as const;
  const metered = { coveredWs: DAY_WS };
  await writeDays(years.store, [
    entry({ ...key, source: 'solar', period: '2024-02-29' }, { energyWh: 300, renewableWh: 300, ...metered }),
    entry({ ...key, source: 'diesel', period: '2024-02-29' }, { energyWh: 700, ...metered }),
    entry({ ...key, source: 'solar', period: '2023-02-28' }, { energyWh: 100, renewableWh: 100, ...metered }),
    entry({ ...key, source: 'diesel', period: '2023-02-28' }, { energyWh: 900, ...metered }),
  ]);
});
afterAll(async () => {
  await reference.dispose();
  await years.dispose();
});

async function ask(query: Partial<ChangeQuery> & Pick<ChangeQuery, 'period'>): Promise<ChangeAnswer> {
  const ctx = { store: reference.store, registry: REGISTRY, now: AFTER };
  const answer = await changeAnswer(ctx, { mission: MISSION, ...query });
  if (answer === undefined) throw new Error('the reference mission is registered');
  return answer;
}

const ONE = registryOf({
  one: mission({
    a: camp({ s: meter('solar', { ratedW: 100_000 }), d: meter('diesel', { ratedW: 100_000 }) }),
  }),
});

describe('what changed at the reference camp', () => {
  it('adds up from yesterday’s share to today’s, of the mission and of its camp alike', async () => {
    const period = { from: '2026-03-30', to: '2026-03-30' };
    const answer = await ask({ period });
    expect(answer.against).toBe('before');
    expect(answer.before.period).toEqual({ from: '2026-03-29', to: '2026-03-29' });
    expect(answer.before.renewableShare?.toFixed(4)).toBe('0.5000');
    expect(answer.now.renewableShare?.toFixed(4)).toBe('0.6131');
    expect([answer.before.servedDays, answer.now.servedDays]).toEqual([23 / 24, 1]);
    const sum = (answer.parts ?? []).reduce((total, { pp }) => total + pp, 0);
    const [before, now] = [answer.before.renewableShare ?? 0, answer.now.renewableShare ?? 0];
    expect(sum).toBeCloseTo(100 * (now - before), 9);
    expect(await ask({ period, camp: CAMP })).toEqual(answer);
  });

  it('counts what gen-2’s silence hid as recovered, so that the data moved nothing for it', async () => {
    const { parts } = await ask({ period: { from: '2026-03-30', to: '2026-03-30' } });
    expect(parts?.find(({ driver }) => driver === 'data')?.pp).toBeCloseTo(0, 6);
  });

  it('compares a period that runs with as many days before it as have begun', async () => {
    const { now, before } = await ask({ period: { from: '2026-03-30', to: '2026-04-05' } });
    expect(now.period).toEqual({ from: '2026-03-30', to: '2026-03-31' });
    expect(before.period).toEqual({ from: '2026-03-28', to: '2026-03-29' });
  });

  it('has no parts where nothing is known of the time before', async () => {
    const answer = await ask({ period: { from: '2026-03-28', to: '2026-03-30' } });
    expect(answer).toMatchObject({
      parts: null,
      before: { renewableShare: null, status: 'no-data', meanPowerW: null },
    });
  });

  it('knows no mission and no camp that nobody registered', async () => {
    const ctx = { store: reference.store, registry: REGISTRY, now: AFTER };
    const period = { from: '2026-03-30', to: '2026-03-30' };
    expect(await changeAnswer(ctx, { mission: 'nowhere', period })).toBeUndefined();
    expect(await changeAnswer(ctx, { mission: MISSION, camp: 'nowhere', period })).toBeUndefined();
  });
});

describe('what changed against a year earlier', () => {
  it('is asked by default of a long period, and finds the 28th for a 29 February', async () => {
    const ctx = { store: years.store, registry: ONE, now: Date.parse('2024-06-01T00:00:00Z') };
    const year = await changeAnswer(ctx, {
      mission: 'one',
      period: { from: '2024-01-01', to: '2024-05-31' },
    });
    expect(year).toMatchObject({
      against: 'year',
      before: { period: { from: '2023-01-01', to: '2023-05-31' } },
    });

    const period = { from: '2024-02-29', to: '2024-02-29' };
    const day = await changeAnswer(ctx, { mission: 'one', period, against: 'year' });
    expect(day?.before.period).toEqual({ from: '2023-02-28', to: '2023-02-28' });
    // The same plant, the same demand: all twenty points are the sun's.
    expect(day?.parts?.find(({ driver }) => driver === 'sun')?.pp).toBeCloseTo(20, 9);
  });
});
