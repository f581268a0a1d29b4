/** What an officer notes beside the curves: written and withdrawn without script, shown in chart, table and list. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeWith } from '../support/requires.ts';
import { YEAR } from './seed.ts';
import { visitSeeded } from './visit.ts';

const PERIOD = `from=${YEAR}-03-01&to=${YEAR}-03-31`;
const HOSTILE = '<script>alert(1)</script> & "40 kWp"';

describeWith(['chromium'], 'notes beside the curves', () => {
  const { site, open } = visitSeeded({ javaScriptEnabled: false });

  const facts = (page: Page) => page.getByRole('region', { name: /What happened|Ce qui s’est passé/ });

  async function write(page: Page, note: { date: string; text: string; author: string }): Promise<void> {
    if (!(await page.locator('#note-text').isVisible()))
      await facts(page).getByText('Note something').click();
    await page.locator('#note-date').fill(note.date);
    await page.locator('#note-text').fill(note.text);
    await page.locator('#note-author').fill(note.author);
    await page.getByRole('button', { name: 'Save the note' }).click();
  }

  it('are written without script, are text and nothing else, and stand in the table of the chart', async () => {
    const page = await open(`/missions/cedar/ridge/history?${PERIOD}&step=day`);
    await write(page, { date: `${YEAR}-03-10`, text: HOSTILE, author: 'A. Officer' });
    expect(page.url()).toMatch(/history\?from=\d{4}-03-01&to=\d{4}-03-31&step=day&.*#facts-heading$/);
    expect(await facts(page).locator('ol').innerText()).toMatch(
      /1\s+10 Mar \d{4}\s+<script>alert[\s\S]*Ridge post · A\. Officer/,
    );
    const energy = page.getByRole('region', { name: 'Energy by source' });
    await energy.getByText('The same figures as a table').click();
    const row = energy.locator('tbody tr').filter({ hasText: '10 Mar' });
    expect(await row.locator('td').last().innerText()).toBe(HOSTILE);
    // The mission's page tells of it too; another camp's does not.
    await page.goto(`${site().url}/missions/cedar?${PERIOD}`);
    expect(await facts(page).innerText()).toContain(HOSTILE);
    await page.goto(`${site().url}/missions/cedar/naqoura-east/history?${PERIOD}`);
    expect(await facts(page).innerText()).not.toContain('40 kWp');
    await page.context().close();
  });

  it('are drawn as a numbered line in the chart where script runs, without a complaint', async () => {
    const complaints: string[] = [];
    const page = await open('/health', { javaScriptEnabled: true });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${site().url}/missions/cedar/ridge/history?${PERIOD}&step=day`);
    await page.locator('canvas').scrollIntoViewIfNeeded();
    await page.waitForFunction(() => (document.querySelector('canvas')?.width ?? 0) > 400);
    const view = JSON.parse((await page.locator('canvas').getAttribute('data-energy-chart')) ?? '') as {
      marks: number[];
    };
    expect(view.marks).toEqual([9]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('lose nothing that was typed when something is wrong, and say what, in the reader’s language', async () => {
    const page = await open(`/missions/cedar?${PERIOD}`);
    await write(page, { date: `${YEAR}-03-11`, text: 'x'.repeat(281), author: 'A. Officer' });
    expect(await page.getByRole('alert').innerText()).toContain('Nothing was saved yet');
    expect(await page.locator('#note-text-problem').innerText()).toBe('1 to 280 characters on one line.');
    expect(await page.locator('#note-text').inputValue()).toHaveLength(281);
    expect(await page.locator('#note-author').inputValue()).toBe('A. Officer');
    await page.locator('#note-text').fill('fuel contract changed');
    await page.getByRole('button', { name: 'Save the note' }).click();
    expect(await facts(page).locator('ol').innerText()).toContain('fuel contract changed');

    const answer = await fetch(`${site().url}/missions/cedar?/note&${PERIOD}`, {
      method: 'POST',
      headers: {
        origin: site().url,
        accept: 'text/html',
        'accept-language': 'fr',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ date: '2026-02-30', text: 'a\u202eb', author: '' }),
    });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('Une date du calendrier');
    await page.context().close();
  });

  it('are there once when a form is sent twice, and nowhere for a place that there is not', async () => {
    const send = (path: string, from = site().url) =>
      fetch(site().url + path, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: from, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ date: `${YEAR}-03-12`, text: 'sent twice', author: 'B' }),
      });
    expect((await send(`/missions/cedar?/note&${PERIOD}`)).status).toBe(303);
    expect((await send(`/missions/cedar?/note&${PERIOD}`)).status).toBe(303);
    const page = await open(`/missions/cedar?${PERIOD}`);
    expect(await facts(page).locator('li').filter({ hasText: 'sent twice' }).count()).toBe(1);
    expect((await send('/missions/nowhere?/note')).status).toBe(404);
    expect((await send('/missions/cedar/nowhere/history?/note')).status).toBe(404);
    expect((await send('/missions/cedar?/note', 'https://evil.example')).status).toBe(403);
    await page.context().close();
  });

  it('are withdrawn with a name and a reason, and are gone from the pages', async () => {
    const page = await open(`/missions/highland?${PERIOD}`);
    await write(page, { date: `${YEAR}-03-20`, text: 'to be withdrawn', author: 'A. Officer' });
    const item = facts(page).locator('li').filter({ hasText: 'to be withdrawn' });
    await item.locator('summary').click();
    await item.getByLabel('Your name').fill('B. Officer');
    await item.getByLabel('Why it is withdrawn').fill('it was April');
    await item.getByRole('button', { name: 'Withdraw' }).click();
    expect(await facts(page).innerText()).not.toContain('to be withdrawn');
    await page.context().close();
  });
});
