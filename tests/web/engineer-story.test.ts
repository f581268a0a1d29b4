/** A mission engineer's morning, from the first page to each answer, with the clicks counted. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import type { Registry } from '#lib/registry/types.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { describeWith } from '../support/requires.ts';
import { visitSeeded } from './visit.ts';

const MOST_CLICKS = 2;
const RAN_H = 12_250;
let dataFolder: string;

/** River House's genset tells its running hours, too, and a device of four meters speaks from a new camp. */
async function addReadings(dataDir: string): Promise<void> {
  dataFolder = dataDir;
  const store = createSqliteStore({ file: join(dataDir, DATABASE_FILE) });
  const values = { runTimeS: RAN_H * 3600, activePowerW: 400_000 };
  const at = Date.now();
  const device = ['pv-1', 'genset-1', 'grid-in', 'x7'].map((slug, index) => ({
    meter: meterRef('savanna', 'south-gate', slug),
    at,
    values: { activePowerW: 1_000 * (index + 1) },
  }));
  await store.writeReadings([
    { meter: meterRef('savanna', 'river-house', 'diesel-1'), at, values },
    ...device,
  ]);
  await store.close();
}

function registryNow(): Registry {
  const store = openRegistryStore(dataFolder);
  const { registry } = store.current();
  store.close();
  return registry;
}

