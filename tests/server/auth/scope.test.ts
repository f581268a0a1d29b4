import { describe, expect, it } from 'vitest';
import { toGrant } from '#lib/access/roles.ts';
import { meterRef } from '#lib/energy/reading.ts';
import { ANONYMOUS, OPEN, personAccess } from '#lib/server/auth/access.ts';
import { assertMayChange } from '#lib/server/auth/changes.ts';
import { currentAccess, withAccess } from '#lib/server/auth/current.ts';
import { scoped, scopedReport } from '#lib/server/auth/scope.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { missionsAnswer } from '#lib/server/queries/missions.ts';
import { metersAnswer } from '#lib/server/queries/meters.ts';
import { pledges } from '#lib/server/queries/pledges.ts';
import { readingsAnswer } from '#lib/server/queries/readings.ts';
import type { QueryContext } from '#lib/server/queries/types.ts';
import { seedRegistry } from '../../web/seed.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const PERSON = { id: 'p', name: 'P', email: 'p@example.org' };
const viewer = personAccess(PERSON, [toGrant('viewer', 'cedar')]);
const engineer = personAccess(PERSON, [toGrant('engineer', 'cedar')]);
const YEAR = { from: '2026-01-01', to: '2026-12-31' };

const RECORDS = {
  fuelRecords: ['cedar', 'savanna'].map((mission, id) => ({
    kind: 'stock' as const,
    mission,
    camp: 'ridge',
    volumeMl: 5_000,
    at: NOW,
    author: 'a',
    reason: 'r',
    madeAt: NOW,
    id,
    supersedes: null,
  })),
  silences: new Map(
    ['cedar', 'savanna'].map(
      (mission) => [`${mission}/ridge/solar-1`, { silent: null, expireAfterMs: null }] as const,
    ),
  ),
};

async function context(): Promise<QueryContext> {
  const store = createSqliteStore({ file: ':memory:' });
  await store.writeReadings(
    ['cedar', 'savanna'].map((mission) => ({
      meter: meterRef(mission, 'ridge', 'solar-1'),
      at: NOW,
      values: { activePowerW: 5 },
    })),
  );
  const sources = ['cedar', 'savanna'].map((mission) => ({
    profile: 'shelly-gen2',
    topic: `${mission}/shelly`,
    mission,
    camp: 'ridge',
    meter: 'load-1',
  }));
  return { store, registry: { ...seedRegistry(), sources }, corrections: [], ...RECORDS, now: NOW };
}

