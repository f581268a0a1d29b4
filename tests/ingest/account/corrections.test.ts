/** Corrections over a running worker's accounts: what moves, what stays, and that nothing is counted twice or lost. */
import { afterEach, describe, expect, it } from 'vitest';
import type { CorrectionEffect } from '#lib/energy/correction.ts';
import { DAY_MS } from '#lib/energy/interval.ts';
import { meterRef, type MeterRef, type Reading } from '#lib/energy/reading.ts';
import type { Correction } from '#lib/registry/correction.ts';
import { booksOf, campOf, expectSameBooks, meter, recomputed, Rig } from './rig.ts';

const HOUR = 3_600_000;
const FIRST = Date.UTC(2026, 9, 1);
const PV = meterRef('unmiss', 'juba', 'pv-1');
const REGISTRY = campOf({ 'pv-1': meter('solar', { expectedIntervalS: 1_800 }) }, { zone: 'UTC' });

/** A thousand Wh an hour, read hourly. */
function hourly(from: number, to: number): Reading[] {
  return Array.from({ length: (to - from) / HOUR + 1 }, (_, i) => {
    const at = from + i * HOUR;
    return { meter: PV, at, values: { energyForwardWh: ((at - FIRST) / HOUR) * 1_000 } };
  });
}

function correction(
  effect: CorrectionEffect,
  [from, to]: readonly [number, number],
  rest: { id?: number; of?: MeterRef } = {},
): Correction {
  const { id = 1, of = PV } = rest;
  return { id, meter: of, from, to, effect, supersedes: null, author: 'a', reason: 'r', madeAt: 0 };
}

const day = (n: number): number => FIRST + n * DAY_MS;
const manual = (energyWh: number) => ({ kind: 'replace', known: 'manual', energyWh }) as const;

