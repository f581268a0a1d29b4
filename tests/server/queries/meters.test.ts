import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MeterSilence } from '#lib/energy/silence.ts';
import { meterRef, type Values } from '#lib/energy/reading.ts';
import { campNow } from '#lib/server/queries/camp-now.ts';
import { metersAnswer } from '#lib/server/queries/meters.ts';
import { AFTER, CAMP, MISSION, REGISTRY } from '../../energy/reference-camp.ts';
import {
  camp,
  meter,
  mission,
  registryOf,
  temporaryStore,
  writeReferenceCamp,
  type TestStore,
} from './fixture.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const MINUTE = 60_000;
let temporary: TestStore;

beforeEach(() => {
  temporary = temporaryStore();
});
afterEach(() => temporary.dispose());

async function say(
  key: readonly [mission: string, camp: string, meter: string],
  at: number,
  values: Values,
): Promise<void> {
  await temporary.store.writeReadings([{ meter: meterRef(...key), at, values }]);
}

const registry = registryOf({
  unmiss: mission(
    {
      juba: camp({
        'genset-1': meter('diesel', { ratedW: 500_000, name: 'Genset 1', tankL: 900 }),
        'pv-1': meter('solar', { expectedIntervalS: 900 }),
        retired: meter('diesel', { to: '2026-01-01' }),
        silent: meter('grid'),
      }),
    },
    { zone: 'Africa/Juba' },
  ),
});

async function speak(): Promise<void> {
  await say(['unmiss', 'juba', 'genset-1'], NOW - 6 * MINUTE, { activePowerW: 300_000 });
  await say(['unmiss', 'juba', 'pv-1'], NOW - 40 * MINUTE, { activePowerW: 1000 });
  await say(['unmiss', 'juba', 'stranger'], NOW - 1000, { temperatureC: 31 });
  await say(['elsewhere', 'camp', 'constructor'], NOW - 1000, { activePowerW: 1 });
}

describe('the list of meters', () => {
  it('has registered and unassigned ones, with what each said last', async () => {
    await speak();
    const { meters } = await metersAnswer({ store: temporary.store, registry, now: NOW });
    expect(
      meters.map(({ mission: m, meter: name, registered, stale }) => [m, name, registered, stale]),
    ).toEqual([
      ['elsewhere', 'constructor', false, false],
      ['unmiss', 'genset-1', true, true], // once a minute: six minutes are too long
      ['unmiss', 'pv-1', true, false], // every quarter of an hour: forty minutes are not
      ['unmiss', 'retired', true, false], // nobody waits for it any more
      ['unmiss', 'silent', true, true],
      ['unmiss', 'stranger', false, false],
    ]);
    expect(meters[1]).toMatchObject({
      camp: 'juba',
      name: 'Genset 1',
      source: 'diesel',
      ratedW: 500_000,
      lastSeenAt: '2026-11-24T10:54:00+02:00',
      lastReading: { activePowerW: 300_000 },
      coverage: 0,
    });
    expect(meters[3]).toMatchObject({ lastSeenAt: null, lastReading: null, coverage: null });
    expect(meters[5]).toMatchObject({ source: null, ratedW: null, coverage: null });
  });

  it('is filtered by mission and camp', async () => {
    await speak();
    const ctx = { store: temporary.store, registry, now: NOW };
    expect((await metersAnswer(ctx, { mission: 'elsewhere' })).meters).toHaveLength(1);
    expect((await metersAnswer(ctx, { mission: 'unmiss', camp: 'juba' })).meters).toHaveLength(5);
    expect((await metersAnswer(ctx, { camp: 'nowhere' })).meters).toEqual([]);
    expect((await metersAnswer(ctx, { mission: '__proto__' })).meters).toEqual([]);
  });

  it('has the coverage of the days in service among the last thirty', async () => {
    await writeReferenceCamp(temporary.store);
    const { meters } = await metersAnswer({ store: temporary.store, registry: REGISTRY, now: AFTER });
    const coverage = Object.fromEntries(meters.map((each) => [each.meter, each.coverage]));
    // in service since the 28th: 71 hours, of which gen-2 was silent for 36
    expect(coverage).toEqual({
      'battery-1': 1,
      'gen-1': 1,
      'gen-2': 35 / 71,
      'grid-1': 1,
      'pv-1': 1,
      'pv-2': 1,
    });
    // UTC days: 2 h of the 27th, 15 of the 28th before the silence, none of the 29th, 18 of the 30th
    const gen2 = meters.find((each) => each.meter === 'gen-2')?.coverageByDay ?? [];
    expect(gen2).toHaveLength(30);
    expect(gen2.slice(-4)).toEqual([1, 15 / 24, 0, 18 / 21]);
    expect(gen2.slice(0, -4).every((day) => day === null)).toBe(true);
  });

  it('reads the coverage again after five minutes, not before', async () => {
    const { store } = temporary;
    let reads = 0;
    const counting = {
      ...store,
      readIntervals: (...args: Parameters<typeof store.readIntervals>) => {
        reads += 1;
        return store.readIntervals(...args);
      },
    };
    for (const after of [-10, -6, -5].map((minutes) => minutes * MINUTE)) {
      await metersAnswer({ store: counting, registry: REGISTRY, now: AFTER + after });
    }
    expect(reads).toBe(2);
  });
});

