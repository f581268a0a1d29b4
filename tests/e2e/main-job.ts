/**
 * The main job, told once for every kind of installation: messages of real devices in, a share that agrees with
 * the hand calculation out. The tests build on each other, as the days of an installation do.
 */
import { expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import { openStore } from '#lib/server/store/open.ts';
import type { Store } from '#lib/server/store/store.ts';
import {
  BY_HAND,
  BY_HAND_WITH_PV_2,
  CAMP,
  GENSET_LAST_WH,
  gensetHour,
  HOUR_FROM,
  MISSION,
  nativeTopic,
  PERIOD,
  pv2Hour,
  shellyEnergy,
  shellyPower,
  tasmotaHour,
} from './camp.ts';
import { deadLetters } from '../support/dead-letters.ts';
import type { Installation } from './installation.ts';

const HOUR_MS = 3_600_000;
/** The accounts are at most a few seconds behind; a busy machine may take its time. */
const SOON = { timeout: 20_000, interval: 200 };
const HQ = `/?from=${PERIOD.from}&to=${PERIOD.to}`;
/** A figure's link, as a screen reader says it. */
const heard = (figure: string): string => `${figure} (how this figure is made)`;

export interface Given {
  readonly installation: () => Installation;
  /** as the worker has it */
  readonly influxUrl: () => string | undefined;
}

/** Reads what the worker wrote, through the store's port. */
async function withStore<Answer>(given: Given, ask: (store: Store) => Promise<Answer>): Promise<Answer> {
  const influxUrl = given.influxUrl();
  const store = await openStore({
    dataDir: given.installation().worker.dataDir,
    readOnly: true,
    ...(influxUrl !== undefined && { influxUrl }),
  });
  try {
    return await ask(store);
  } finally {
    await store.close();
  }
}

export function tellMainJob(given: Given): void {
  const { installation } = given;

  it('imports a registry by the command line', async () => {
    expect(await installation().importRegistry()).toMatch(
      /Now in force is version 1: 1 missions, 1 camps, 3 meters/,
    );
  });

  it('takes messages of native, Tasmota and Shelly meters to the share worked out by hand', async () => {
    const { say, summary } = installation();
    // The worker has to notice the registry's sources before it listens to their topics.
    await expect
      .poll(async () => {
        await say('ridge/mains/status/em:0', shellyPower());
        return (await installation().meters()).find(({ meter }) => meter === 'grid-1')?.lastReading;
      }, SOON)
      .toMatchObject({ activePowerW: 558.965, voltageL2V: 229.1, currentL3A: 0.428, frequencyHz: 50 });
    await say(nativeTopic('genset-1'), ...gensetHour());
    await say('tele/pv-roof/SENSOR', ...tasmotaHour());
    // A Shelly tells no time: each message counts at the moment it comes in.
    await say('ridge/mains/status/emdata:0', shellyEnergy(2_589_773.39));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await say('ridge/mains/status/emdata:0', shellyEnergy(2_639_773.39));

    await expect.poll(async () => (await summary())?.electricityWh, SOON).toEqual(BY_HAND.electricityWh);
    const found = await summary();
    expect(found?.renewableShare).toBeCloseTo(BY_HAND.renewableShare, 10);
    expect(found?.dieselShare).toBeCloseTo(BY_HAND.dieselShare, 10);
    expect(found?.onSiteRenewableShare).toBeCloseTo(BY_HAND.onSiteRenewableShare, 10);
  });

  it('keeps every reading as it was sent, and energy and ledger beside them', async () => {
    const stored = await withStore(given, async (store) => ({
      genset: await store.readReadings(meterRef(MISSION, CAMP, 'genset-1'), {
        from: HOUR_FROM,
        to: HOUR_FROM + 2 * HOUR_MS,
      }),
      pv: await store.readReadings(meterRef(MISSION, CAMP, 'pv-1'), {
        from: HOUR_FROM,
        to: HOUR_FROM + 2 * HOUR_MS,
      }),
      intervals: await store.readIntervals([meterRef(MISSION, CAMP, 'genset-1')], {
        from: HOUR_FROM,
        to: HOUR_FROM + HOUR_MS,
      }),
      ledger: await store.readLedger({ level: 'day', ...PERIOD, mission: MISSION, sumPeriods: true }),
    }));
    const sent = gensetHour().map((line) => JSON.parse(line) as { at: string });
    expect(stored.genset.map(({ at, values }) => ({ at: new Date(at).toISOString(), ...values }))).toEqual(
      sent,
    );
    expect(stored.pv).toHaveLength(13);
    expect(stored.pv[0]).toMatchObject({
      at: HOUR_FROM,
      values: { energyForwardWh: 1_290_396, activePowerW: 150_000, powerFactor: 0.99 },
    });
    // 300 kWh, evenly over four quarters of an hour.
    expect(stored.intervals.map(({ forwardWh }) => forwardWh)).toEqual([75_000, 75_000, 75_000, 75_000]);
    expect(stored.ledger.map(({ source, ownership, energyWh }) => [source, ownership, energyWh])).toEqual([
      ['diesel', 'un-owned', 300_000],
      ['grid', 'host-grid', 50_000],
      ['solar', 'coe-wet', 150_000],
    ]);
  });

  it('shows the same share on the page', async () => {
    const page = await installation().open(HQ);
    const row = page.getByRole('row').filter({ hasText: 'Cedar Mission' });
    await row.getByRole('link', { name: heard(BY_HAND.shownShare), exact: true }).waitFor();
    await row.getByRole('link', { name: heard('60.0%'), exact: true }).waitFor();
    await page.close();
  });

  it('shows on the camp page what was published after it opened', async () => {
    const page = await installation().open(`/missions/${MISSION}/${CAMP}`);
    await page.getByText('Live', { exact: true }).first().waitFor();
    expect(await page.getByText('237\u00a0kW').count()).toBe(0);
    await installation().say(
      nativeTopic('genset-1'),
      JSON.stringify({ at: Date.now(), activePowerW: 237_000, energyForwardWh: GENSET_LAST_WH }),
    );
    await page.getByText('237\u00a0kW').first().waitFor({ timeout: 10_000 });
    await page.close();
  });

  it('names what it could not take, keeps it whole and goes on', async () => {
    const { say, worker } = installation();
    await say(nativeTopic('genset-1'), '{"at":"2026-11-01T00:00:00Z","activePow');
    await say(nativeTopic('genset-1'), '{"activePowerW":92500}');
    await say('bluewatt/Cedar/ridge/genset-1/reading', '{"at":"2026-11-01T00:00:00Z","activePowerW":1}');
    await expect
      .poll(
        async () => (await worker.health()).rejections.map(({ topic, reason }) => `${reason} ${topic}`),
        SOON,
      )
      .toEqual(
        expect.arrayContaining([
          `payload-not-json ${nativeTopic('genset-1')}`,
          `time-missing ${nativeTopic('genset-1')}`,
          'topic-invalid bluewatt/Cedar/ridge/genset-1/reading',
        ]),
      );
    expect(deadLetters(worker.dataDir)).toEqual(
      expect.arrayContaining([
        { topic: nativeTopic('genset-1'), payload: '{"at":"2026-11-01T00:00:00Z","activePow' },
        { topic: nativeTopic('genset-1'), payload: '{"activePowerW":92500}' },
        {
          topic: 'bluewatt/Cedar/ridge/genset-1/reading',
          payload: '{"at":"2026-11-01T00:00:00Z","activePowerW":1}',
        },
      ]),
    );
    expect((await worker.health()).broker.connected).toBe(true);
  });

  it('keeps the readings of a meter that nobody has registered, out of the share', async () => {
    const { say, meters, summary, open } = installation();
    await say(nativeTopic('pv-2'), ...pv2Hour());
    await expect
      .poll(async () => (await meters()).find(({ meter }) => meter === 'pv-2'), SOON)
      .toMatchObject({ registered: false, source: null, lastReading: { energyForwardWh: 170_000 } });
    expect((await summary())?.electricityWh).toEqual(BY_HAND.electricityWh);
    const page = await open('/meters');
    await page.getByText('pv-2').first().waitFor();
    await page.close();
  });

  it('brings that meter’s history into the share once it is registered', async () => {
    const { importRegistry, summary, meters, open, worker } = installation();
    expect(await importRegistry({ hasPv2: true })).toMatch(/version 2: 1 missions, 1 camps, 4 meters/);
    await expect
      .poll(async () => (await summary())?.electricityWh, SOON)
      .toEqual(BY_HAND_WITH_PV_2.electricityWh);
    expect((await summary())?.renewableShare).toBeCloseTo(BY_HAND_WITH_PV_2.renewableShare, 10);
    expect((await summary())?.dieselShare).toBeCloseTo(BY_HAND_WITH_PV_2.dieselShare, 10);
    expect((await meters()).find(({ meter }) => meter === 'pv-2')?.registered).toBe(true);
    const page = await open(HQ);
    const row = page.getByRole('row').filter({ hasText: 'Cedar Mission' });
    await row.getByRole('link', { name: heard(BY_HAND_WITH_PV_2.shownShare), exact: true }).waitFor();
    await page.close();
    expect((await worker.health()).status).toBe('ok');
  });
}
