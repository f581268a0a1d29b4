import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meterRef, type Reading } from '#lib/energy/reading.ts';
import { isRival, type Correction, type NewCorrection } from '#lib/registry/correction.ts';
import { createInfluxStore } from '#lib/server/store/influx/store.ts';
import type { Store } from '#lib/server/store/store.ts';
import { startInflux, type Influx } from '../../support/influx.ts';
import { describeWith } from '../../support/requires.ts';
import { REGISTRY, story, type Story } from './any-order.ts';
import { booksOf, expectSameBooks, recomputed, Rig } from './rig.ts';

/** Those in force with one more, unless it cannot stand beside them. */
function withOneMore(inForce: readonly Correction[], added: NewCorrection, id: number): Correction[] {
  if (inForce.some((each) => isRival(each, added))) return [...inForce];
  const signature = { author: 'officer', reason: 'the log book says so', madeAt: 0 };
  return [...inForce, { id, supersedes: null, ...signature, ...added }];
}

/** Lives through the story, then delivers what is left and closes the books. */
async function live({ arriving, steps }: Story, openStore?: () => Store): Promise<Rig> {
  const rig = await Rig.open({ registry: REGISTRY, ...(openStore && { openStore }) });
  let next = 0;
  let corrections = 0;
  for (const step of steps) {
    switch (step.kind) {
      case 'flush':
        await rig.flush();
        break;
      case 'restart':
        await rig.restart();
        break;
      case 'correct':
        rig.useCorrections(withOneMore(rig.corrections, step.correction, (corrections += 1)));
        break;
      case 'withdraw':
        rig.useCorrections(rig.corrections.filter((_, place) => place !== step.place));
        break;
      case 'crash':
        await rig.crash(step.afterWrites);
        break;
      case 'deliver':
        await rig.deliver(arriving.slice(next, next + step.count));
        next += step.count;
    }
  }
  await rig.deliver(arriving.slice(next));
  await rig.flush();
  // Late readings that came while others were recomputed are taken in with the next flush.
  await rig.flush();
  return rig;
}

async function expectTruth(told: Story, openStore?: () => Store): Promise<void> {
  const rig = await live(told, openStore);
  try {
    expect(rig.accounts.lateMeters()).toBe(0);
    const { corrections } = rig;
    const truth = await recomputed(told.readings, { registry: REGISTRY, corrections });
    expectSameBooks(await booksOf(rig.store), truth);
  } finally {
    await rig.close();
  }
}

describe('The accounts over SQLite', () => {
  it('I3: are the same to the byte in whatever order, batches, restarts and crashes readings and corrections came', async () => {
    await fc.assert(
      fc.asyncProperty(story, (told) => expectTruth(told)),
      { seed: 20261101, numRuns: 25, endOnFailure: true },
    );
  }, 120_000);

  it('let messages through while they recompute a meter of many days', async () => {
    const pv = meterRef('unmiss', 'juba', 'pv-1');
    const long: Reading[] = Array.from({ length: 20_000 }, (_, i) => ({
      meter: pv,
      at: Date.UTC(2026, 6, 1) + i * 300_000,
      values: { energyForwardWh: i * 1_000 },
    }));
    const rig = await Rig.open({ registry: REGISTRY });
    try {
      await rig.store.writeReadings(long);
      await rig.start();
      let turns = 0;
      const turn = setInterval(() => (turns += 1), 0);
      await rig.flush();
      clearInterval(turn);
      expect(turns).toBeGreaterThan(3);
    } finally {
      await rig.close();
    }
  });
});

describeWith(['influxd'], 'The accounts over InfluxDB', () => {
  let influx: Influx;
  let databases = 0;
  beforeAll(async () => {
    influx = await startInflux();
  });
  afterAll(() => influx.stop());

  it('I3: are the same to the byte in whatever order, batches, restarts and crashes readings and corrections came', async () => {
    const openStore = (): Store =>
      createInfluxStore({ url: `${influx.httpUrl}/accounts${String((databases += 1))}` });
    await fc.assert(
      fc.asyncProperty(story, (told) => expectTruth(told, openStore)),
      { seed: 20261102, numRuns: 3 },
    );
  }, 120_000);
});
