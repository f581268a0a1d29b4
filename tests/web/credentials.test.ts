/** A camp's device is let in: what the page shows once gets it in, for its own camp alone, until somebody revokes it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/chromium.ts';
import { freePort } from '../support/free-port.ts';
import { describeWith } from '../support/requires.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker.ts';
import { complaintsOf } from './axe.ts';
import { seed } from './seed.ts';
import { startSite, type Site } from './site.ts';

const CAMP = '/registry/missions/savanna/river-house';
const run = promisify(execFile);

describeWith(['chromium', 'mosquitto_pub'], 'the credentials of a camp', () => {
  let worker: WorkerProcess;
  let site: Site;
  let browser: Browser;
  let command = '';
  let password = '';

  beforeAll(async () => {
    const broker = { BROKER_PORT: await freePort(), BROKER_ACCESS: 'credentials' };
    worker = await startWorkerProcess({ settings: broker, fill: (dataDir) => seed(dataDir, Date.now()) });
    const settings = { ...broker, DATA_DIR: worker.dataDir, WORKER_PORT: worker.port };
    site = await startSite(() => Promise.resolve(), { settings });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
    await worker.stop();
  });

  async function visit(path: string, locale = 'en'): Promise<Page> {
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    await page.goto(site.url + path);
    return page;
  }
  const main = (page: Page) => page.locator('main').innerText();
  const publish = (text: string) => run('sh', ['-c', text]);
  const committed = async () =>
    (await worker.metric('bluewatt_readings_committed_total')) +
    (await worker.metric('bluewatt_readings_spooled_total'));

  it('are found from the camp’s page of the registry, issued for one device, and shown once', async () => {
    const page = await visit(CAMP);
    await page.getByRole('link', { name: 'Broker credentials of this camp' }).click();
    await page.getByRole('button', { name: 'Issue and show once' }).click();
    // The browser asks for what is missing.
    expect(await main(page)).not.toContain('The password is not shown again');
    await page.getByLabel('For which device').fill('gateway in the genset hall');
    await page.getByLabel('Your name').first().fill('Ada');
    await page.getByRole('button', { name: 'Issue and show once' }).click();
    const shown = await main(page);
    expect(shown).toContain('The password is not shown again');
    expect(shown).toContain('savanna.river-house.1');
    command = await page.locator('pre').first().innerText();
    password = /-P (\S+)/.exec(command)?.[1] ?? '';
    expect(password).toMatch(/^[a-z2-9]{26}$/);
    expect(await complaintsOf(page)).toEqual([]);
    await page.goto(`${site.url}${CAMP}/credentials`);
    expect(await page.content()).not.toContain(password);
    expect(await main(page)).toMatch(/savanna\.river-house\.1\s+gateway in the genset hall\s+Ada/);
    await page.context().close();
  });

  it('get a device in that copies the command, whose reading is stored and shown live', async () => {
    const before = await committed();
    await publish(command);
    await expect.poll(committed).toBe(before + 1);
    const stop = new AbortController();
    const answer = await fetch(`${site.url}/api/v1/live/savanna/river-house`, { signal: stop.signal });
    const reader = answer.body?.getReader();
    let text = '';
    while (reader !== undefined && !text.includes('"activePowerW":1000'))
      text += Buffer.from((await reader.read()).value ?? []).toString();
    stop.abort();
    expect(text).toContain('event: reading');
  });

  it('publish nothing as another camp, and the page says what was refused', async () => {
    const before = await committed();
    await publish(command.replace('bluewatt/savanna/river-house/', 'bluewatt/cedar/naqoura-east/'));
    expect(await worker.metric('bluewatt_broker_publishes_refused_total')).toBe(1);
    expect(await committed()).toBe(before);
    const page = await visit(`${CAMP}/credentials`);
    expect(await main(page)).toMatch(
      /savanna\.river-house\.1: may not publish to bluewatt\/cedar\/naqoura-east\/\S+\/reading \(1 times/,
    );
    await page.context().close();
    const elsewhere = await visit('/registry/missions/cedar/naqoura-east/credentials');
    expect(await main(elsewhere)).toContain('cedar.naqoura-east');
    expect(await main(elsewhere)).not.toContain('may not publish');
    await elsewhere.context().close();
    // It stands beside rejected messages too.
    const meters = await visit('/meters');
    expect(await main(meters)).toContain('savanna.river-house.1: may not publish to');
    await meters.context().close();
    expect(await worker.log()).toContain('"event":"broker-guest-refused"');
    expect(await worker.log()).not.toContain(password);
  });

  it('let nobody in who has none', async () => {
    await expect(publish(command.replace(/-u \S+ -P \S+/, ''))).rejects.toThrow(/not authori[sz]ed/i);
  });

  it('say in French what they say in English', async () => {
    const page = await visit(`${CAMP}/credentials`, 'fr');
    const text = await main(page);
    expect(text).toContain('Accès au courtier MQTT');
    expect(text).toContain('ne peut pas publier vers');
    expect(text).not.toContain('Last used');
    await page.context().close();
  });

  it('end when somebody revokes them, with a reason, and both stand in the record of changes', async () => {
    const page = await visit(`${CAMP}/credentials`);
    await page.getByLabel('Why', { exact: true }).fill('gateway stolen');
    await page.getByLabel('Your name').last().fill('Bo');
    await page.getByRole('button', { name: 'Revoke' }).click();
    expect(await main(page)).toContain('savanna.river-house.1 is revoked.');
    await expect(publish(command)).rejects.toThrow(/not authori[sz]ed|bad user name/i);
    await page.goto(`${site.url}/audit?thing=credential`);
    const record = await main(page);
    expect(record).toMatch(/Bo[\s\S]*gateway stolen/);
    expect(record).toMatch(/Ada[\s\S]*gateway in the genset hall/);
    await page.context().close();
  });

  it('are refused without a name or a reason, and when they are not the camp’s', async () => {
    const send = (action: string, fields: Record<string, string>, camp = CAMP) =>
      fetch(`${site.url}${camp}/credentials?/${action}`, {
        method: 'POST',
        headers: {
          ...{ origin: site.url, accept: 'text/html' },
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams(fields),
      });
    expect((await send('issue', { author: 'Ada', reason: ' ' })).status).toBe(422);
    expect((await send('issue', { author: '', reason: 'gateway' })).status).toBe(422);
    expect(
      (await send('issue', { author: 'Ada', reason: 'x' }, '/registry/missions/savanna/nowhere')).status,
    ).toBe(404);
    const issued = await send('issue', { author: 'Ada', reason: 'gateway' });
    expect([issued.status, issued.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const foreign = await send(
      'revoke',
      { author: 'Bo', reason: 'x', id: '2' },
      '/registry/missions/cedar/naqoura-east',
    );
    expect(foreign.status).toBe(409);
    expect(await (await fetch(`${site.url}${CAMP}/credentials`)).text()).toContain('savanna.river-house.2');
  });
});
