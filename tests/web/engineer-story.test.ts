/** A mission engineer's morning, from the first page to each answer, with the clicks counted. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/chromium.ts';
import { describeWith } from '../support/requires.ts';
import { seed } from './seed.ts';
import { startSite, type Site } from './site.ts';

const MOST_CLICKS = 2;

describeWith(['chromium'], 'a mission engineer', () => {
  let site: Site;
  let browser: Browser;
  let page: Page;
  let clicks: number;

  beforeAll(async () => {
    site = await startSite((dataDir) => seed(dataDir, Date.now()));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
  });

  async function begin(): Promise<void> {
    page = await browser.newPage({ locale: 'en' });
    await page.goto(site.url);
    clicks = 0;
  }
  async function click(name: string | RegExp): Promise<void> {
    clicks += 1;
    await page.getByRole('link', { name }).first().click();
  }
  async function reads(words: RegExp): Promise<void> {
    await page.locator('main').getByText(words).first().waitFor();
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
    await page.close();
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
    const late = await browser.newPage({ locale: 'en' });
    const arrived = Promise.withResolvers<undefined>();
    await late.route(/\.js(\?|$)/, async (route) => {
      await arrived.promise;
      await route.continue();
    });
    await late.goto(`${site.url}/meters/savanna/north-gate/pv-9`, { waitUntil: 'commit' });
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
});
