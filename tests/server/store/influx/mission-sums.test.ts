import { afterAll, beforeAll, expect, it } from 'vitest';
import { addAmounts, emptyTally, type LedgerEntry } from '#lib/energy/ledger.ts';
import { openStore } from '#lib/server/store/open.ts';
import { createInfluxStore } from '#lib/server/store/influx/store.ts';
import type { LedgerQuery, Store } from '#lib/server/store/store.ts';
import { startInflux, type Influx } from '../../../support/influx.ts';
import { describeWith } from '../../../support/requires.ts';
import { entry } from '../samples.ts';
import { accept, answer, startFakeInflux } from './fake-influx.ts';

const DAYS = { level: 'day', from: '2026-10-01', to: '2026-11-30' } as const;
const MONTHS = { level: 'month', from: '2026-10', to: '2026-11' } as const;

/** What the sums over camps have to be: the camps' own entries, added up. */
async function addedUp(store: Store, query: LedgerQuery): Promise<LedgerEntry[]> {
  const camps = await store.readLedger({ ...query, byContributor: true });
  const groups = Map.groupBy(camps, ({ mission, period, source, ownership, contributor = '' }) =>
    [mission, period, source, ownership, contributor].join(' '),
  );
  return [...groups.values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return [];
    const tally = emptyTally();
    for (const each of [first, ...rest]) addAmounts(tally, each);
    return [{ ...first, camp: '', ...tally }];
  });
}

async function expectSumsToHold(store: Store): Promise<void> {
  for (const query of [DAYS, MONTHS]) {
    const sums = await store.readLedger({ ...query, sumCamps: true, byContributor: true });
    const expected = await addedUp(store, query);
    expect(sums).toHaveLength(expected.length);
    expect(sums).toEqual(expect.arrayContaining(expected));
  }
}

/** Draws the same every time. */
function drawing(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describeWith(['influxd'], 'sums over the camps of a mission', () => {
  let influx: Influx;
  const open = () => openStore({ influxUrl: influx.url, dataDir: '/nonexistent' });
  beforeAll(async () => {
    influx = await startInflux();
  });
  afterAll(() => influx.stop());

  it('hold after any writes, replacements and restarts', async () => {
    const draw = drawing(7);
    const pick = <T>(from: readonly [T, ...T[]]): T => from[draw(from.length)] ?? from[0];
    const any = (): LedgerEntry => {
      const level = pick<LedgerEntry['level']>(['day', 'month']);
      const contributor = pick([undefined, 'BD/BANBATT', 'NP/']);
      return entry({
        mission: pick(['unmiss', 'unifil']),
        camp: pick(['a', 'b', 'c']),
        level,
        period:
          level === 'month' ? pick(['2026-10', '2026-11']) : pick(['2026-10-31', '2026-11-01', '2026-11-02']),
        source: pick(['solar', 'diesel']),
        ownership: pick(['un-owned', 'coe-wet']),
        ...(contributor !== undefined && { contributor }),
        energyWh: draw(1000),
        fuelMl: draw(50),
      });
    };
    let store = await open();
    for (let step = 0; step < 40; step += 1) {
      if (step % 3 === 0) {
        const { mission, camp, level, period } = any();
        const scope = { mission, camp, level, period };
        await store.replaceLedger(scope, draw(2) === 0 ? [] : [{ ...any(), ...scope }]);
      } else await store.writeAccounts([], [any(), any(), any()]);
      if (step % 10 === 9) {
        store = await open();
        await expectSumsToHold(store);
      }
    }
    await expectSumsToHold(await open());
  }, 60_000);

  it('are made up for a ledger that was written before there were any, and not believed until then', async () => {
    const old = await startInflux();
    const url = { influxUrl: old.url, dataDir: '/nonexistent' };
    const point = (camp: string, mission: string) =>
      `ledger,camp=${camp},level=month,mission=${mission},ownership=un-owned,source=solar energyWh=5,known=1 ${String(Date.UTC(2026, 9, 1))}`;
    await (await openStore(url)).writeReadings([]);
    await fetch(`${old.httpUrl}/query?q=CREATE+DATABASE+bluewatt`, { method: 'POST' });
    const body = [point('a', 'unmiss'), point('b', 'unmiss'), point('a', 'gone')].join('\n');
    expect(
      (await fetch(`${old.httpUrl}/write?db=bluewatt&precision=ms`, { method: 'POST', body })).status,
    ).toBe(204);
    const total = async (): Promise<unknown[]> =>
      (await (await openStore(url)).readLedger({ ...MONTHS, sumCamps: true })).map(
        ({ mission, energyWh }) => [mission, energyWh],
      );
    expect(await total()).toEqual([
      ['gone', 5],
      ['unmiss', 10],
    ]);
    await (
      await openStore(url)
    ).writeAccounts([], [entry({ mission: 'new', level: 'month', period: '2026-10', energyWh: 1 })]);
    expect(await total()).toEqual([
      ['gone', 5],
      ['new', 1],
      ['unmiss', 10],
    ]);
    const points = await fetch(
      `${old.httpUrl}/query?db=bluewatt&q=${encodeURIComponent(`SELECT count("known") FROM "mission_ledger" WHERE "level"='month'`)}`,
    );
    expect(JSON.stringify(await points.json())).toMatch(/\[\["1970-01-01T00:00:00Z",3\]\]/);
    await old.stop();
  });
});

describeWith([], 'a sum that could not be written', () => {
  it('fails the write of its entries, and goes out again with the next try', async () => {
    const fake = await startFakeInflux();
    const store = createInfluxStore({ url: `http://127.0.0.1:${String(fake.port)}/bluewatt` });
    let refusing = true;
    fake.respond = (request, response) => {
      const isSum = request.lines.some((line) => line.startsWith('mission_ledger'));
      if (isSum && refusing) answer(503, { error: 'timeout' })(request, response);
      else accept(request, response);
    };
    await expect(store.writeAccounts([], [entry()])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    refusing = false;
    await store.writeAccounts([], [entry()]);
    const sums = fake.stored.filter((line) => line.startsWith('mission_ledger'));
    expect(sums).toHaveLength(2);
    expect(sums[0]).toMatch(
      /^mission_ledger,level=day,mission=unmiss,ownership=un-owned,source=solar energyWh=1000000,/,
    );
    expect(sums[1]).toBe('mission_ledger,level=complete,mission=unmiss known=1 0');
    // The same again has nothing new to say.
    await store.writeAccounts([], [entry()]);
    expect(fake.stored.filter((line) => line.startsWith('mission_ledger'))).toHaveLength(2);
    await fake.close();
  });
});
