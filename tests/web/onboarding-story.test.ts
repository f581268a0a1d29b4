/** A device nobody here has seen: from the first page to live metered values, with the clicks counted, and what it sent before. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import { launchBrowser } from '../support/chromium.ts';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.ts';
import { publish } from '../support/publish.ts';
import { describeWith } from '../support/requires.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker.ts';
import { complaintsOf } from './axe.ts';
import { startSite, type Site } from './site.ts';

const STORY_MS = 120_000;
const METER = meterRef('test-mission', 'north-gate', 'pv-7');

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(100);
}

describeWith(['chromium', 'mosquitto', 'mosquitto_pub'], 'a device nobody has seen', () => {
  let broker: Mosquitto;
  let worker: WorkerProcess;
  let site: Site;
  let browser: Browser;
  let sent = 0;

  beforeAll(async () => {
    broker = await startMosquitto();
    worker = await startWorkerProcess({ settings: { MQTT_URL: broker.url } });
    site = await startSite(() => Promise.resolve(), {
      mqttUrl: broker.url,
      settings: { DATA_DIR: worker.dataDir, WORKER_PORT: worker.port },
    });
    browser = await launchBrowser();
    // Until the worker listens, nobody hears the device; from then on every message counts.
    await until(async () => {
      await publish({ port: broker.port, topic: 'acme/pv-7/probe', payload: 'x' });
      return (await worker.metric('bluewatt_dead_letters_total')) > 0;
    });
    await send();
    await send();
  }, STORY_MS);
  afterAll(async () => {
    await browser.close();
    await site.stop();
    await worker.stop();
    await broker.stop();
  });

  async function send(): Promise<void> {
    sent += 1;
    const payload = JSON.stringify({ power_kw: 12.5 + sent / 10, energy: 1000 + sent, token: 'hunter2' });
    await publish({ port: broker.port, topic: 'acme/pv-7/state', payload });
  }
  async function stored() {
    const store = createSqliteStore({ file: join(worker.dataDir, DATABASE_FILE), readOnly: true });
    const readings = await store.readReadings(METER, { from: 0, to: Date.now() + 1 });
    await store.close();
    return readings;
  }
  async function arrived(page: Page): Promise<void> {
    await until(async () => {
      await page.reload();
      return page.getByText('acme/+/').first().isVisible();
    });
  }

  it(
    'gives axe nothing to complain of and fits a phone, in both themes and languages',
    async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const context = await browser.newContext({
          locale: 'fr',
          colorScheme,
          viewport: { width: 390, height: 800 },
          bypassCSP: true,
        });
        const page = await context.newPage();
        await page.goto(`${site.url}/onboarding`);
        await arrived(page);
        for (const path of ['/onboarding', `/onboarding/device?shape=${encodeURIComponent('acme/+')}`]) {
          await page.goto(site.url + path);
          expect(await complaintsOf(page), `${path} ${colorScheme}`).toEqual([]);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(overflow, path).toBeLessThanOrEqual(0);
          expect(await page.locator('main').innerText()).not.toContain('hunter2');
        }
        await page.locator('#yaml').fill('profile: x\nformat: none\nmatch: 5\n');
        await page.locator('button.quiet').click();
        await page.locator('form li.isWrong').first().waitFor();
        expect(await complaintsOf(page), `mistakes ${colorScheme}`).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, 'mistakes').toBeLessThanOrEqual(0);
        await context.close();
      }
    },
    STORY_MS,
  );

  it(
    'names a mistake in the profile with its line, and loses nothing of what was typed',
    async () => {
      const context = await browser.newContext({ locale: 'en', javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(`${site.url}/onboarding/device?shape=${encodeURIComponent('acme/+')}`);
      const yaml = await page.getByLabel('Profile (YAML)').inputValue();
      await page.getByLabel('Profile (YAML)').fill(yaml.replace('unit: kW ', 'unit: kWh '));
      await page.getByRole('button', { name: 'Try it' }).click();
      const alert = await page.getByRole('alert').innerText();
      expect(alert).toMatch(
        /Line \d+, column \d+[\s\S]*unit: kWh[\s\S]*kWh measures energy, but activePowerW is active power/,
      );
      // The wavy line begins where the mistake does, and beside the text its line is marked.
      expect(await page.locator('[role=alert] mark').innerText()).toMatch(/^kWh/);
      const marked = page.locator('form li.isWrong summary');
      const [, line = '', column = ''] = /Line (\d+), column (\d+)/.exec(alert) ?? [];
      expect(await marked.innerText()).toBe(line);
      const typed = await page.getByLabel('Profile (YAML)').inputValue();
      expect(typed.split('\n')[Number(line) - 1]?.slice(Number(column) - 1)).toMatch(/^kWh/);
      await marked.click();
      expect(await page.locator('form .wrong').innerText()).toContain('kWh measures energy');
      expect(await page.getByLabel('Profile (YAML)').inputValue()).toContain('unit: kWh ');
      await context.close();
    },
    STORY_MS,
  );

  it(
    'is metered live after seven clicks, without a script, and what it sent before counts once',
    async () => {
      const context = await browser.newContext({ locale: 'en', javaScriptEnabled: false });
      const page = await context.newPage();
      let clicks = 0;
      const click = async (role: 'link' | 'button', name: string | RegExp): Promise<void> => {
        clicks += 1;
        await page.getByRole(role, { name }).first().click();
      };
      await page.goto(site.url);
      await click('link', 'Connect a device');
      await click('link', 'Look at it acme/+');
      // The energy's unit is nobody's to guess.
      expect(await page.locator('main').innerText()).not.toContain('energyForwardWh 1,00');
      await page.locator('select[name="a"]').first().selectOption({ label: 'kWh' });
      await click('button', 'Apply the answers');
      await page
        .getByText(/energyForwardWh 1,00\d,000/)
        .first()
        .waitFor();
      await page.getByLabel('New camp: mission').fill('Test mission');
      await page.getByLabel('New camp: time zone').fill('Africa/Juba');
      await page.getByLabel('New camp: its name').fill('North gate');
      await click('button', 'Save and read this device');
      await page.waitForURL('**/onboarding?saved=test-mission/north-gate');
      // The page looks again by itself.
      await page.getByRole('link', { name: 'Assign pv-7' }).waitFor({ timeout: 60_000 });
      const before = sent;
      await until(async () => (await stored()).length === before);
      expect((await stored()).map(({ values }) => values)).toEqual(
        Array.from({ length: before }, (_, i) => ({
          activePowerW: 12_500 + (i + 1) * 100,
          energyForwardWh: (1_001 + i) * 1_000,
        })),
      );
      await click('link', 'Assign pv-7');
      await page.getByLabel('It measures').selectOption('solar');
      await click('button', 'Assign');
      await page.waitForURL('**/missions/test-mission/north-gate?assigned=pv-7');
      expect(clicks).toBeLessThanOrEqual(7);
      await send();
      await until(async () => (await stored()).length === before + 1);
      await page.goto(`${site.url}/missions/test-mission/north-gate`);
      expect(await page.locator('main').innerText()).toMatch(/12\.8\s*kW|12\.80/);
      await context.close();
    },
    STORY_MS,
  );

  it(
    'says which profile reads a genset’s controller, where none is suggested',
    async () => {
      const context = await browser.newContext({ locale: 'fr', javaScriptEnabled: false });
      const page = await context.newPage();
      const shape = encodeURIComponent('gensets/+/+');
      await until(async () => {
        const payload = JSON.stringify({ A1B2C3D4E5: { P004: { R001: 85, R003: 75 } } });
        await publish({ port: broker.port, topic: 'gensets/gw7/A1B2C3D4E5/engine', payload });
        await page.goto(`${site.url}/onboarding/device?shape=${shape}`);
        return page.getByText('Le profil dse890-gencomm les lit').isVisible();
      });
      await context.close();
    },
    STORY_MS,
  );
});