describe('a meter whose device is known to have gone', () => {
  it('is silent since then and says why; one whose values hold for longer is not overdue yet', async () => {
    await speak();
    const since = NOW - 3 * MINUTE;
    const silences = new Map<string, MeterSilence>([
      ['unmiss/juba/genset-1', { silent: null, expireAfterMs: 15 * MINUTE }],
      ['unmiss/juba/pv-1', { silent: { since, cause: 'last-will' }, expireAfterMs: null }],
    ]);
    const ctx = { store: temporary.store, registry, now: NOW, silences };
    const told = (await metersAnswer(ctx)).meters.filter(
      ({ source }) => source === 'diesel' || source === 'solar',
    );
    expect(
      told.map(({ meter: name, stale, staleSince, staleCause }) => [name, stale, staleSince, staleCause]),
    ).toEqual([
      ['genset-1', false, null, null],
      ['pv-1', true, '2026-11-24T10:57:00+02:00', 'last-will'],
      ['retired', false, null, null],
    ]);
    const now = await campNow(ctx, { mission: 'unmiss', camp: 'juba' });
    expect(now?.meters.map(({ gone, staleAfterS }) => [gone?.cause, staleAfterS]).slice(0, 2)).toEqual([
      [undefined, 900],
      ['last-will', 2700],
    ]);
  });
});

describe('a camp now', () => {
  it('has the meters in service, their last values and their age', async () => {
    await speak();
    const now = await campNow(
      { store: temporary.store, registry, now: NOW },
      { mission: 'unmiss', camp: 'juba' },
    );
    expect(now).toMatchObject({
      mission: 'unmiss',
      camp: 'juba',
      name: 'A camp',
      zone: 'Africa/Juba',
      at: '2026-11-24T11:00:00+02:00',
    });
    expect(
      now?.meters.map(({ meter: name, ageS, stale, staleAfterS }) => [name, ageS, stale, staleAfterS]),
    ).toEqual([
      ['genset-1', 360, true, 300],
      ['pv-1', 2400, false, 2700],
      ['silent', null, true, 300],
      ['stranger', 1, false, 300],
    ]);
    expect(now?.meters[0]).toMatchObject({
      tankL: 900,
      lastValues: { activePowerW: 300_000 },
      ownership: 'un-owned',
    });
  });

  it('has today’s share so far', async () => {
    await writeReferenceCamp(temporary.store);
    const ctx = { store: temporary.store, registry: REGISTRY, now: AFTER - 1 };
    const now = await campNow(ctx, { mission: MISSION, camp: CAMP });
    expect(now?.today.electricityWh.total).toBe(1_260_000);
    expect(now?.today.renewableShare).toBeCloseTo(772.56 / 1260, 12);
  });

  it('is undefined for a camp that nobody registered', async () => {
    const ctx = { store: temporary.store, registry, now: NOW };
    expect(await campNow(ctx, { mission: 'unmiss', camp: 'toString' })).toBeUndefined();
    expect(await campNow(ctx, { mission: 'nobody', camp: 'juba' })).toBeUndefined();
  });
});