describeWith(['chromium'], 'a mission engineer', () => {
  const { site, browser, open } = visitSeeded({}, addReadings);
  let page: Page;
  let clicks: number;

  async function begin(): Promise<void> {
    page = await open('/');
    clicks = 0;
  }
  async function click(name: string | RegExp): Promise<void> {
    clicks += 1;
    await page.getByRole('link', { name }).first().click();
  }
  async function reads(words: RegExp): Promise<void> {
    await page.locator('main').getByText(words).first().waitFor();
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
    await page.context().close();
  }

  it('sees whether anything is wrong in the camp, and what to do', async () => {
    await begin();
    await click('Savanna Mission');
    await page.waitForURL('**/missions/savanna**');
    await click('River House');
    await page.waitForURL('**/river-house**');
    await page.getByRole('heading', { name: 'What needs attention' }).waitFor();
    expect(
      await page.locator('section').filter({ hasText: 'What needs attention' }).first().innerText(),
    ).toMatch(/Genset 1 runs at 2\d% of its rating: wet stacking\.[\s\S]*Let a smaller set carry it/);
    await reads(/Act now/);
  });

  it('sees when the fuel ends', async () => {
    await begin();
    await click('Savanna Mission');
    await page.waitForURL('**/missions/savanna**');
    await click('River House');
    await page.waitForURL('**/river-house**');
    await reads(/lasts ≈ \d+ h/);
  });

  it('sees which meters are silent', async () => {
    await begin();
    await click('Meters');
    await page.waitForURL('**/meters');
    await click(/^Never seen/);
    await page.waitForURL('**/meters?state=never');
    await reads(/City grid/);
  });

  it('keeps what was typed before the page’s script arrived over a slow link', async () => {
    const late = await browser().newPage({ locale: 'en' });
    const arrived = Promise.withResolvers<undefined>();
    await late.route(/\.js(\?|$)/, async (route) => {
      await arrived.promise;
      await route.continue();
    });
    await late.goto(`${site().url}/meters/savanna/north-gate/pv-9`, { waitUntil: 'commit' });
    const drawn = await late.locator('[data-live-values] section').elementHandle();
    await late.getByLabel('Camp’s name').fill('North gate');
    await late.getByLabel('Rated power, kW').fill('17');
    arrived.resolve(undefined);
    await late.waitForFunction((before) => before?.isConnected === false, drawn);
    expect(await late.getByLabel('Camp’s name').inputValue()).toBe('North gate');
    expect(await late.getByLabel('Rated power, kW').inputValue()).toBe('17');
    await late.close();
  });

  it('assigns a meter that nobody has registered', async () => {
    await begin();
    await click('Meters');
    await page.waitForURL('**/meters');
    await click('Assign pv-9');
    await page.waitForURL('**/meters/savanna/north-gate/pv-9');
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
    await page.getByLabel('Camp’s name').fill('North gate');
    await page.getByLabel('Rated power, kW').fill('15');
    await page.getByRole('button', { name: 'Assign' }).click();
    await page.waitForURL('**/missions/savanna/north-gate?assigned=pv-9');
    await reads(/pv-9 is registered/);
  });

  it('assigns the meters of a device together, all of them or none, without script too', async () => {
    page = await open('/meters', { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Assign those of savanna/south-gate together' }).click();
    const take = (slug: string) => page.getByRole('checkbox', { name: slug });
    expect(await take('pv-1').isChecked()).toBe(true);
    expect(await page.getByLabel('It measures, genset-1').inputValue()).toBe('diesel');
    expect(await page.getByLabel('Whose equipment, grid-in').inputValue()).toBe('host-grid');
    // Of what neither says what it is nor is called so, nothing is proposed.
    expect(await take('x7').isChecked()).toBe(false);
    await page.getByLabel('Camp’s name').fill('South gate');
    await page.getByLabel('Rated power, kW, pv-1').fill('1,500');
    await take('x7').check();
    await page.getByRole('button', { name: 'Assign those that are ticked' }).click();
    const alert = page.getByRole('alert');
    expect(await alert.getByRole('link').allInnerTexts()).toEqual([
      expect.stringMatching(/^pv-1, Rated power, kW: A number above 0/),
      expect.stringMatching(/^x7, It measures: Choose/),
    ]);
    expect(await page.getByLabel('Camp’s name').inputValue()).toBe('South gate');
    expect(await take('x7').isChecked()).toBe(true);
    expect(registryNow().missions['savanna']?.camps['south-gate']).toBeUndefined();
    await page.getByLabel('Rated power, kW, pv-1').fill('1500');
    await take('x7').uncheck();
    await page.getByRole('button', { name: 'Assign those that are ticked' }).click();
    await page.waitForURL('**/missions/savanna/south-gate?assigned=**');
    expect(await page.locator('main').innerText()).toContain('Registered: genset-1, grid-in, pv-1.');
    expect(registryNow().missions['savanna']?.camps['south-gate']).toMatchObject({
      name: 'South gate',
      meters: { 'pv-1': { source: 'solar', ratedW: 1_500_000 }, 'grid-in': { ownership: 'host-grid' } },
    });
    await page.goto(`${site().url}/meters/savanna/south-gate`);
    expect(await page.getByRole('checkbox').count()).toBe(1);
    await page.context().close();
  });

  it('is told where no meter is, and that all have their places', async () => {
    expect((await fetch(`${site().url}/meters/savanna/nowhere`)).status).toBe(404);
    const known = await fetch(`${site().url}/meters/savanna/river-house`);
    expect(await known.text()).toContain('Every meter that publishes here is registered.');
  });

  it('writes down a service beside the gensets, without script too, and sees the next one counted from it', async () => {
    page = await open('/missions/savanna/river-house', { javaScriptEnabled: false });
    const form = page.locator('#service');
    await form.getByText('Write down a service').click();
    expect(await form.getByLabel('Hour counter').inputValue()).toBe(String(RAN_H));
    await form.getByLabel('Hour counter').fill('12,000');
    await form.getByLabel('Your name').fill('E. Engineer');
    await form.getByRole('button', { name: 'Record the service' }).click();
    expect(await form.getByRole('alert').innerText()).toContain('has to be mended');
    expect(await form.innerText()).toMatch(/from 0 to 1225\d: not before[\s\S]*one or both/);
    expect(await form.getByLabel('Your name').inputValue()).toBe('E. Engineer');
    await form.getByLabel('Hour counter').fill('12000');
    await form.getByLabel('oil change').check();
    await form.getByRole('button', { name: 'Record the service' }).click();
    await page.waitForURL('**/missions/savanna/river-house?serviced=diesel-1');
    const main = page.locator('main');
    expect(await main.innerText()).toContain('The service of Genset 1 is on record');
    expect(await main.innerText()).toMatch(/Next oil change\s+(in 0|overdue by 0) h/);
    const registry = openRegistryStore(dataFolder);
    const [latest] = registry.list({ limit: 1 });
    registry.close();
    expect(latest).toMatchObject({
      author: 'E. Engineer',
      reason: 'serviced savanna/river-house/diesel-1: oil at 12000 h',
    });
    await page.context().close();
  });

  it('keeps what is typed of a service while the live desk beside it moves', async () => {
    page = await open('/missions/savanna/river-house');
    await page.locator('[data-live-desk] [role=status]').waitFor({ state: 'attached' });
    await page.locator('#service').getByText('Write down a service').click();
    expect(await page.locator('#service').getByLabel('Genset', { exact: true }).inputValue()).toBe(
      'diesel-1',
    );
    await page.context().close();
  });

  it('is told of a camp that is not there', async () => {
    const answer = await fetch(`${site().url}/missions/savanna/nowhere?/serviced`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: site().url },
      body: 'meter=diesel-1&hours=1&oil=on&author=a',
    });
    expect(answer.status).toBe(404);
  });
});
