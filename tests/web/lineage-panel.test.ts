/** A figure taken apart beside the figure, where script runs: by mouse, by keyboard, and when the server is away. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { initialState } from '#lib/energy/account-state.ts';
import { addDays, daysBetween } from '#lib/energy/calendar.ts';
import { DAY_MS, emptyInterval, INTERVALS_PER_DAY } from '#lib/energy/interval.ts';
import { meterRef } from '#lib/energy/reading.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { describeWith } from '../support/requires.ts';
import { YEAR } from './seed.ts';
import { visitSeeded } from './visit.ts';

const HISTORY = `/missions/savanna?from=${YEAR}-01-01&to=${YEAR}-12-31`;

const day = (daysAgo: number) => addDays(new Date().toISOString().slice(0, 10), -daysAgo);

/** The quarters of an hour of one UTC day of a solar field: the seed has but days and months. */
async function addQuarters(dataDir: string): Promise<void> {
  const store = createSqliteStore({ file: join(dataDir, DATABASE_FILE) });
  const interval = { ...emptyInterval(), forwardWh: 5_000, coveredS: 900 };
  await store.writeAccounts(
    [
      {
        meter: meterRef('cedar', 'ridge', 'solar-1'),
        day: Date.parse(day(5)) / DAY_MS,
        start: initialState(),
        intervals: Array.from({ length: INTERVALS_PER_DAY }, () => interval),
      },
    ],
    [],
  );
  await store.close();
}

describeWith(['chromium'], 'a lineage beside its figure', () => {
  const { site, open } = visitSeeded({ reducedMotion: 'reduce' }, addQuarters);

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
    expect(page.url()).toBe(site().url + HISTORY);
    await page.keyboard.press('Escape');
    expect(await panel(page).count()).toBe(0);
    expect(await figure(page).evaluate((link) => link === document.activeElement)).toBe(true);
    expect(await page.locator('main').innerText()).toBe(figures);
    await page.context().close();
  });

  it('opens on the live page too, whose readings go on beside it', async () => {
    const page = await open('/missions/savanna/river-house');
    // Up again by its own script: only then does the line say what became of it.
    await page.locator('[data-live-desk] [role=status]').waitFor({ state: 'attached' });
    await page.getByRole('link', { name: 'Which meters' }).click();
    await panel(page).getByRole('heading', { name: 'How it is made: Coverage' }).waitFor();
    expect(page.url()).toBe(`${site().url}/missions/savanna/river-house`);
    await page.keyboard.press('Escape');
    expect(await panel(page).count()).toBe(0);
    await page.context().close();
  });

  it('goes from figure to figure inside, to the whole page when asked, and closes by its button', async () => {
    const page = await open(`/missions/savanna/river-house/history?from=${YEAR}-01-01&to=${YEAR}-12-31`);
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

  /** `[from, to]` of the rows of the energy's table: a day, the last days of a week, and a month cut by the period. */
  it.each([
    ['day', '/missions/savanna', day(10), day(8)],
    ['week', '/missions/cedar/ridge/history', day(40), day(20)],
    ['month', '/missions/cedar', day(100), day(50)],
  ])('takes each %s of a history apart, and says of it what its row says', async (step, path, from, to) => {
    const page = await open(`${path}?from=${from}&to=${to}&step=${step}`);
    const energy = page.getByRole('region', { name: 'Energy by source' });
    await energy.getByText('The same figures as a table').click();
    const shares = energy.getByRole('link', { name: 'how this figure is made' });
    const rows = await energy.locator('tbody tr').count();
    expect(rows).toBeGreaterThan(1);
    expect(await shares.count()).toBe(rows);
    const periods = [];
    for (const share of await shares.all()) {
      const href = new URL((await share.getAttribute('href')) ?? '', page.url()).searchParams;
      periods.push({ from: href.get('from') ?? '', to: href.get('to') ?? '' });
      const figure = (await share.innerText()).replace(/\s*\(.*/s, '');
      expect(figure).toMatch(/^\d+\.\d%$/);
      await share.click();
      await panel(page).getByRole('heading', { name: 'How it is made: Renewable share' }).waitFor();
      expect(await panel(page).locator('.value p').innerText()).toBe(figure);
      await page.keyboard.press('Escape');
    }
    // Together they are the period, no day twice.
    expect(periods.flatMap(daysBetween)).toEqual(daysBetween({ from, to }));
    await page.context().close();
  });

  it('leads from an hour to its day, and says so', async () => {
    const page = await open(`/missions/cedar/ridge/history?from=${day(5)}&to=${day(5)}&step=hour`);
    const energy = page.getByRole('region', { name: 'Energy by source' });
    await energy.getByText('The same figures as a table').click();
    const noon = energy.getByRole('row').filter({ hasText: '12:00' });
    expect(await noon.getByRole('link', { name: 'how this figure is made' }).count()).toBe(0);
    await noon.getByRole('link', { name: 'how its day’s figure is made' }).click();
    await panel(page).getByRole('heading', { name: 'How it is made: Renewable share' }).waitFor();
    expect(await panel(page).getByRole('link', { name: 'Open as a page' }).getAttribute('href')).toBe(
      `/lineage?mission=cedar&camp=ridge&from=${day(5)}&to=${day(5)}&figure=renewableShare`,
    );
    await page.context().close();
  });

  it('takes each day of the calendar apart', async () => {
    const page = await open(`/missions/cedar?from=${day(9)}&to=${day(8)}`);
    const calendar = page.getByRole('region', { name: 'Day by day', exact: true });
    await calendar.getByText('The same figures as a table').click();
    const share = calendar.getByRole('link', { name: 'how this figure is made' }).last();
    const figure = (await share.innerText()).replace(/\s*\(.*/s, '');
    await share.click();
    expect(await panel(page).locator('.value p').innerText()).toBe(figure);
    expect(await panel(page).getByRole('link', { name: 'Open as a page' }).getAttribute('href')).toBe(
      `/lineage?mission=cedar&from=${day(8)}&to=${day(8)}&figure=renewableShare`,
    );
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
