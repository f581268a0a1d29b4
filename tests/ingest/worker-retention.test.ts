/** Raw readings are kept as long as a running worker was told to, in either store. */
import { describe, expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import type { Store } from '#lib/server/store/store.ts';
import { openStore } from '#lib/server/store/open.ts';
import { startInflux } from '../support/influx.ts';
import { describeWith } from '../support/requires.ts';
import { campOf, meter } from './account/rig.ts';
import { cleanUps, device, health, newSite, start, until, type Site } from './worker-site.ts';

const REGISTRY = campOf({ 'genset-1': meter('diesel', { ratedW: 500_000 }) });
const TOPIC = 'bluewatt/unmiss/juba/genset-1/reading';
const GENSET = meterRef('unmiss', 'juba', 'genset-1');
const DAY_MS = 86_400_000;

async function storeOf({ settings: { dataDir, influx } }: Site): Promise<Store> {
  const store = await openStore({ dataDir, readOnly: true, ...(influx && { influxUrl: influx.url }) });
  cleanUps.push(() => store.close());
  return store;
}

async function keepsWhatItWasTold(more: Record<string, string>): Promise<void> {
  const site = await newSite(REGISTRY, more);
  const forEver = await start(site);
  const longAgo = Date.now() - 200 * DAY_MS;
  const old = [0, 1, 2].map((n) => ({ at: longAgo + n * DAY_MS, energyForwardWh: 50_000 * n }));
  const first = await device(site);
  await first.publishAsync(TOPIC, JSON.stringify(old), { qos: 1 });
  await first.publishAsync(TOPIC, JSON.stringify({ at: Date.now(), energyForwardWh: 9e6 }), { qos: 1 });
  const reader = await storeOf(site);
  const raw = () => reader.readReadings(GENSET, { from: 0, to: Date.now() });
  const energy = () => reader.readIntervals([GENSET], { from: 0, to: old[2]?.at ?? 0 });
  await until(async () => (await energy()).length > 0);
  await forEver.stop();
  const [before, { length }] = [await energy(), await raw()];
  expect(length).toBe(4);

  await start({ ...site, settings: { ...site.settings, rawRetentionDays: 62 } });
  await until(async () => (await raw()).length === 2);
  // The last day before the boundary is kept, and what the others were turned into.
  expect((await raw())[0]?.at).toBe(old[2]?.at);
  expect(await energy()).toEqual(before);
  const again = await device(site);
  await again.publishAsync(TOPIC, JSON.stringify({ at: longAgo, energyForwardWh: 1 }), { qos: 1 });
  await until(async () => (await health(site)).rejections.length > 0);
  expect((await health(site)).rejections).toMatchObject([{ reason: 'beyond-retention' }]);
  expect(await raw()).toHaveLength(2);
}

describe('a worker that was told how long to keep raw readings', () => {
  it('removes older ones from SQLite, and says what came for a day that is closed', () =>
    keepsWhatItWasTold({}));
});

describeWith(['influxd'], 'a worker that was told how long to keep raw readings, with InfluxDB', () => {
  it('does the same there', async () => {
    const influx = await startInflux();
    cleanUps.push(() => influx.stop());
    await keepsWhatItWasTold({ INFLUX_URL: influx.url });
  });
});
