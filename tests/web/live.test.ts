/** From the broker to the screen: what the worker republishes, as a mission engineer sees it. */
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/chromium.ts';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.ts';
import { GAP_MS } from '#lib/components/camp/live-link.ts';
import { describeWith } from '../support/requires.ts';
import { seed } from './seed.ts';
import { startSite, type Site } from './site.ts';

const TOPIC = 'bluewatt/live/savanna/river-house';

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describeWith(['chromium', 'mosquitto'], 'live readings', () => {
  let broker: Mosquitto;
  let site: Site;
  let browser: Browser;
  let worker: MqttClient;

  beforeAll(async () => {
    broker = await startMosquitto();
    site = await startSite((dataDir) => seed(dataDir, Date.now()), { mqttUrl: broker.url });
    browser = await launchBrowser();
    worker = await connectAsync(broker.url);
  });
  afterAll(async () => {
    await worker.endAsync(true);
    await browser.close();
    await site.stop();
    await broker.stop();
  });

  const say = (meter: string, activePowerW: number) =>
    worker.publishAsync(`${TOPIC}/${meter}`, JSON.stringify({ at: new Date().toISOString(), activePowerW }), {
      retain: true,
    });

  it('reach the screen and move the flow', async () => {
    const page = await browser.newPage({ locale: 'en' });
    await page.goto(`${site.url}/missions/savanna/river-house`);
    await page.getByText('Live', { exact: true }).first().waitFor();
    await say('solar-1', 123_400);
    await page.getByText('123 kW').waitFor({ timeout: 5_000 });

    await page.close();
  });

  it('come as the contract’s events, the newest of each meter first', async () => {
    await say('load-1', 700_000);
    const stop = new AbortController();
    const answer = await fetch(`${site.url}/api/v1/live/savanna/river-house`, { signal: stop.signal });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const reader = answer.body?.getReader();
    let text = '';
    while (!text.includes('"load-1"')) text += new TextDecoder().decode((await reader?.read())?.value);
    const data = /event: reading\ndata: (.*"load-1".*)\n\n/.exec(text)?.[1] ?? '';
    expect(JSON.parse(data)).toMatchObject({
      mission: 'savanna',
      camp: 'river-house',
      meter: 'load-1',
      values: { activePowerW: 700_000 },
    });
    stop.abort();
  });

  it('are refused in words for camps that do not exist', async () => {
    const unknown = await fetch(`${site.url}/api/v1/live/savanna/nowhere`);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ error: { code: 'CAMP_UNKNOWN', field: 'camp' } });
    const invalid = await fetch(`${site.url}/api/v1/live/Savanna/x`);
    expect(invalid.status).toBe(400);
    expect(await invalid.json()).toMatchObject({ error: { code: 'SLUG_INVALID', field: 'mission' } });
  });

  it('do not keep the server from ending when it is asked to', async () => {
    const other = await startSite((dataDir) => seed(dataDir, Date.now()), { mqttUrl: broker.url });
    const answer = await fetch(`${other.url}/api/v1/live/savanna/river-house`);
    const reader = answer.body?.getReader();
    await reader?.read();
    process.kill(other.pid, 'SIGTERM');
    let isOpen = true;
    while (isOpen) isOpen = (await reader?.read())?.done === false;
    // Signal 0 only asks whether the process is there.
    await expect.poll(() => isRunning(other.pid), { timeout: 5_000 }).toBe(false);
    await other.stop();
  });

  it('go on by themselves after the server was killed, and after this computer was offline', async () => {
    const context = await browser.newContext({ locale: 'en' });
    const page = await context.newPage();
    await page.goto(`${site.url}/missions/savanna/river-house`);
    const live = page.getByText('Live', { exact: true }).first();
    await live.waitFor();
    await site.restart();
    await page.getByText('Connection lost').first().waitFor();
    await live.waitFor({ timeout: 20_000 });

    await context.setOffline(true);
    await page.getByText('This computer is offline').first().waitFor();
    await context.setOffline(false);
    await live.waitFor({ timeout: 20_000 });
    await say('solar-1', 321_000);
    await page.getByText('321 kW').waitFor();
    await context.close();
  });

  it('bring the rest of the page up to date after a break, and leave it alone when the server does not answer', async () => {
    const context = await browser.newContext({ locale: 'en' });
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(`${site.url}/missions/savanna/river-house`);
    await page.getByText('Live', { exact: true }).first().waitFor();
    const mark = () =>
      page.evaluate(() => {
        document.querySelector('[data-still]')?.setAttribute('data-old', '');
      });
    await mark();
    const breakOff = async () => {
      await context.setOffline(true);
      await page.getByText('This computer is offline').first().waitFor();
      await page.clock.fastForward(GAP_MS + 1_000);
      await context.setOffline(false);
    };
    await breakOff();
    const table = page.locator('[data-still]:not([data-old])').getByRole('table');
    await table.waitFor();
    expect(await table.innerText()).toContain('Genset 1');
    await page.getByText('Live', { exact: true }).first().waitFor();

    await mark();
    await page.route('**/missions/savanna/river-house', (route) => route.fulfill({ status: 503 }));
    const refused = page.waitForResponse((answer) => answer.status() === 503);
    await breakOff();
    await refused;
    await say('solar-1', 234_000);
    await page.getByText('234 kW').waitFor();
    expect(await page.locator('[data-still][data-old]').count()).toBe(1);
    await context.close();
  });

  it('say so when the broker goes, and come back with it', async () => {
    const page = await browser.newPage({ locale: 'en' });
    await page.goto(`${site.url}/missions/savanna/river-house`);
    await page.getByText('Live', { exact: true }).first().waitFor();
    await broker.kill();
    await page.getByText('Connected, but the broker is not').first().waitFor({ timeout: 10_000 });
    await broker.restart();
    await page.getByText('Live', { exact: true }).first().waitFor({ timeout: 15_000 });
    await page.close();
  });
});
