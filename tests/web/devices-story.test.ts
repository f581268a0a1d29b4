/** Devices as they are sold, from their own topics over a real broker and the worker to the camp's page, which is not reloaded. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeviceSource } from '#lib/registry/types.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { campOf, meter } from '../ingest/account/rig.ts';
import { launchBrowser } from '../support/chromium.ts';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.ts';
import { publish } from '../support/publish.ts';
import { describeWith } from '../support/requires.ts';
import { startSparkplugEdge, type SparkplugEdge } from '../support/sparkplug-edge.ts';
import { startVictronGx, type VictronGx } from '../support/victron-gx.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker.ts';
import { startSite, type Site } from './site.ts';

const STORY_MS = 120_000;
const CAMP = '/missions/unmiss/juba';
const PORTAL = 'c0619ab12345';
const LINES: readonly Omit<DeviceSource, 'mission' | 'camp'>[] = [
  { profile: 'victron-gx', topic: `N/${PORTAL}`, meter: '{service}-{instance}' },
  { profile: 'victron-gx', topic: `N/${PORTAL}/tank/23`, meter: 'genset-40' },
  { profile: 'dse890-gencomm', topic: 'plant/#', meter: 'dse-{uid}' },
  { profile: 'shelly-gen1', topic: 'shellies/em3', meter: 'em3-{channel}' },
  { profile: 'shelly-gen2', topic: 'pro3em', meter: 'pro3em' },
  { profile: 'sparkplug', topic: 'spBv1.0/camp-b', meter: '{device}' },
];
const REGISTRY = {
  ...campOf({
    'genset-40': meter('diesel', { name: 'Victron genset', ratedW: 120_000, tankL: 400 }),
    'dse-aaa1': meter('diesel', { name: 'Deep Sea genset', ratedW: 160_000, tankL: 1000 }),
    'em3-0': meter('grid', { name: 'First Shelly' }),
    pro3em: meter('solar', { name: 'Second Shelly', ratedW: 60_000 }),
    turbine: meter('wind', { name: 'Sparkplug turbine', ratedW: 50_000 }),
  }),
  sources: LINES.map((line) => ({ ...line, mission: 'unmiss', camp: 'juba' })),
};
const METRICS = [
  { name: 'activePowerW', alias: 1, datatype: 9, float: 21_000 },
  { name: 'energyForwardWh', alias: 2, datatype: 8, long: 4_048_575_250n },
];

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await pause(100);
}

describeWith(['chromium', 'mosquitto', 'mosquitto_pub'], 'devices as they are sold', () => {
  let broker: Mosquitto;
  let worker: WorkerProcess;
  let site: Site;
  let browser: Browser;
  let gx: VictronGx;
  let edge: SparkplugEdge;

  beforeAll(async () => {
    broker = await startMosquitto();
    gx = await startVictronGx({
      brokerUrl: broker.url,
      portal: PORTAL,
      heartbeatMs: 200,
      values: {
        'genset/40/Ac/Power': 92_500,
        'genset/40/Ac/Energy/Forward': 39_869.8,
        'genset/40/Engine/OperatingHours': 138_201,
        'tank/23/FluidType': 0,
        'tank/23/Level': 62,
        'tank/23/Remaining': 0.248,
      },
    });
    edge = await startSparkplugEdge({
      ...{ brokerUrl: broker.url, group: 'camp-b', node: 'gw1', device: 'turbine', metrics: METRICS },
    });
    // Born before anybody listens, as on the day the worker is installed.
    await edge.bear();
    worker = await startWorkerProcess({
      settings: { MQTT_URL: broker.url },
      fill: (dataDir) => {
        const registries = openRegistryStore(dataDir);
        registries.save(REGISTRY, { author: 'test', reason: 'test', savedAt: 0 });
        registries.close();
      },
    });
    site = await startSite(() => Promise.resolve(), {
      mqttUrl: broker.url,
      settings: { DATA_DIR: worker.dataDir, WORKER_PORT: worker.port },
    });
    browser = await launchBrowser();
  }, STORY_MS);
  afterAll(async () => {
    await browser.close();
    await site.stop();
    await worker.stop();
    await Promise.all([gx.stop(), edge.cut()]);
    await broker.stop();
  });

  const say = (topic: string, payload: object | string): Promise<void> =>
    publish({
      port: broker.port,
      topic,
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });
  const node = (page: Page, name: string) => page.locator('li.before, li.after').filter({ hasText: name });
  const shows = (page: Page, name: string, text: string | RegExp): Promise<void> =>
    node(page, name).filter({ hasText: text }).waitFor({ timeout: 20_000 });
  async function lastOf(name: string): Promise<Record<string, unknown>> {
    const answer = await fetch(`${site.url}/api/v1/meters?mission=unmiss&camp=juba`);
    const { meters } = (await answer.json()) as { meters: { meter: string }[] };
    return { ...meters.find((each) => each.meter === name) };
  }

  it(
    'show their values in the right units on an open page, and as silent the moment their end is known',
    async () => {
      const page = await browser.newPage({ locale: 'en' });
      await page.goto(site.url + CAMP);
      await page.getByText('Live', { exact: true }).first().waitFor();

      // A GX is silent until it is asked; its tank is a service of its own.
      await shows(page, 'Victron genset', '92.5 kW');
      await shows(page, 'Victron genset', /62\s?%/);
      expect(gx.keepAlives[0]).toBe('');
      gx.set('genset/40/Ac/Power', 71_300);
      await shows(page, 'Victron genset', '71.3 kW');
      await shows(page, 'Victron genset', /248\sL/);

      // GenComm: page 6 register 0 is watts, page 4 register 3 percent, and 32767 nothing.
      await say('plant/7/engine', { AAA1: { P006: { R000: 120_000, R022: 32_767 }, P004: { R003: 75 } } });
      await shows(page, 'Deep Sea genset', '120 kW');
      await shows(page, 'Deep Sea genset', /75\s?%/);

      await say('shellies/em3/emeter/0/power', '2310.40');
      await say('shellies/em3/emeter/0/total', '2034616.7');
      await shows(page, 'First Shelly', '2.3 kW');

      // The whole component, then a notification of what changed alone.
      const whole = { id: 0, total_act_power: 40_500, total_aprt_power: 41_000, a_voltage: 229.8 };
      await say('pro3em/status/em:0', whole);
      await shows(page, 'Second Shelly', '40.5 kW');
      const changed = { ts: Date.now() / 1000, 'em:0': { id: 0, total_act_power: 38_200 } };
      await say('pro3em/events/rpc', { src: 'pro3em', method: 'NotifyStatus', params: changed });
      await shows(page, 'Second Shelly', '38.2 kW');

      // By alias alone: the worker has to ask for the birth first.
      await until(async () => {
        if (edge.rebirths() === 0) await edge.tell({ alias: 1, float: 21_000 });
        return edge.rebirths() > 0;
      });
      await edge.tell({ alias: 1, float: 19_500 });
      await shows(page, 'Sparkplug turbine', '19.5 kW');
      expect(edge.rebirths()).toBe(1);

      const silent = 'silent, last seen';
      await say('shellies/em3/online', 'false');
      await shows(page, 'First Shelly', `${silent}`);
      await shows(page, 'First Shelly', 'its connection broke off');
      gx.remove('genset/40');
      await shows(page, 'Victron genset', 'it said goodbye to its gateway');
      await edge.cut();
      await shows(page, 'Sparkplug turbine', 'its gateway reports it gone');
      await node(page, 'Second Shelly').filter({ hasNotText: silent }).waitFor();

      // It comes back with its next value.
      await say('shellies/em3/emeter/0/power', '1730');
      await node(page, 'First Shelly').filter({ hasText: '1.7 kW', hasNotText: silent }).waitFor();
      await page.close();
    },
    STORY_MS,
  );

  it(
    'show all that they tell value by value on a page that is opened afterwards, too',
    async () => {
      await say('shellies/em3/emeter/0/total', '2034999.5');
      await until(async () => {
        const { lastReading } = await lastOf('em3-0');
        return (lastReading as { energyForwardWh?: number }).energyForwardWh === 2_034_999.5;
      });
      const context = await browser.newContext({ locale: 'en', javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(site.url + CAMP);
      expect(await node(page, 'First Shelly').innerText()).toMatch(/1\.7\s?kW/);
      expect(await page.getByRole('row', { name: 'First Shelly' }).innerText()).toMatch(/1\.7\s?kW/);
      await context.close();
    },
    STORY_MS,
  );

  it(
    'are told by the API in canonical units, with since when and how each is known to be silent',
    async () => {
      const turbine = await lastOf('turbine');
      expect(turbine).toMatchObject({ stale: true, staleCause: 'death-certificate' });
      expect(Date.parse(String(turbine['staleSince']))).toBeGreaterThan(Date.now() - STORY_MS);
      expect(await lastOf('em3-0')).toMatchObject({ stale: false, staleCause: null });
      expect(await lastOf('dse-aaa1')).toMatchObject({
        lastReading: { activePowerW: 120_000, fuelLevelPct: 75 },
      });
    },
    STORY_MS,
  );

  it(
    'are shown as silent on an open page when their gateway’s heartbeat stops, since its last beat',
    async () => {
      const page = await browser.newPage({ locale: 'en' });
      await page.goto(site.url + CAMP);
      gx.set('genset/40/Ac/Power', 65_000);
      await node(page, 'Victron genset').filter({ hasText: '65 kW', hasNotText: 'silent' }).waitFor();
      const stoppedAt = Date.now();
      await gx.stop();
      await node(page, 'Victron genset')
        .filter({ hasText: 'its gateway is no longer heard' })
        .waitFor({ timeout: 60_000 });
      expect(Date.now() - stoppedAt).toBeGreaterThan(25_000);
      const genset = await lastOf('genset-40');
      expect(genset).toMatchObject({ stale: true, staleCause: 'heartbeat-lost' });
      expect(Math.abs(Date.parse(String(genset['staleSince'])) - stoppedAt)).toBeLessThan(5_000);
      await page.close();
    },
    STORY_MS,
  );
});
