/** Raw readings go, what was made of them stays, and what comes later is accounted as if nothing had gone. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { utcDayOf } from '#lib/energy/checkpoint.ts';
import { DAY_MS } from '#lib/energy/interval.ts';
import { meterRef, type Reading } from '#lib/energy/reading.ts';
import type { Correction } from '#lib/registry/correction.ts';
import type { Meter, Registry } from '#lib/registry/types.ts';
import { isClosed } from '../../../ingest/account/closed-days.ts';
import { readKeptFrom } from '../../../ingest/retention/kept-from.ts';
import { RawRetention, type SweptStore } from '../../../ingest/retention/raw-retention.ts';
import { booksOf, campOf, meter, Rig, type Books } from '../account/rig.ts';

const HALF_HOUR = 1_800_000;
const T0 = Date.UTC(2026, 9, 20, 20, 0, 13);
const DAYS = 10;
const FIRST_DAY = utcDayOf(T0);
/** the sixth of eleven UTC days */
const KEPT = FIRST_DAY + 5;
const PV = meterRef('unmiss', 'juba', 'pv-1');
const GENSET = meterRef('unmiss', 'juba', 'genset-1');
const METERS: Record<string, Meter> = {
  'genset-1': meter('diesel', { ratedW: 500_000, expectedIntervalS: 1_800 }),
  'pv-1': meter('solar', { ratedW: 300_000, expectedIntervalS: 1_800 }),
  'genset-2': meter('diesel', { ratedW: 500_000, expectedIntervalS: 1_800 }),
};
const REGISTRY = campOf(METERS);

function readingsOf(ref: typeof PV, count: number, from = 0): Reading[] {
  return Array.from({ length: count }, (_, index): Reading => {
    const n = from + index;
    return {
      meter: ref,
      at: T0 + n * HALF_HOUR,
      values: { activePowerW: 9_000 + n, energyForwardWh: n * 4_500 + (n % 7), energyReverseWh: n },
    };
  });
}
/** Its register speaks only every third day: the last time before the boundary is gone with the sweep. */
const FUEL = meterRef('unmiss', 'juba', 'genset-2');
const ALL = [
  ...[PV, GENSET].flatMap((ref) => readingsOf(ref, DAYS * 48)),
  ...readingsOf(FUEL, DAYS * 48).map(({ values, ...reading }, n): Reading => {
    const { energyForwardWh = 0, ...others } = values;
    return { ...reading, values: n % 144 === 0 ? { ...others, energyForwardWh } : others };
  }),
];

const open: Rig[] = [];
afterEach(async () => {
  for (const rig of open.splice(0)) await rig.close();
});
async function rigWith(readings: readonly Reading[]): Promise<Rig> {
  const rig = await Rig.open({ registry: REGISTRY });
  open.push(rig);
  await rig.deliver(readings);
  await rig.flush();
  return rig;
}

async function rawOf(rig: Rig, ref = PV): Promise<Reading[]> {
  return rig.store.readReadings(ref, { from: 0, to: Number.MAX_SAFE_INTEGER });
}

/** Days and ledger of the UTC days from `day` on; local days of Juba begin two hours before. */
function since({ days, ledger }: Books, day: number) {
  const date = new Date((day + 1) * DAY_MS).toISOString().slice(0, 10);
  return {
    days: days.filter((each) => each.day >= day),
    ledger: ledger.filter(({ period }) => period >= date),
  };
}
function until({ days }: Books, day: number) {
  return days.filter((each) => each.day < day);
}

