/**
 * What every store does, told once and run against each adapter. A test gets a mission of its own, so that
 * the stories share one store without meeting.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUANTITIES } from '#lib/energy/quantity.ts';
import { DAY_MS, INTERVAL_MS } from '#lib/energy/interval.ts';
import { meterRef, type MeterRef, type Values } from '#lib/energy/reading.ts';
import type { Store } from '#lib/server/store/store.ts';
import { DAY0, entry, gensetReadings, interval, meterDay, reading, T0 } from './samples.ts';

export interface ContractSubject {
  /** Opens the same store again; called while another one may be open. */
  open(): Promise<Store> | Store;
  cleanUp(): Promise<void> | void;
}

const ALL_TIME = { from: 0, to: Number.MAX_SAFE_INTEGER };

export function describeStore(name: string, create: () => Promise<ContractSubject>): void {
  describe(`the ${name} store`, () => {
    let subject: ContractSubject;
    let store: Store;
    let count = 0;

    beforeAll(async () => {
      subject = await create();
      store = await subject.open();
    });
    afterAll(async () => {
      await store?.close();
      await subject?.cleanUp();
    });

    const ownMission = (): string => `mission-${String(++count)}`;
    const ownMeter = (): MeterRef => meterRef(ownMission(), 'juba', 'genset-1');

    describe('before anything was written', () => {
      it('answers, and has nothing', async () => {
        const meter = ownMeter();
        await store.ping();
        expect(await store.listMeters()).toEqual([]);
        expect(await store.readReadings(meter, ALL_TIME)).toEqual([]);
        expect(await store.readingBefore(meter, T0)).toBeUndefined();
        expect(await store.readingFrom(meter, T0)).toBeUndefined();
        expect(await store.readMeterDay(meter, DAY0)).toBeUndefined();
        expect(await store.lastMeterDay(meter, DAY0)).toBeUndefined();
        expect(await store.firstMeterDay(meter)).toBeUndefined();
        expect(await store.dropReadings(meter, T0)).toBe(true);
        expect(await store.readIntervals([meter], ALL_TIME)).toEqual([]);
        expect(await store.readLedger({ level: 'day', from: '2000-01-01', to: '2100-01-01' })).toEqual([]);
        await store.ping();
      });
    });

    describe('readings', () => {
      it('gives back every quantity as it was written', async () => {
        const meter = ownMeter();
        const values: Values = Object.fromEntries(
          QUANTITIES.map((quantity, index) => [quantity, index * 1.1 - 7]),
        );
        await store.writeReadings([reading(meter, T0, values)]);
        expect(await store.readReadings(meter, ALL_TIME)).toEqual([{ meter, at: T0, values }]);
      });

      it('gives back extreme numbers without loss', async () => {
        const meter = ownMeter();
        const numbers = [
          0,
          -1,
          1e-300,
          1.7976931348623157e308,
          2 ** 53 + 2,
          0.1 + 0.2,
          1e21,
          123456789.12345678,
        ];
        await store.writeReadings(
          numbers.map((activePowerW, index) => reading(meter, T0 + index, { activePowerW })),
        );
        const read = await store.readReadings(meter, ALL_TIME);
        expect(read.map(({ values }) => values.activePowerW)).toEqual(numbers);
      });

      it('merges the fields of one instant, and the last value of a field wins', async () => {
        const meter = ownMeter();
        await store.writeReadings([reading(meter, T0, { activePowerW: 1, fuelUsedL: 10 })]);
        await store.writeReadings([reading(meter, T0, { activePowerW: 2, voltageV: 230 })]);
        expect(await store.readReadings(meter, ALL_TIME)).toEqual([
          { meter, at: T0, values: { activePowerW: 2, fuelUsedL: 10, voltageV: 230 } },
        ]);
      });

      it('merges in the same way within one batch', async () => {
        const meter = ownMeter();
        await store.writeReadings([
          reading(meter, T0, { activePowerW: 1, fuelUsedL: 10 }),
          reading(meter, T0, { voltageV: 230 }),
          reading(meter, T0, { activePowerW: 2 }),
        ]);
        expect((await store.readReadings(meter, ALL_TIME))[0]?.values).toEqual({
          activePowerW: 2,
          fuelUsedL: 10,
          voltageV: 230,
        });
      });

      it('is left unchanged by redelivery, in any order', async () => {
        const meter = ownMeter();
        const readings = gensetReadings(meter, T0, 50);
        await store.writeReadings(readings);
        const before = await store.readReadings(meter, ALL_TIME);
        await store.writeReadings([...readings].reverse());
        await store.writeReadings(readings.slice(10, 20));
        expect(await store.readReadings(meter, ALL_TIME)).toEqual(before);
        expect(before).toEqual(readings);
      });

      it('removes what is older than an instant, of that meter alone, and nothing that was made of it', async () => {
        const mission = ownMission();
        const [old, other] = [meterRef(mission, 'juba', 'genset-1'), meterRef(mission, 'juba', 'genset-2')];
        const readings = gensetReadings(old, T0, 5_000);
        const boundary = readings[4_990]?.at ?? NaN;
        await store.writeReadings([...readings, ...gensetReadings(other, T0, 3)]);
        await store.writeAccounts([meterDay(old, DAY0, { 0: interval() })], [entry({ mission })]);
        while (!(await store.dropReadings(old, boundary)));
        expect(await store.readReadings(old, ALL_TIME)).toEqual(readings.slice(4_990));
        expect(await store.readReadings(other, ALL_TIME)).toHaveLength(3);
        expect(await store.readMeterDay(old, DAY0)).toEqual(meterDay(old, DAY0, { 0: interval() }));
        expect(
          await store.readLedger({ level: 'day', from: '2000-01-01', to: '2100-01-01', mission }),
        ).toHaveLength(1);
        // Written again, it is there again.
        await store.writeReadings(readings.slice(0, 1));
        expect((await store.readingFrom(old, 0))?.at).toBe(T0);
        expect(await store.dropReadings(meterRef(mission, 'juba', 'nobody'), boundary)).toBe(true);
      });

      it('reads half-open ranges in ascending order', async () => {
        const meter = ownMeter();
        await store.writeReadings([3, 1, 0, 2].map((n) => reading(meter, T0 + n, { activePowerW: n })));
        const at = async (from: number, to: number): Promise<number[]> =>
          (await store.readReadings(meter, { from, to })).map((found) => found.at - T0);
        expect(await at(T0, T0 + 3)).toEqual([0, 1, 2]);
        expect(await at(T0 + 1, T0 + 2)).toEqual([1]);
        expect(await at(T0 + 1, T0 + 1)).toEqual([]);
        expect(await at(T0 + 3, T0)).toEqual([]);
        expect(await at(-Infinity, Infinity)).toEqual([0, 1, 2, 3]);
      });

      it('finds the reading before an instant and the one from it on', async () => {
        const meter = ownMeter();
        await store.writeReadings([
          reading(meter, T0, { activePowerW: 1 }),
          reading(meter, T0 + 60_000, { energyForwardWh: 2, fuelUsedL: 3 }),
        ]);
        expect(await store.readingBefore(meter, T0)).toBeUndefined();
        expect(await store.readingBefore(meter, T0 + 1)).toMatchObject({
          at: T0,
          values: { activePowerW: 1 },
        });
        expect(await store.readingBefore(meter, T0 + DAY_MS * 400)).toEqual({
          meter,
          at: T0 + 60_000,
          values: { energyForwardWh: 2, fuelUsedL: 3 },
        });
        expect(await store.readingFrom(meter, T0)).toMatchObject({ at: T0 });
        expect(await store.readingFrom(meter, T0 + 1)).toMatchObject({ at: T0 + 60_000 });
        expect(await store.readingFrom(meter, T0 + 60_001)).toBeUndefined();
      });

      it('reads long ranges whole', async () => {
        const meter = ownMeter();
        const readings = gensetReadings(meter, T0, 45_000);
        await store.writeReadings(readings);
        const read = await store.readReadings(meter, ALL_TIME);
        expect(read.length).toBe(readings.length);
        expect(read.every(({ at }, index) => at === readings[index]?.at)).toBe(true);
        expect(read.at(-1)).toEqual(readings.at(-1));
      });

      it('rejects what no store can take, says why, and stores the rest', async () => {
        const meter = ownMeter();
        const good = reading(meter, T0, { activePowerW: 1 });
        const inherited = JSON.parse('{"__proto__": 1}') as Values;
        const bad = [
          reading(meter, T0 + 1, { activePowerW: Number('1e400') }),
          reading(meter, T0 + 2, { activePowerW: NaN }),
          reading(meter, T0 + 3, {}),
          reading(meter, T0 + 4, { constructor: 1 } as unknown as Values),
          reading(meter, T0 + 5, inherited),
          reading(meter, T0 + 6, { activePowerW: '1' as unknown as number }),
          reading(meter, T0 + 0.5, { activePowerW: 1 }),
          reading(meter, NaN, { activePowerW: 1 }),
          reading(meter, 1e300, { activePowerW: 1 }),
          reading(meterRef(meter.mission, 'juba', 'x,y=1 z=2 3\nreading'), T0, { activePowerW: 1 }),
          reading(meterRef(meter.mission, 'juba', `x' OR 1=1 --\\`), T0, { activePowerW: 1 }),
          reading({ ...meter, key: 'other/juba/genset-1' }, T0, { activePowerW: 1 }),
        ];
        const { rejected } = await store.writeReadings([...bad.slice(0, 6), good, ...bad.slice(6)]);
        expect(rejected.map((point) => point.reading)).toEqual(bad);
        for (const { reason } of rejected) expect(reason).toMatch(/\w{3}/);
        expect(await store.readReadings(meter, ALL_TIME)).toEqual([good]);
        expect(await store.listMeters({ mission: meter.mission })).toHaveLength(1);
      });

      it('takes an empty batch', async () => {
        expect(await store.writeReadings([])).toEqual({ rejected: [] });
      });

      it('keeps meters with hostile but legal names apart', async () => {
        const mission = ownMission();
        const names = [
          'a',
          'a-',
          'a--b',
          '0',
          '00',
          '1e3',
          'true',
          'null',
          'constructor',
          'select',
          'x'.repeat(63),
        ];
        const meters = names.map((name) => meterRef(mission, 'camp', name));
        await store.writeReadings(meters.map((meter, index) => reading(meter, T0, { starts: index })));
        for (const [index, meter] of meters.entries()) {
          expect(await store.readReadings(meter, ALL_TIME)).toEqual([
            { meter, at: T0, values: { starts: index } },
          ]);
        }
        const listed = await store.listMeters({ mission });
        expect(listed.map(({ meter }) => meter.meter)).toEqual([...names].sort());
      });

      it('takes a search for a name that nobody can have for a search that finds nothing', async () => {
        const meter = meterRef(
          ownMission(),
          `juba' OR '1'='1`,
          `genset-1" OR true; DROP MEASUREMENT reading`,
        );
        expect(await store.readReadings(meter, ALL_TIME)).toEqual([]);
        expect(await store.listMeters({ mission: `\\' OR 1=1 --` })).toEqual([]);
      });
    });

    describe('the list of meters', () => {
      it('has every meter once, with its newest reading, ascending by key', async () => {
        const mission = ownMission();
        const at = (camp: string, meter: string, n: number) =>
          reading(meterRef(mission, camp, meter), T0 + n, { activePowerW: n });
        await store.writeReadings([at('b', 'm', 1), at('a-b', 'm', 5), at('a', 'm', 7), at('a', 'k', 9)]);
        await store.writeReadings([at('a', 'm', 3), at('b', 'm', 8)]);
        // `a-b/…` comes before `a/…`: a hyphen sorts before a slash.
        expect(
          (await store.listMeters({ mission })).map(({ meter, lastAt, lastValues }) => [
            `${meter.camp}/${meter.meter}`,
            lastAt - T0,
            lastValues,
          ]),
        ).toEqual([
          ['a-b/m', 5, { activePowerW: 5 }],
          ['a/k', 9, { activePowerW: 9 }],
          ['a/m', 7, { activePowerW: 7 }],
          ['b/m', 8, { activePowerW: 8 }],
        ]);
        expect((await store.listMeters({ mission, camp: 'a' })).map(({ meter }) => meter.meter)).toEqual([
          'k',
          'm',
        ]);
        expect((await store.listMeters()).filter(({ meter }) => meter.mission === mission)).toHaveLength(4);
      });

      it('tells of the newest reading only what that reading said', async () => {
        const meter = ownMeter();
        await store.writeReadings([
          reading(meter, T0, { activePowerW: 5, fuelLevelPct: 80 }),
          reading(meter, T0 + 1000, { activePowerW: 6 }),
        ]);
        expect(await store.listMeters({ mission: meter.mission })).toEqual([
          { meter, lastAt: T0 + 1000, lastValues: { activePowerW: 6 } },
        ]);
      });
    });

    describe('interval energy', () => {
      it('gives back a day as it was written, gaps and all', async () => {
        const meter = ownMeter();
        const day = meterDay(meter, DAY0, {
          0: interval(),
          1: interval({ forwardWh: 0, minW: null, maxW: null, coveredS: 0, recoveredWh: 0, flags: 4 }),
          2: interval({ minW: -1250, maxW: 0, reverseWh: 7, flags: 3, implausibleWh: 900_000_000_000 }),
          3: interval({ minW: 1.5, maxW: 92_500.25 }),
          40: interval({ recoveredWh: 20_000, estimatedWh: 3_000, manualWh: 125 }),
          95: interval({ minW: null }),
        });
        await store.writeAccounts([day], []);
        expect(await store.readMeterDay(meter, DAY0)).toEqual(day);
        expect(await store.readMeterDay(meter, DAY0 - 1)).toBeUndefined();
        expect(await store.readMeterDay(meter, DAY0 + 1)).toBeUndefined();
      });

      it('replaces a day whole: what is no longer known is gone', async () => {
        const meter = ownMeter();
        await store.writeAccounts(
          [meterDay(meter, DAY0, { 3: interval(), 4: interval(), 5: interval() })],
          [],
        );
        const second = meterDay(meter, DAY0, { 4: interval({ minW: null, maxW: null }), 6: interval() });
        await store.writeAccounts([second], []);
        await store.writeAccounts([second], []);
        expect(await store.readMeterDay(meter, DAY0)).toEqual(second);
        expect(
          (await store.readIntervals([meter], ALL_TIME)).map(({ start }) => (start - T0) / INTERVAL_MS),
        ).toEqual([4, 6]);
      });

      it('replaces a day whole that another process has written', async () => {
        const meter = ownMeter();
        await store.writeAccounts([meterDay(meter, DAY0 + 7, { 3: interval(), 4: interval() })], []);
        const other = await subject.open();
        const second = meterDay(meter, DAY0 + 7, { 4: interval({ forwardWh: 1 }) });
        await other.writeAccounts([second], []);
        await other.close();
        expect(await store.readMeterDay(meter, DAY0 + 7)).toEqual(second);
      });

      it('finds the newest day at or before a day', async () => {
        const meter = ownMeter();
        const days = [DAY0, DAY0 + 1, DAY0 + 40].map((day) => meterDay(meter, day, { 0: interval() }));
        await store.writeAccounts(days, []);
        expect(await store.lastMeterDay(meter, DAY0 - 1)).toBeUndefined();
        expect(await store.lastMeterDay(meter, DAY0)).toEqual(days[0]);
        expect(await store.lastMeterDay(meter, DAY0 + 39)).toEqual(days[1]);
        expect(await store.lastMeterDay(meter, DAY0 + 4000)).toEqual(days[2]);
        expect(await store.firstMeterDay(meter)).toBe(days[0]?.day);
      });

      it('reads intervals of many meters by (meter key, start), in a half-open range', async () => {
        const mission = ownMission();
        const keys = ['a/z', 'a-b/m', 'a/m'];
        const meters = keys.map((key) => meterRef(mission, ...(key.split('/') as [string, string])));
        const silent = meterRef(mission, 'a', 'silent');
        const unasked = meterRef(mission, 'a', 'unasked');
        await store.writeAccounts(
          [...meters, unasked].flatMap((meter) => [
            meterDay(meter, DAY0, { 95: interval({ forwardWh: 95 }), 94: interval({ forwardWh: 94 }) }),
            meterDay(meter, DAY0 + 1, { 0: interval({ forwardWh: 0 }), 1: interval({ forwardWh: 1 }) }),
          ]),
          [],
        );
        const found = await store.readIntervals([...meters, silent, ...meters], {
          from: T0 + 95 * INTERVAL_MS,
          to: T0 + 97 * INTERVAL_MS,
        });
        expect(
          found.map(({ meter, start, forwardWh }) => [
            meter.key.slice(mission.length + 1),
            start - T0,
            forwardWh,
          ]),
        ).toEqual(
          ['a-b/m', 'a/m', 'a/z'].flatMap((key) => [
            [key, 95 * INTERVAL_MS, 95],
            [key, 96 * INTERVAL_MS, 0],
          ]),
        );
        expect(await store.readIntervals([], ALL_TIME)).toEqual([]);
        expect(await store.readIntervals(meters, { from: T0, to: T0 })).toEqual([]);
      });

      it('reads the same as flows, a block for each meter of which anything is known', async () => {
        const mission = ownMeter().mission;
        const meters = ['b', 'a'].map((name) => meterRef(mission, 'flows', name));
        const silent = meterRef(mission, 'flows', 'silent');
        await store.writeAccounts(
          meters.flatMap((meter) => [
            meterDay(meter, DAY0, {
              94: interval({ forwardWh: 7, minW: null, maxW: null }),
              95: interval({ forwardWh: 400, reverseWh: 3, coveredS: 899 }),
            }),
            meterDay(meter, DAY0 + 1, {
              1: interval({ forwardWh: 5, reverseWh: 0, coveredS: 10 }),
              2: interval({ forwardWh: 6 }),
            }),
          ]),
          [],
        );
        const range = { from: T0 + 95 * INTERVAL_MS, to: T0 + 98 * INTERVAL_MS };
        const found = await store.readFlows([...meters, silent, ...meters], range);
        expect(found.map(({ meter }) => meter)).toEqual(meters.toReversed());
        for (const { start, forwardWh, reverseWh, coveredS } of found) {
          expect(start).toBe(range.from);
          expect([...forwardWh]).toEqual([400, Number.NaN, 5]);
          expect([...reverseWh]).toEqual([3, Number.NaN, 0]);
          expect([...coveredS]).toEqual([899, Number.NaN, 10]);
        }
        expect(await store.readFlows(meters, { from: T0 + INTERVAL_MS, to: T0 + 2 * INTERVAL_MS })).toEqual(
          [],
        );
        expect(await store.readFlows([], range)).toEqual([]);
        await expect(store.readFlows(meters, ALL_TIME)).rejects.toThrow('ask for fewer');
      });

      it('does not take a meter that only has days for one that has published', async () => {
        const meter = ownMeter();
        await store.writeAccounts([meterDay(meter, DAY0, { 0: interval() })], []);
        expect(await store.listMeters({ mission: meter.mission })).toEqual([]);
      });

      it('refuses a day or an entry that is not one, and writes nothing of the call', async () => {
        const meter = ownMeter();
        const good = meterDay(meter, DAY0, { 0: interval() });
        const short = { ...good, intervals: good.intervals.slice(1) };
        const mission = meter.mission;
        await expect(store.writeAccounts([good, short], [])).rejects.toThrow(/95 intervals/);
        await expect(
          store.writeAccounts([meterDay(meter, DAY0, { 0: interval({ forwardWh: NaN }) })], []),
        ).rejects.toThrow(/forwardWh/);
        await expect(store.writeAccounts([good], [entry({ mission, energyWh: Infinity })])).rejects.toThrow(
          /energyWh/,
        );
        await expect(store.writeAccounts([good], [entry({ mission, period: '2026-11' })])).rejects.toThrow(
          /period/,
        );
        expect(await store.readMeterDay(meter, DAY0)).toBeUndefined();
        expect(
          await store.readLedger({ level: 'day', from: '2026-01-01', to: '2026-12-31', mission }),
        ).toEqual([]);
      });
    });

    describe('the ledger', () => {
      it('gives back entries by inclusive period, mission and camp', async () => {
        const [mission, other] = [ownMission(), ownMission()];
        const entries = ['2026-10-31', '2026-11-01', '2026-11-30', '2026-12-01'].flatMap((period, index) => [
          entry({ mission, period, energyWh: index }),
          entry({
            mission,
            camp: 'bor',
            period,
            energyWh: index + 0.5,
            source: 'diesel',
            estimatedFuelMl: 3,
          }),
          entry({ mission: other, period }),
        ]);
        await store.writeAccounts([], entries);
        const november = { level: 'day', from: '2026-11-01', to: '2026-11-30' } as const;
        const isNovember = ({ period }: { period: string }): boolean => period.startsWith('2026-11');
        const own = entries.filter((one) => one.mission === mission && isNovember(one));
        const found = await store.readLedger({ ...november, mission });
        expect(found).toHaveLength(4);
        expect(found).toEqual(expect.arrayContaining(own));
        expect(await store.readLedger({ ...november, mission, camp: 'bor' })).toEqual(
          own.filter(({ camp }) => camp === 'bor'),
        );
        const both = (await store.readLedger(november)).filter((one) =>
          [mission, other].includes(one.mission),
        );
        expect(both).toHaveLength(6);
      });

      it('overwrites an entry with the same key', async () => {
        const mission = ownMission();
        await store.writeAccounts([], [entry({ mission, energyWh: 1, fuelMl: 9 })]);
        await store.writeAccounts([], [entry({ mission, energyWh: 2 })]);
        expect(
          await store.readLedger({ level: 'day', from: '2026-11-01', to: '2026-11-01', mission }),
        ).toEqual([entry({ mission, energyWh: 2 })]);
      });

      it('keeps days and months apart', async () => {
        const mission = ownMission();
        const month = entry({ mission, level: 'month', period: '2026-11', energyWh: 30 });
        await store.writeAccounts([], [entry({ mission, energyWh: 1 }), month]);
        expect(await store.readLedger({ level: 'month', from: '2026-01', to: '2026-12', mission })).toEqual([
          month,
        ]);
      });

      it('sums over camps and periods, exactly, leaving sources and ownerships apart', async () => {
        const mission = ownMission();
        const huge = 2 ** 52;
        const entries = ['2026-10', '2026-11'].flatMap((period) =>
          ['juba', 'bor'].flatMap((camp) => [
            entry({ mission, level: 'month', camp, period, energyWh: 3, coveredWs: huge / 4, fuelMl: 1 }),
            entry({ mission, level: 'month', camp, period, energyWh: 5, ownership: 'coe-wet' }),
            entry({ mission, level: 'month', camp, period, energyWh: 7, source: 'diesel', fuelMl: 11 }),
          ]),
        );
        await store.writeAccounts([], entries);
        const query = { level: 'month', from: '2026-10', to: '2026-11', mission } as const;
        const brief = (found: readonly ReturnType<typeof entry>[]): unknown[] =>
          found.map(({ camp, period, source, ownership, energyWh }) => [
            camp,
            period,
            source,
            ownership,
            energyWh,
          ]);

        expect(brief(await store.readLedger({ ...query, sumCamps: true }))).toEqual(
          ['2026-10', '2026-11'].flatMap((period) => [
            ['', period, 'diesel', 'un-owned', 14],
            ['', period, 'solar', 'coe-wet', 10],
            ['', period, 'solar', 'un-owned', 6],
          ]),
        );
        expect(brief(await store.readLedger({ ...query, sumPeriods: true, camp: 'bor' }))).toEqual([
          ['bor', '', 'diesel', 'un-owned', 14],
          ['bor', '', 'solar', 'coe-wet', 10],
          ['bor', '', 'solar', 'un-owned', 6],
        ]);
        const total = await store.readLedger({ ...query, sumCamps: true, sumPeriods: true });
        expect(brief(total)).toEqual([
          ['', '', 'diesel', 'un-owned', 28],
          ['', '', 'solar', 'coe-wet', 20],
          ['', '', 'solar', 'un-owned', 12],
        ]);
        expect(total[2]).toMatchObject({ mission, level: 'month', coveredWs: huge, fuelMl: 4 });
      });

      it('keeps contributing units apart when asked to, and sums them otherwise', async () => {
        const mission = ownMission();
        const scope = { mission, camp: 'juba', level: 'day', period: '2026-11-01' } as const;
        const own = entry({ mission, ownership: 'coe-wet', energyWh: 1 });
        const names = ['BD/BANBATT', '/UNIT 7, "A" = B', 'NP/'];
        const [banbatt, odd, nepal] = names.map((contributor, i) => ({
          ...own,
          contributor,
          energyWh: 10 ** (i + 1),
        }));
        if (banbatt === undefined || odd === undefined || nepal === undefined) throw new Error('three units');
        await store.writeAccounts([], [own, banbatt, odd, nepal]);
        const query = { level: 'day', from: '2026-11-01', to: '2026-11-02', mission } as const;
        expect(await store.readLedger(query)).toEqual([{ ...own, ...summedUp(4), energyWh: 1_111 }]);
        expect(await store.readLedger({ ...query, byContributor: true })).toEqual([own, odd, banbatt, nepal]);

        await store.replaceLedger(scope, [banbatt, { ...nepal, energyWh: 5 }]);
        expect(await store.readLedger({ ...query, byContributor: true })).toEqual([
          banbatt,
          { ...nepal, energyWh: 5 },
        ]);
        await store.writeAccounts([], [{ ...banbatt, period: '2026-11-02', camp: 'bor' }]);
        const sums = { sumCamps: true, sumPeriods: true, byContributor: true };
        expect(
          (await store.readLedger({ ...query, ...sums })).map(({ contributor, energyWh }) => [
            contributor,
            energyWh,
          ]),
        ).toEqual([
          ['BD/BANBATT', 20],
          ['NP/', 5],
        ]);
      });

      it('takes entries away when they no longer belong to the camp and period', async () => {
        const mission = ownMission();
        const scope = { mission, camp: 'juba', level: 'day', period: '2026-11-01' } as const;
        const neighbours = [
          entry({ mission, camp: 'juba-2' }),
          entry({ mission, period: '2026-11-02' }),
          entry({ mission, level: 'month', period: '2026-11' }),
        ];
        await store.writeAccounts(
          [],
          [entry({ mission }), entry({ mission, source: 'diesel' }), ...neighbours],
        );
        const kept = entry({ mission, energyWh: 5 });
        const added = entry({ mission, source: 'wind' });
        await store.replaceLedger(scope, [kept, added]);
        await store.replaceLedger(scope, [kept, added]);
        const days = { level: 'day', from: '2026-11-01', to: '2026-11-30', mission } as const;
        expect(await store.readLedger({ ...days, camp: 'juba', to: '2026-11-01' })).toEqual([kept, added]);
        expect(await store.readLedger(days)).toHaveLength(4);

        await store.replaceLedger(scope, []);
        expect(await store.readLedger({ ...days, camp: 'juba', to: '2026-11-01' })).toEqual([]);
        expect(
          await store.readLedger({ ...days, to: '2026-11-01', sumCamps: true, sumPeriods: true }),
        ).toMatchObject([{ source: 'solar', camp: '', period: '', energyWh: 1_000_000 }]);

        await store.writeAccounts([], [kept]);
        expect(await store.readLedger({ ...days, camp: 'juba', to: '2026-11-01' })).toEqual([kept]);
        await expect(store.replaceLedger(scope, [entry({ mission, camp: 'bor' })])).rejects.toThrow(
          /does not belong/,
        );
      });

      it('takes the widest of ranges', async () => {
        const mission = ownMission();
        await store.writeAccounts([], [entry({ mission })]);
        expect(
          await store.readLedger({ level: 'day', from: '0001-01-01', to: '9999-12-31', mission }),
        ).toHaveLength(1);
      });
    });

    describe('with a second one open', () => {
      it('lets it read every commit while this one writes', async () => {
        const meter = ownMeter();
        const readings = gensetReadings(meter, T0, 2_000);
        const reader = await subject.open();
        let seen = 0;
        for (let from = 0; from < readings.length; from += 200) {
          await store.writeReadings(readings.slice(from, from + 200));
          const read = await reader.readReadings(meter, ALL_TIME);
          expect(read.length).toBe(from + 200);
          seen = read.length;
        }
        await reader.close();
        expect(seen).toBe(2_000);
      });

      it('has everything after it was closed and opened again', async () => {
        const meter = ownMeter();
        const first = await subject.open();
        await first.writeReadings(gensetReadings(meter, T0, 10));
        await first.writeAccounts(
          [meterDay(meter, DAY0, { 1: interval() })],
          [entry({ mission: meter.mission })],
        );
        await first.close();
        const second = await subject.open();
        expect(await second.readReadings(meter, ALL_TIME)).toEqual(gensetReadings(meter, T0, 10));
        expect(await second.readMeterDay(meter, DAY0)).toBeDefined();
        expect(
          await second.readLedger({
            level: 'day',
            from: '2026-11-01',
            to: '2026-11-01',
            mission: meter.mission,
          }),
        ).toHaveLength(1);
        await second.close();
      });
    });
  });
}

/** What several sample entries of one key add up to, beside their energy. */
function summedUp(count: number): { renewableWh: number; coveredWs: number } {
  const { renewableWh, coveredWs } = entry();
  return { renewableWh: renewableWh * count, coveredWs: coveredWs * count };
}