describe('the data as somebody may see them', () => {
  it('are as they are for whoever may see everything', async () => {
    const ctx = await context();
    expect(scoped(ctx, OPEN)).toBe(ctx);
    expect(scoped(ctx, personAccess(PERSON, [toGrant('administrator', '*')]))).toBe(ctx);
  });

  it('hold no other mission: not in the registry, nor in pledges, devices, ledger, meters or readings', async () => {
    const ctx = scoped(await context(), viewer);
    expect(Object.keys(ctx.registry.missions)).toEqual(['cedar']);
    expect(ctx.registry.sources.map(({ mission }) => mission)).toEqual(['cedar']);
    expect(ctx.fuelRecords?.map(({ mission }) => mission)).toEqual(['cedar']);
    expect([...(ctx.silences?.keys() ?? [])]).toEqual(['cedar/ridge/solar-1']);
    expect((await pledges(ctx)).pledges.every(({ mission }) => mission === 'cedar')).toBe(true);
    expect((await missionsAnswer(ctx, YEAR)).missions.map(({ mission }) => mission)).toEqual(['cedar']);
    expect((await metersAnswer(ctx, {})).meters.every(({ mission }) => mission === 'cedar')).toBe(true);
    const elsewhere = { mission: 'savanna', camp: 'ridge', meter: 'solar-1', date: '2026-11-24' };
    expect(await readingsAnswer(ctx, { ...elsewhere, after: undefined, limit: 10 })).toBeUndefined();
    const other = meterRef('savanna', 'ridge', 'solar-1');
    expect(await ctx.store.readReadings(other, { from: 0, to: NOW + 1 })).toEqual([]);
    expect(await ctx.store.readingBefore(other, NOW + 1)).toBeUndefined();
    expect(await ctx.store.readingFrom(other, 0)).toBeUndefined();
    expect(
      await ctx.store.readLedger({ level: 'month', from: '2026-01', to: '2026-12', mission: 'savanna' }),
    ).toEqual([]);
  });

  it('are nothing for nobody', async () => {
    const ctx = scoped(await context(), ANONYMOUS);
    expect(ctx.registry).toEqual({ missions: {}, pledges: [], sources: [] });
    expect(await ctx.store.listMeters()).toEqual([]);
    expect(ctx.corrections).toEqual([]);
    expect([ctx.fuelRecords, ctx.silences]).toEqual([[], new Map()]);
  });

  it('round where camps lie for those who need no more', async () => {
    const place = (ctx: QueryContext) => ctx.registry.missions['cedar']?.camps['naqoura-east']?.location;
    const exact = { lat: 33.1, lon: 35.2 };
    const moved = await context();
    const cedar = moved.registry.missions['cedar'];
    const camp = cedar?.camps['naqoura-east'];
    if (cedar === undefined || camp === undefined) throw new Error('the seed has no such camp');
    const precise = { lat: 33.1234, lon: 35.1987 };
    const registry = {
      ...moved.registry,
      missions: { cedar: { ...cedar, camps: { 'naqoura-east': { ...camp, location: precise } } } },
    };
    expect(place(scoped({ ...moved, registry }, viewer))).toEqual(exact);
    expect(place(scoped({ ...moved, registry }, engineer))).toEqual(precise);
  });

  it('cannot be written through', async () => {
    const { store } = scoped(await context(), engineer);
    expect(() => store.writeReadings([])).toThrow(/never write/);
    expect(() => store.writeAccounts([], [])).toThrow(/never write/);
  });

  it('leave out of the worker’s report what it says of other missions, and what brokers answered', () => {
    const rejection = (topic: string) => ({ topic, reason: 'time-missing', detail: 'x' });
    const report = {
      status: 'degraded',
      problems: ['broker.example refused savanna'],
      problemCodes: [{ code: 'topics-refused', detail: 'bluewatt/savanna/#' }],
      rejections: ['bluewatt/cedar/a/b/reading', 'bluewatt/savanna/a/b/reading', 'shelly/1'].map(rejection),
      refusals: ['cedar.ridge.1', 'savanna.ridge.1', 'anonymous', 'cedar'].map((guest) => ({ guest })),
    };
    expect(scopedReport(report, viewer)).toEqual({
      refusals: [{ guest: 'cedar.ridge.1' }],
      status: 'degraded',
      problemCodes: [{ code: 'topics-refused', detail: null }],
      rejections: [rejection('bluewatt/cedar/a/b/reading')],
    });
    expect(scopedReport(report, OPEN)).toBe(report);
    expect(scopedReport(undefined, viewer)).toBeUndefined();
  });
});

describe('the access of a request', () => {
  it('is asked for in vain outside of one', () => {
    expect(() => currentAccess()).toThrow(/outside of a request/);
  });

  it('stays with the request while others are answered', async () => {
    const seen = await Promise.all(
      [viewer, engineer].map((access) =>
        withAccess(access, async () => {
          await new Promise((resolve) => setImmediate(resolve));
          return currentAccess() === access;
        }),
      ),
    );
    expect(seen).toEqual([true, true]);
  });
});

describe('a change of the registry', () => {
  const before = seedRegistry();
  const renamed = (mission: string) => {
    const found = before.missions[mission];
    if (found === undefined) throw new Error(mission);
    return { ...before, missions: { ...before.missions, [mission]: { ...found, name: 'Other' } } };
  };

  it('is refused outside of the missions where somebody may register, whichever way it came', () => {
    expect(() => assertMayChange(engineer, before, renamed('cedar'))).not.toThrow();
    expect(() => assertMayChange(engineer, before, renamed('savanna'))).toThrow(/savanna/);
    expect(() => assertMayChange(engineer, before, { ...before, pledges: [] })).toThrow(
      /targets of all missions/,
    );
    expect(() => assertMayChange(viewer, before, renamed('cedar'))).toThrow(/cedar/);
  });
});