describe('Corrections in the books', () => {
  let rig: Rig;
  afterEach(async () => {
    await rig.close();
  });

  async function wh(from: string, to = from): Promise<[number, number]> {
    const entries = await rig.store.readLedger({ level: 'day', from, to });
    return [
      entries.reduce((sum, { energyWh }) => sum + energyWh, 0),
      entries.reduce((sum, { manualWh }) => sum + manualWh, 0),
    ];
  }

  it('replace a day, write that day alone, and give back what was metered when withdrawn', async () => {
    rig = await Rig.open({ registry: REGISTRY });
    await rig.deliver(hourly(day(0), day(30)));
    await rig.flush();
    const before = await booksOf(rig.store);
    const written = rig.accounts.counters.daysWritten;
    rig.useCorrections([correction(manual(5_000), [day(10), day(11)])]);
    await rig.flush();
    expect(await wh('2026-10-11')).toEqual([5_000, 5_000]);
    expect(await wh('2026-10-10')).toEqual([24_000, 0]);
    // The day, and the newest one to go on from; each with the day before, which a reading at midnight reaches into.
    expect(rig.accounts.counters.daysWritten - written).toBe(4);
    const [month] = await rig.store.readLedger({ level: 'month', from: '2026-10', to: '2026-10' });
    expect(month?.energyWh).toBe(30 * 24_000 - 24_000 + 5_000);
    rig.useCorrections([]);
    await rig.flush();
    expectSameBooks(await booksOf(rig.store), before);
  });

  it('state the month of a meter that never spoke, and take it out of the ledger again', async () => {
    rig = await Rig.open({ registry: REGISTRY });
    rig.useCorrections([correction(manual(3_100_000), [day(0), day(31)])]);
    await rig.flush();
    expect(await wh('2026-10-01', '2026-10-31')).toEqual([3_100_000, 3_100_000]);
    expect(await wh('2026-10-07')).toEqual([100_000, 100_000]);
    rig.useCorrections([]);
    await rig.flush();
    expect(await rig.store.readLedger({ level: 'day', from: '2026-10-01', to: '2026-10-31' })).toEqual([]);
    expect(await rig.store.readLedger({ level: 'month', from: '2026-10', to: '2026-10' })).toEqual([]);
  });

  it('fill days after the newest reading, and the register still tells the gap when the meter speaks again', async () => {
    rig = await Rig.open({ registry: REGISTRY });
    const story = [...hourly(day(0), day(2)), ...hourly(day(6) + 5 * HOUR, day(7))];
    const corrections = [correction(manual(7), [day(4), day(8)])];
    await rig.deliver(story.slice(0, 49));
    rig.useCorrections(corrections);
    await rig.flush();
    expect(await wh('2026-10-05', '2026-10-08')).toEqual([7, 7]);
    // Delivered and marked, then killed before anything was accounted: day 6 is stored, and from before.
    await rig.deliver(story.slice(49));
    await rig.crash(0);
    await rig.flush();
    expect(await wh('2026-10-03', '2026-10-04')).toEqual([48_000, 0]);
    expectSameBooks(await booksOf(rig.store), await recomputed(story, { registry: REGISTRY, corrections }));
  });

  it('leave out the newest readings, and go on from the last good one', async () => {
    rig = await Rig.open({ registry: REGISTRY });
    const bad = { meter: PV, at: day(1) + 60_000, values: { energyForwardWh: 9e9 } };
    await rig.deliver([...hourly(day(0), day(1)), bad]);
    await rig.flush();
    expect((await wh('2026-10-02'))[0]).toBeGreaterThan(8e9);
    rig.useCorrections([correction({ kind: 'exclude', quantity: null }, [bad.at, bad.at + 1])]);
    await rig.flush();
    await rig.deliver(hourly(day(1) + HOUR, day(2)));
    await rig.flush();
    expect(await wh('2026-10-01', '2026-10-03')).toEqual([48_000, 0]);
  });

  it('are applied once more after the worker was killed in the middle', async () => {
    rig = await Rig.open({ registry: REGISTRY });
    await rig.deliver(hourly(day(0), day(12)));
    await rig.flush();
    const corrections = [
      correction({ kind: 'scale', of: 'energy', factor: 2 }, [day(3), day(9)]),
      correction(manual(11), [day(5), day(20)], { id: 2 }),
    ];
    rig.useCorrections(corrections);
    await rig.crash(1);
    await rig.flush();
    const truth = await recomputed(hourly(day(0), day(12)), { registry: REGISTRY, corrections });
    expectSameBooks(await booksOf(rig.store), truth);
  });

  it('leave no trace when they end before they were accounted', async () => {
    rig = await Rig.open({ registry: REGISTRY });
    rig.useCorrections([correction(manual(5), [day(1), day(2)])]);
    await rig.deliver(hourly(day(0), day(3)));
    rig.useCorrections([]);
    await rig.flush();
    const truth = await recomputed(hourly(day(0), day(3)), { registry: REGISTRY });
    expectSameBooks(await booksOf(rig.store), truth);
  });

  it('are found to have ended when the journal was lost meanwhile', async () => {
    rig = await Rig.open({ registry: REGISTRY });
    await rig.deliver(hourly(day(0), day(3)));
    await rig.flush();
    const before = await booksOf(rig.store);
    rig.useCorrections([correction(manual(5), [day(1), day(2)])]);
    await rig.flush();
    rig.journal.exec(
      'DELETE FROM accounted_registry; DELETE FROM accounted_correction; DELETE FROM account_state',
    );
    rig.corrections = [];
    await rig.start();
    await rig.flush();
    expectSameBooks(await booksOf(rig.store), before);
  });

  it('follow the registry where no meter ever spoke', async () => {
    rig = await Rig.open({ registry: REGISTRY });
    rig.useCorrections([correction(manual(800), [day(0), day(2)])]);
    await rig.flush();
    rig.useRegistry(campOf({ 'pv-1': meter('wind') }, { zone: 'UTC' }));
    await rig.flush();
    const entries = await rig.store.readLedger({ level: 'day', from: '2026-10-01', to: '2026-10-02' });
    expect(entries.map(({ source, energyWh }) => [source, energyWh])).toEqual([
      ['wind', 400],
      ['wind', 400],
    ]);
  });
});
