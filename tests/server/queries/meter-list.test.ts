import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import type { Registry } from '#lib/registry/types.ts';
import { parseMeterListQuery } from '#lib/server/queries/meter-list-parameters.ts';
import { meterListAnswer, METERS_PER_PAGE, type MeterListQuery } from '#lib/server/queries/meter-list.ts';
import { usualIntervalS } from '#lib/server/queries/usual-interval.ts';
import { camp, meter, mission, registryOf, temporaryStore, type TestStore } from './fixture.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const MINUTE = 60_000;
let temporary: TestStore;
beforeEach(() => {
  temporary = temporaryStore();
});
afterEach(() => temporary.dispose());

const say = (mission_: string, camp_: string, name: string, at: number) =>
  temporary.store.writeReadings([
    { meter: meterRef(mission_, camp_, name), at, values: { activePowerW: 1 } },
  ]);
const list = (registry: Registry, query: Partial<MeterListQuery> = {}) =>
  meterListAnswer({ store: temporary.store, registry, now: NOW }, { page: 1, ...query });

const registry = registryOf({
  unmiss: mission(
    {
      juba: camp(
        {
          'genset-1': meter('diesel', { name: 'Groupe électrogène 1' }),
          'pv-1': meter('solar'),
          'pv-2': meter('solar'),
          retired: meter('diesel', { to: '2026-01-01' }),
        },
        { name: 'UN House' },
      ),
    },
    { zone: 'Africa/Juba' },
  ),
});

async function speak(): Promise<void> {
  await say('unmiss', 'juba', 'genset-1', NOW - 1000);
  await say('unmiss', 'juba', 'pv-1', NOW - 40 * MINUTE);
  await say('elsewhere', 'camp', 'stranger', NOW - 1000);
}

describe('the list of meters', () => {
  it('tells each meter’s state and counts them', async () => {
    await speak();
    const { rows, counts, matching } = await list(registry);
    expect(rows.map((row) => [row.meter, row.state, row.campName])).toEqual([
      ['stranger', 'unassigned', 'camp'],
      ['genset-1', 'speaking', 'UN House'],
      ['pv-1', 'silent', 'UN House'],
      ['pv-2', 'never', 'UN House'],
      ['retired', 'ended', 'UN House'],
    ]);
    expect(counts).toEqual({ all: 5, speaking: 1, silent: 1, never: 1, unassigned: 1, ended: 1 });
    expect(matching).toBe(5);
  });

  it.each([
    [{ state: 'silent' }, ['pv-1']],
    [{ state: 'never' }, ['pv-2']],
    [{ state: 'unassigned' }, ['stranger']],
    [{ mission: 'unmiss', state: 'unassigned' }, []],
    [{ text: 'ELECTROGENE un house' }, ['genset-1']],
    [{ text: 'solar' }, ['pv-1', 'pv-2']],
    [{ text: 'elsewhere/camp' }, ['stranger']],
    [{ text: '.*' }, []],
    [{ camp: '__proto__' }, []],
  ] as const)('filtered by %j has %j', async (query, names) => {
    await speak();
    const { rows } = await list(registry, query);
    expect(rows.map((row) => row.meter)).toEqual(names);
  });

  it('counts states of what matches but for the state, so that the other states stay in reach', async () => {
    await speak();
    const { counts, matching } = await list(registry, { state: 'never', mission: 'unmiss' });
    expect(matching).toBe(1);
    expect(counts).toMatchObject({ all: 4, silent: 1, never: 1, unassigned: 0 });
  });

  it('describes one page and reads the coverage of that page alone, of 7,500 meters', async () => {
    const many = registryOf(
      Object.fromEntries(
        Array.from({ length: 15 }, (_, m) => [
          `mission-${String(m)}`,
          mission({
            camp: camp(
              Object.fromEntries(
                Array.from({ length: 500 }, (_unused, i) => [`m-${String(i)}`, meter('solar')]),
              ),
            ),
          }),
        ]),
      ),
    );
    const asked: number[] = [];
    const store = {
      ...temporary.store,
      readIntervals: (...args: Parameters<typeof temporary.store.readIntervals>) => {
        asked.push(args[0].length);
        return temporary.store.readIntervals(...args);
      },
    };
    const answer = await meterListAnswer({ store, registry: many, now: NOW }, { page: 3 });
    expect(answer).toMatchObject({ page: 3, pages: 150, matching: 7_500 });
    expect(answer.rows).toHaveLength(METERS_PER_PAGE);
    expect(asked.reduce((a, b) => a + b, 0)).toBe(METERS_PER_PAGE);
    expect(await list(many, { page: 999_999 })).toMatchObject({ page: 150 });
  });
});

describe('the address of the list', () => {
  const parse = (query: string) => parseMeterListQuery(new URLSearchParams(query));

  it('takes what a form leaves empty for not given', () => {
    expect(parse('mission=&camp=&state=&text=+&page=')).toEqual({ ok: true, value: { page: 1 } });
    expect(parse('state=never&text= pv  1&page=12&mission=unmiss')).toEqual({
      ok: true,
      value: { mission: 'unmiss', state: 'never', text: 'pv  1', page: 12 },
    });
  });

  it.each([
    ['state=dead', 'STATE_INVALID', 'state'],
    ['page=0', 'PAGE_INVALID', 'page'],
    ['page=1e3', 'PAGE_INVALID', 'page'],
    ['page=1&page=2', 'PARAMETER_REPEATED', 'page'],
    ['mission=A', 'SLUG_INVALID', 'mission'],
    [`text=${'x'.repeat(101)}`, 'TEXT_TOO_LONG', 'text'],
  ])('refuses %s with %s', (query, code, field) => {
    expect(parse(query)).toMatchObject({ ok: false, problem: { code, field } });
  });
});

describe('how often a meter speaks', () => {
  it('is read off its last hour, whatever it missed, and not told of too little', async () => {
    const ref = meterRef('m', 'c', 'a');
    for (const s of [0, 10, 20.3, 29.8, 40, 400, 410]) await say('m', 'c', 'a', NOW - 600_000 + s * 1000);
    expect(await usualIntervalS(temporary.store, ref, NOW)).toBe(10);
    expect(await usualIntervalS(temporary.store, meterRef('m', 'c', 'b'), NOW)).toBeNull();
  });
});
