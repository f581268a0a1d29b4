/** The meters' page of a large installation, and a meter assigned from it: by a person, in one step, with and without script. */
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meterRef, type Reading } from '#lib/energy/reading.ts';
import { METERS_PER_PAGE } from '#lib/server/queries/meter-list.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { camp, meter, mission, registryOf } from '../server/queries/fixture.ts';
import { launchBrowser } from '../support/chromium.ts';
import { freePort } from '../support/free-port.ts';
import { describeWith } from '../support/requires.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker.ts';
import { startSite, type Site } from './site.ts';

const WHY = { author: 'test', reason: 'test', savedAt: 0 };

describe('the page of 7,500 meters', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite(async (dataDir) => {
      const registry = openRegistryStore(dataDir);
      registry.save(
        registryOf(
          Object.fromEntries(
            Array.from({ length: 15 }, (_, m) => [
              `mission-${String(m)}`,
              mission(
                Object.fromEntries(
                  Array.from({ length: 25 }, (_unused, c) => [
                    `camp-${String(c)}`,
                    camp(
                      Object.fromEntries(
                        Array.from({ length: 20 }, (_each, i) => [`meter-${String(i)}`, meter('solar')]),
                      ),
                    ),
                  ]),
                ),
              ),
            ]),
          ),
        ),
        WHY,
      );
      registry.close();
      const store = createSqliteStore({ file: join(dataDir, DATABASE_FILE) });
      const strangers = Array.from({ length: 300 }, (_, i): Reading => {
        const ref = meterRef('mission-1', 'camp-1', `stranger-${String(i)}`);
        return { meter: ref, at: Date.now(), values: { activePowerW: i } };
      });
      await store.writeReadings(strangers);
      await store.close();
    });
  });
  afterAll(() => site.stop());

  const html = async (query = '') => {
    const answer = await fetch(`${site.url}/meters${query}`);
    return { status: answer.status, text: await answer.text() };
  };
  const rowsIn = (text: string) => text.match(/<th scope="row"/g)?.length ?? 0;

  it('holds one page of rows, whatever the number of meters, and less than 250 kB before compression', async () => {
    for (const query of ['', '?page=2', '?state=never', '?state=unassigned', '?mission=mission-3&page=9']) {
      const { text } = await html(query);
      expect(rowsIn(text), query).toBe(METERS_PER_PAGE);
      expect(text.length, query).toBeLessThan(250_000);
    }
    expect((await html('')).text).toContain('7,800');
  });

  it('finds one meter by its words, and says when none is found', async () => {
    const { text } = await html('?mission=mission-14&text=camp-7+meter-19');
    expect(rowsIn(text)).toBe(1);
    expect((await html('?text=no-such-thing')).text).toContain('No meter matches this filter.');
  });

  it('refuses what it can’t read in words', async () => {
    const { status, text } = await html('?state=asleep');
    expect(status).toBe(400);
    expect(text).toContain('expected one of speaking, silent');
  });
});

