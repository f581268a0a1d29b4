import { describe, expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import type { Store } from '#lib/server/store/store.ts';
import { createInfluxStore } from '#lib/server/store/influx/store.ts';
import { createWrittenDays } from '#lib/server/store/influx/written-days.ts';
import { DAY0, interval, meterDay } from '../samples.ts';
import { accept, answer, startFakeInflux, type FakeInflux } from './fake-influx.ts';

const METER = meterRef('unmiss', 'juba', 'genset-1');

async function withStore(work: (fake: FakeInflux, store: Store) => Promise<void>): Promise<void> {
  const fake = await startFakeInflux();
  try {
    await work(fake, createInfluxStore({ url: `http://127.0.0.1:${String(fake.port)}/bluewatt` }));
  } finally {
    await fake.close();
  }
}

/** The intervals, by index in their day, of the lines in the newest write. */
function intervalsOfNewestWrite({ requests }: FakeInflux): number[] {
  const write = requests.findLast(({ path }) => path.endsWith('/write'));
  const lines = write?.lines.filter((line) => line.startsWith('energy,')) ?? [];
  return lines.map((line) => (Number(line.split(' ').at(-1)) / 900_000) % 96);
}

describe('a meter day written again', () => {
  it('sends the intervals that changed and the checkpoint, not the whole day', () =>
    withStore(async (fake, store) => {
      await store.writeAccounts([meterDay(METER, DAY0, { 0: interval(), 1: interval(), 2: interval() })], []);
      expect(intervalsOfNewestWrite(fake)).toEqual([0, 1, 2]);
      await store.writeAccounts(
        [
          meterDay(METER, DAY0, {
            0: interval(),
            1: interval(),
            2: interval({ forwardWh: 23_126 }),
            3: interval(),
          }),
        ],
        [],
      );
      expect(intervalsOfNewestWrite(fake)).toEqual([2, 3]);
      expect(fake.stored.at(-1)).toMatch(/^checkpoint,.*known="f"/);
    }));

  it('goes out whole after a fault, because nobody knows which lines arrived', () =>
    withStore(async (fake, store) => {
      const before = meterDay(METER, DAY0, { 0: interval(), 1: interval() });
      await store.writeAccounts([before], []);
      fake.respond = (request, response) => {
        if (request.path.endsWith('/write')) answer(503, { error: 'timeout' })(request, response);
        else accept(request, response);
      };
      const changed = meterDay(METER, DAY0, { 0: interval({ forwardWh: 1 }), 1: interval() });
      await expect(store.writeAccounts([changed], [])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      fake.respond = accept;
      await store.writeAccounts([before], []);
      expect(intervalsOfNewestWrite(fake)).toEqual([0, 1]);
    }));

  it('goes out whole after the database had to be made anew', () =>
    withStore(async (fake, store) => {
      const day = meterDay(METER, DAY0, { 0: interval(), 1: interval() });
      await store.writeAccounts([day], []);
      let isMissing = true;
      fake.respond = (request, response) => {
        if (!request.path.endsWith('/write')) isMissing = false;
        if (isMissing) answer(404, { error: 'database not found: "bluewatt"' })(request, response);
        else accept(request, response);
      };
      await store.writeAccounts([day], []);
      await store.writeAccounts([day], []);
      expect(intervalsOfNewestWrite(fake)).toEqual([0, 1]);
    }));
});

describe('the record of what was written', () => {
  it('sees a change in every single field, and none where there is none', () => {
    const written = createWrittenDays();
    const base = interval();
    for (const name of Object.keys(base) as (keyof typeof base)[]) {
      written.settle([written.begin(meterDay(METER, DAY0, { 5: base }))]);
      const same = written.begin(meterDay(METER, DAY0, { 5: { ...base } }));
      expect(same.changed[5]).toBe(0);
      written.settle([same]);
      const other = written.begin(meterDay(METER, DAY0, { 5: { ...base, [name]: 7_777 } }));
      expect([name, other.changed[5]]).toEqual([name, 1]);
    }
  });

  it('tells a power of 0 from one that nobody told', () => {
    const written = createWrittenDays();
    written.settle([written.begin(meterDay(METER, DAY0, { 5: interval({ minW: 0 }) }))]);
    expect(written.begin(meterDay(METER, DAY0, { 5: interval({ minW: null }) })).changed[5]).toBe(1);
  });

  it('forgets the day that was not written for longest when it is full', () => {
    const written = createWrittenDays(2);
    const day = (number: number) => meterDay(METER, number, { 5: interval() });
    for (const number of [1, 2, 3]) written.settle([written.begin(day(number))]);
    expect([1, 2, 3].map((number) => written.begin(day(number)).changed[5])).toEqual([1, 0, 0]);
  });
});
