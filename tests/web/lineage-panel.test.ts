/** A figure taken apart beside the figure, where script runs: by mouse, by keyboard, and when the server is away. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/chromium.ts';
import { describeWith } from '../support/requires.ts';
import { seed } from './seed.ts';
import { startSite, type Site } from './site.ts';

const HISTORY = '/missions/savanna?from=2026-01-01&to=2026-12-31';

describeWith(['chromium'], 'a lineage beside its figure', () => {
  let site: Site;
  let browser: Browser;

  beforeAll(async () => {
    site = await startSite((dataDir) => seed(dataDir, Date.now()));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
  });

  async function open(path: string, locale = 'en'): Promise<Page> {
    const context = await browser.newContext({ locale, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(site.url + path, { waitUntil: 'networkidle' });
    return page;
  }
  const figure = (page: Page) => page.getByRole('link', { name: 'how this figure is made' }).first();
  const panel = (page: Page) => page.getByRole('dialog', { name: 'How this figure is made' });

  it('opens by keyboard with a name and its own styles, closes with Escape, and gives the focus back', async () => {
    const page = await open(HISTORY);
    const figures = await page.locator('main').innerText();
    expect(await panel(page).count()).toBe(0);
    await figure(page).focus();
    await page.keyboard.press('Enter');
    await panel(page).getByRole('heading', { name: 'How it is made: Renewable share' }).waitFor();
    expect(await panel(page).innerText()).toMatch(/renewable share = \(solar[\s\S]*Genset 1/);
    expect(await panel(page).getByText('Reading the lineage').isVisible()).toBe(false);
    // The stylesheet of the lineage's page came along: its sections stand apart.
    const padding = await panel(page)
      .locator('section')
      .first()
      .evaluate((section) => getComputedStyle(section).paddingTop);
    expect(padding).toBe('24px');
    expect(page.url()).toBe(site.url + HISTORY);
    await page.keyboard.press('Escape');
    expect(await panel(page).count()).toBe(0);
    expect(await figure(page).evaluate((link) => link === document.activeElement)).toBe(true);
    expect(await page.locator('main').innerText()).toBe(figures);
    await page.context().close();
  });

  it('opens on the live page too, whose readings go on beside it', async () => {
    const context = await browser.newContext({ locale: 'en' });
    const page = await context.newPage();
    await page.goto(`${site.url}/missions/savanna/river-house`);
    // Up again by its own script: only then does the line say what became of it.
    await page.locator('[data-live-desk] [role=status]').waitFor({ state: 'attached' });
    await page.getByRole('link', { name: 'Which meters' }).click();
    await panel(page).getByRole('heading', { name: 'How it is made: Coverage' }).waitFor();
    expect(page.url()).toBe(`${site.url}/missions/savanna/river-house`);
    await page.keyboard.press('Escape');
    expect(await panel(page).count()).toBe(0);
    await context.close();
  });

  it('goes from figure to figure inside, to the whole page when asked, and closes by its button', async () => {
    const page = await open('/missions/savanna/river-house/history?from=2026-01-01&to=2026-12-31');
    await figure(page).click();
    await panel(page).getByRole('link', { name: 'Emissions', exact: true }).click();
    await panel(page).getByRole('heading', { name: 'How it is made: Emissions' }).waitFor();
    await panel(page).getByRole('button', { name: 'Close' }).click();
    expect(await panel(page).count()).toBe(0);
    await figure(page).click();
    await panel(page).getByRole('link', { name: 'Open as a page' }).click();
    await page.waitForURL('**/lineage?mission=savanna&camp=river-house&**');
    expect(await page.locator('h1').innerText()).toBe('How it is made: Renewable share');
    await page.context().close();
  });

  it('leaves a click for a new tab to the browser', async () => {
    const page = await open(HISTORY);
    const [tab] = await Promise.all([
      page.context().waitForEvent('page'),
      figure(page).click({ modifiers: ['ControlOrMeta'] }),
    ]);
    expect(tab.url()).toContain('/lineage?mission=savanna');
    expect(await panel(page).count()).toBe(0);
    await page.context().close();
  });

  it('follows the link where the panel cannot be filled', async () => {
    const page = await open(HISTORY);
    await page.route('**/lineage?**', async (route) => {
      if (route.request().isNavigationRequest()) await route.continue();
      else await route.abort('connectionfailed');
    });
    await figure(page).click();
    await page.waitForURL('**/lineage?mission=savanna**');
    expect(await page.locator('h1').innerText()).toBe('How it is made: Renewable share');
    await page.context().close();
  });
});