describeWith(['chromium'], 'assigning a meter', () => {
  let site: Site;
  let worker: WorkerProcess;
  let browser: Browser;
  let device: MqttClient;
  const startedAt = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;

  beforeAll(async () => {
    const brokerPort = await freePort();
    let dataDir = '';
    site = await startSite(
      async (folder) => {
        dataDir = folder;
        const registry = openRegistryStore(folder);
        registry.save(
          registryOf({
            cedar: mission({
              ridge: camp({ 'genset-1': meter('diesel', { ratedW: 500_000 }) }, { name: 'Ridge' }),
            }),
          }),
          WHY,
        );
        registry.close();
        await createSqliteStore({ file: join(folder, DATABASE_FILE) }).close();
      },
      { settings: { BROKER_PORT: brokerPort } },
    );
    worker = await startWorkerProcess({ dataDir, settings: { BROKER_PORT: brokerPort } });
    device = await connectAsync(`mqtt://127.0.0.1:${String(brokerPort)}`);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await device.endAsync(true);
    await worker.stop();
    await site.stop();
  });

  /** An hour of a meter of 100 kW, as its register told it, a reading a minute. */
  async function speak(name: string, camp_ = 'ridge', mission_ = 'cedar'): Promise<void> {
    const backlog = Array.from({ length: 61 }, (_, minute) => ({
      at: startedAt + minute * 60_000,
      activePowerW: 100_000,
      energyForwardWh: Math.round((minute * 100_000) / 60),
    }));
    await device.publishAsync(`bluewatt/${mission_}/${camp_}/${name}/reading`, JSON.stringify(backlog), {
      qos: 1,
    });
  }
  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ locale: 'en', ...options });
    const page = await context.newPage();
    await page.goto(site.url + path);
    return page;
  }
  async function solarWh(mission_ = 'cedar'): Promise<number> {
    const from = new Date(startedAt - 86_400_000).toISOString().slice(0, 10);
    const to = new Date(startedAt + 86_400_000).toISOString().slice(0, 10);
    const answer = await fetch(`${site.url}/api/v1/missions?from=${from}&to=${to}`);
    const { missions } = (await answer.json()) as {
      missions: { mission: string; electricityWh: { solar: number } }[];
    };
    return missions.find(({ mission: slug }) => slug === mission_)?.electricityWh.solar ?? -1;
  }

  it('takes two clicks and a form without script, and what it said before counts', async () => {
    await speak('roof');
    const page = await open('/meters', { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Assign roof' }).first().click();
    // Its live values stand beside the form.
    expect(await page.locator('main').innerText()).toMatch(/Active power[\s\S]*100\skW[\s\S]*every 60 s/);
    expect(await solarWh()).toBe(0);
    await page.getByLabel('It measures').selectOption({ label: 'Solar' });
    await page.getByLabel('Rated power, kW').fill('120');
    await page.getByLabel('Name on pages').fill('Roof PV');
    await page.getByRole('button', { name: 'Assign' }).click();
    expect(page.url()).toContain('/missions/cedar/ridge?assigned=roof');
    expect(await page.locator('main').innerText()).toContain('Roof PV is registered.');
    await expect.poll(() => solarWh(), { timeout: 20_000, interval: 250 }).toBe(100_000);
    await page.context().close();
  });

  it('registers a new mission and camp with it, in French, with a decimal comma', async () => {
    await speak('pv-7', 'north-gate', 'harbour');
    const page = await open('/meters?state=unassigned', { javaScriptEnabled: false, locale: 'fr' });
    await page.getByRole('link', { name: 'Affecter pv-7' }).first().click();
    await page.getByLabel('Nom de la mission').fill('Harbour Mission');
    await page.getByLabel('Fuseau horaire').fill('Europe/Athens');
    await page.getByLabel('Nom du camp').fill('Porte nord');
    await page.getByLabel('Puissance nominale, kW').fill('112,5');
    await page.getByRole('button', { name: 'Affecter' }).click();
    expect(await page.locator('h1').innerText()).toBe('Porte nord');
    await expect.poll(() => solarWh('harbour'), { timeout: 20_000, interval: 250 }).toBe(100_000);
    await page.context().close();
  });

  it('says which field is wrong and what to do, keeps what was typed, and saves nothing', async () => {
    await speak('shed');
    const page = await open('/meters/cedar/ridge/shed', { javaScriptEnabled: false });
    await page.getByLabel('It measures').selectOption({ label: 'Wind' });
    await page.getByLabel('Rated power, kW').fill('1,500');
    await page.getByLabel('Name on pages').fill('<b>Shed</b>');
    await page.getByRole('button', { name: 'Assign' }).click();
    expect(await page.getByRole('alert').innerText()).toMatch(
      /Rated power, kW: A number above 0 without thousands separators/,
    );
    const rated = page.getByLabel('Rated power, kW');
    expect(await rated.getAttribute('aria-invalid')).toBe('true');
    expect(await rated.inputValue()).toBe('1,500');
    expect(await page.getByLabel('Name on pages').inputValue()).toBe('<b>Shed</b>');
    expect(await page.getByLabel('It measures').inputValue()).toBe('wind');
    await page.goto(`${site.url}/meters?state=unassigned`);
    expect(await page.locator('main').innerText()).toContain('shed');
    await page.context().close();
  });

  it('tells the second of two people what the first one registered', async () => {
    await speak('barn');
    const [first, second] = await Promise.all([
      open('/meters/cedar/ridge/barn'),
      open('/meters/cedar/ridge/barn'),
    ]);
    await first.getByLabel('It measures').selectOption({ label: 'Hydro' });
    await first.getByRole('button', { name: 'Assign' }).click();
    await first.waitForURL('**/missions/**');
    await second.getByLabel('It measures').selectOption({ label: 'Load' });
    await second.getByLabel('Name on pages').fill('Barn feeder');
    await second.getByRole('button', { name: 'Assign' }).click();
    expect(await second.getByRole('alert').innerText()).toMatch(/registered this meter meanwhile, as: Hydro/);
    expect(await second.getByLabel('Name on pages').inputValue()).toBe('Barn feeder');
    await first.context().close();
    await second.context().close();
  });

  it('shows values that move beside the form, also of a camp that nobody has registered', async () => {
    await speak('mast', 'hill', 'nowhere');
    const page = await open('/meters/nowhere/hill/mast');
    const say = (activePowerW: number) =>
      device.publishAsync(
        'bluewatt/nowhere/hill/mast/reading',
        JSON.stringify({ at: new Date().toISOString(), activePowerW }),
        { qos: 1 },
      );
    await say(77_000);
    await page.getByText('77 kW').waitFor();
    await page.context().close();
  });

  it('is refused from another site', async () => {
    await speak('roof-2');
    const answer = await fetch(`${site.url}/meters/cedar/ridge/roof-2`, {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'source=solar',
    });
    expect(answer.status).toBe(403);
  });

  it('tells who came by another address that the form would be refused, and which address it is', async () => {
    const { port } = new URL(site.url);
    const answer = await fetch(`http://localhost:${port}/meters/cedar/ridge/shed`);
    expect(await answer.text()).toContain(`Open it as ${site.url}/meters/cedar/ridge/shed`);
  });

  it('is not offered for a meter that never published', async () => {
    expect((await fetch(`${site.url}/meters/cedar/ridge/nobody`)).status).toBe(404);
    expect((await fetch(`${site.url}/meters/cedar/ridge/__proto__`)).status).toBe(404);
    const known = await (await fetch(`${site.url}/meters/cedar/ridge/genset-1`)).text();
    expect(known).toContain('This meter is registered already.');
  });
});