describe('a sweep', () => {
  it('removes the readings before the boundary but the last day of each meter, and nothing that was made of them', async () => {
    const silent = meterRef('unmiss', 'juba', 'wind-1');
    const rig = await rigWith([...ALL, ...readingsOf(silent, 50)]);
    const before = await booksOf(rig.store);
    await rig.retention.sweep(KEPT);
    expect((await rawOf(rig))[0]?.at).toBeGreaterThanOrEqual((KEPT - 1) * DAY_MS);
    const left = (await rawOf(rig)).filter(({ at }) => at < KEPT * DAY_MS);
    expect(new Set(left.map(({ at }) => utcDayOf(at)))).toEqual(new Set([KEPT - 1]));
    // It fell silent on the second day: that one is left, so that it is known and can go on.
    expect(new Set((await rawOf(rig, silent)).map(({ at }) => utcDayOf(at)))).toEqual(
      new Set([FIRST_DAY + 1]),
    );
    expect((await rig.store.listMeters()).map((each) => each.meter.meter)).toEqual([
      'genset-1',
      'genset-2',
      'pv-1',
      'wind-1',
    ]);
    expect(await booksOf(rig.store)).toEqual(before);
  });

  it('closes the days before it removes anything, and remembers that over a restart', async () => {
    const rig = await rigWith(ALL);
    const dropReadings = vi.spyOn(rig.store, 'dropReadings').mockImplementation(() => {
      expect(readKeptFrom(rig.journal)).toBe(KEPT);
      return Promise.reject(new Error('killed'));
    });
    await expect(rig.retention.sweep(KEPT)).rejects.toThrow('killed');
    dropReadings.mockRestore();
    await rig.restart();
    expect(rig.retention.keptFromDay).toBe(KEPT);
    await rig.retention.sweep(KEPT - 3);
    expect(rig.retention.keptFromDay).toBe(KEPT);
  });

  it('is begun once a UTC day, and again a minute after it failed', async () => {
    const listMeters = vi.fn<SweptStore['listMeters']>(() => Promise.reject(new Error('away')));
    const rig = await rigWith([]);
    const faults: unknown[] = [];
    const store = { ...rig.store, listMeters };
    const retention = new RawRetention({
      journal: rig.journal,
      store,
      days: 62,
      onFault: (e) => faults.push(e),
    });
    const now = (KEPT + 62) * DAY_MS;
    const round = async (at: number): Promise<void> => {
      retention.round(at);
      await new Promise((resolve) => setImmediate(resolve));
    };
    await round(now);
    await round(now + 1_000);
    expect([listMeters.mock.calls.length, faults.length]).toEqual([1, 1]);
    listMeters.mockResolvedValue([]);
    await round(now + 61_000);
    await round(now + 62_000);
    expect(listMeters).toHaveBeenCalledTimes(2);
    await round(now + DAY_MS);
    expect(listMeters).toHaveBeenCalledTimes(3);
    expect(retention.keptFromDay).toBe(KEPT + 1);
  });

  it('is never begun when readings are to be kept for ever', async () => {
    const rig = await rigWith(ALL);
    rig.retention.round(Date.now());
    await rig.retention.close();
    expect(await rawOf(rig)).toHaveLength(DAYS * 48);
    expect(rig.retention.keptFromDay).toBe(-Infinity);
  });
});

describe('after a sweep', () => {
  /** What happens later, to a store that was swept and to one that was not. */
  const stories: readonly (readonly [string, (rig: Rig) => Promise<void> | void])[] = [
    ['readings go on', (rig) => rig.deliver(readingsOf(PV, 30, DAYS * 48))],
    [
      'readings come late',
      (rig) =>
        rig.deliver([{ meter: PV, at: (KEPT + 1) * DAY_MS + 77_000, values: { activePowerW: 99_000 } }]),
    ],
    [
      'a reading comes late for the first minute that is kept',
      (rig) => rig.deliver([{ meter: PV, at: KEPT * DAY_MS, values: { activePowerW: 99_000 } }]),
    ],
    [
      'a register comes late whose last value is gone',
      (rig) =>
        rig.deliver([
          { meter: FUEL, at: (KEPT + 1) * DAY_MS + 60_000, values: { energyForwardWh: 220 * 4_500 } },
        ]),
    ],
    ['a rated power is lowered', (rig) => changeTo(rig, 'pv-1', { ratedW: 5_000 })],
    ['a meter turns out to be clamped backwards', (rig) => changeTo(rig, 'pv-1', { invert: true })],
    ['a source is corrected', (rig) => changeTo(rig, 'pv-1', { source: 'wind' })],
    ['a day is corrected', (rig) => rig.useCorrections([correctionOf((KEPT + 2) * DAY_MS)])],
    [
      'a meter speaks again after it was silent for longer than readings are kept',
      async (rig) => {
        await rig.deliver(readingsOf(meterRef('unmiss', 'juba', 'pv-1'), 40, DAYS * 48 + 20 * 48));
      },
    ],
  ];

  function changeTo(rig: Rig, slug: string, change: Partial<Meter>): void {
    const registry: Registry = campOf({ ...METERS, [slug]: { ...METERS[slug]!, ...change } });
    rig.useRegistry(registry);
  }
  function correctionOf(from: number): Correction {
    return {
      ...{ id: 1, supersedes: null, meter: PV, from, to: from + 4 * HALF_HOUR },
      effect: { kind: 'replace', known: 'manual', energyWh: 1_234 },
      ...{ author: 'A. Officer', reason: 'the breaker was open', madeAt: 1 },
    };
  }

  it.each(stories)('%s as if nothing had gone', async (_, happens) => {
    const [swept, whole] = [await rigWith(ALL), await rigWith(ALL)];
    const before = await booksOf(swept.store);
    await swept.retention.sweep(KEPT);
    for (const rig of [swept, whole]) {
      await happens(rig);
      await rig.flush();
    }
    const [now, expected] = [await booksOf(swept.store), await booksOf(whole.store)];
    // A part of the ledger's day at the boundary is closed: it is compared from the next one on.
    expect(since(now, KEPT)).toEqual(since(expected, KEPT));
    expect(until(now, KEPT)).toEqual(until(before, KEPT));
  });

  it.each(stories)('%s as if nothing had gone, though the worker is killed over it', async (_, happens) => {
    const [swept, whole] = [await rigWith(ALL), await rigWith(ALL)];
    await swept.retention.sweep(KEPT);
    for (const rig of [swept, whole]) await happens(rig);
    await swept.crash(0);
    await swept.flush();
    await whole.flush();
    expect(since(await booksOf(swept.store), KEPT)).toEqual(since(await booksOf(whole.store), KEPT));
  });

  it('a grid fraction or a source that is mended still restates closed days, from their intervals', async () => {
    const [swept, whole] = [await rigWith(ALL), await rigWith(ALL)];
    await swept.retention.sweep(KEPT);
    for (const rig of [swept, whole]) {
      changeTo(rig, 'pv-1', { source: 'wind' });
      await rig.flush();
    }
    const { ledger, months } = await booksOf(swept.store);
    expect({ ledger, months }).toEqual({
      ledger: (await booksOf(whole.store)).ledger,
      months: (await booksOf(whole.store)).months,
    });
    expect(
      ledger.filter(({ period, source }) => period < '2026-10-24' && source === 'wind').length,
    ).toBeGreaterThan(0);
  });

  it('a correction of a closed day leaves it as it was metered', async () => {
    const rig = await rigWith(ALL);
    await rig.retention.sweep(KEPT);
    const before = await booksOf(rig.store);
    rig.useCorrections([correctionOf((KEPT - 3) * DAY_MS)]);
    await rig.flush();
    expect(until(await booksOf(rig.store), KEPT)).toEqual(until(before, KEPT));
    expect(await isClosed(rig.store, { meter: PV, day: KEPT - 3 }, KEPT)).toBe(true);
  });

  it('a figure by hand still fills a day before the meter ever spoke', async () => {
    const rig = await rigWith(ALL);
    await rig.retention.sweep(KEPT);
    const day = FIRST_DAY - 5;
    rig.useCorrections([correctionOf(day * DAY_MS)]);
    await rig.flush();
    const filled = await rig.store.readMeterDay(PV, day);
    expect(filled?.intervals.reduce((sum, each) => sum + (each?.manualWh ?? 0), 0)).toBe(1_234);
    expect(await isClosed(rig.store, { meter: PV, day }, KEPT)).toBe(false);
  });
});

describe('a reading of a closed day', () => {
  it('is refused with its day and the boundary, and those beside it are taken', async () => {
    const rig = await rigWith([]);
    await rig.retention.sweep(KEPT);
    const at = (day: number): Reading => ({ meter: PV, at: day * DAY_MS, values: { activePowerW: 1 } });
    const decoded = { readings: [at(KEPT - 1), at(KEPT), at(KEPT + 1)], rejections: [], ignoredKeys: 2 };
    const taken = rig.retention.withoutTooOld(decoded);
    expect(taken.readings).toEqual([at(KEPT), at(KEPT + 1)]);
    expect(taken).toMatchObject({
      ignoredKeys: 2,
      rejections: [
        {
          reason: 'beyond-retention',
          detail:
            'unmiss/juba/pv-1 at 2026-10-24T00:00:00.000Z: raw readings are kept from 2026-10-25 on, earlier days are closed',
        },
      ],
    });
  });
});
