/** Fuel on a camp's history page: written down, balanced and withdrawn without script, and nothing typed is lost. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeWith } from '../support/requires.ts';
import { openFuelRecordStore } from '#lib/server/registry/fuel-record-store.ts';
import { YEAR } from './seed.ts';
import { visitSeeded } from './visit.ts';

const HISTORY = `/missions/savanna/river-house/history?from=${YEAR}-01-01&to=${YEAR}-01-31`;

/** 12,345 L in the tanks of River House on 15 January, 06:30 UTC. */
function addDip(dataDir: string): void {
  const store = openFuelRecordStore(dataDir);
  const at = Date.parse(`${YEAR}-01-15T06:30:00Z`);
  const dip = { kind: 'stock', mission: 'savanna', camp: 'river-house', at, volumeMl: 12_345_000 } as const;
  const signature = { author: 'C. Clerk', reason: 'morning dip', madeAt: at };
  store.add([dip], signature);
  store.close();
}

describeWith(['chromium'], 'a camp’s fuel', () => {
  const { site, open } = visitSeeded({ javaScriptEnabled: false }, addDip);
  const fuelOf = (page: Page) => page.getByRole('region', { name: 'Fuel', exact: true });

  async function write(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
    const form = fuelOf(page).locator('form[action*="delivery"]');
    if (!(await form.isVisible())) await fuelOf(page).getByText('Write down a delivery').click();
    for (const [name, value] of Object.entries(fields)) await form.locator(`[name=${name}]`).fill(value);
    await form.getByRole('button').click();
  }

  it('is written down, sent twice without harm, listed, and withdrawn with a name and a reason', async () => {
    const page = await open(HISTORY);
    expect(await fuelOf(page).innerText()).toContain('no delivery is on record up to this period');
    const fields = {
      date: `${YEAR}-01-12`,
      litres: '38000,5',
      reference: 'DN-7 <b>',
      author: 'A. Officer',
      reason: 'the note',
    };
    await write(page, fields);
    expect(page.url()).toMatch(/from=\d{4}-01-01&to=\d{4}-01-31&recorded=\d+#fuel$/);
    expect(await fuelOf(page).innerText()).toMatch(/On record: 38,001\sL on 12 Jan \d{4}, DN-7 <b>/);
    const balance = fuelOf(page).locator('table').first();
    expect(await balance.innerText()).toMatch(/\+ delivered\s+38,001\sL/);
    await write(page, fields);
    const listed = fuelOf(page).locator('li').filter({ hasText: 'DN-7' });
    expect(await listed.count()).toBe(1);
    const other = await open(HISTORY);
    await write(other, { ...fields, litres: '37000' });
    expect(await fuelOf(other).getByRole('alert').innerText()).toMatch(/on record with 38,001\sL/);
    expect(await fuelOf(other).locator('[name=litres]').inputValue()).toBe('37000');
    const item = listed;
    await item.getByText('Withdraw').first().click();
    await item.locator('[name=author]').fill('B. Auditor');
    await item.locator('[name=reason]').fill('another camp');
    await item.getByRole('button', { name: 'Withdraw' }).click();
    expect(await fuelOf(page).innerText()).toContain('None in this period.');
    await page.context().close();
    await other.context().close();
  });

  it('has dips in a list of their own, and gives back what was typed when a withdrawal is refused', async () => {
    const page = await open(HISTORY);
    const dip = fuelOf(page).locator('li').filter({ hasText: 'morning dip' });
    expect(await dip.innerText()).toMatch(/15 Jan[^\n]*\s+12,345\sL\s+C\. Clerk: morning dip/);
    await dip.locator('summary').click();
    // Blanks pass the browser's own check, and are nobody's name.
    await dip.locator('[name=author]').fill('  ');
    await dip.locator('[name=reason]').fill('read off the wrong tank');
    await dip.getByRole('button', { name: 'Withdraw' }).click();
    expect(await dip.getByRole('alert').innerText()).toContain('a name and a reason are needed');
    expect(await dip.locator('[name=reason]').inputValue()).toBe('read off the wrong tank');
    expect(await fuelOf(page).getByRole('alert').count()).toBe(1);
    await dip.locator('[name=author]').fill('B. Auditor');
    await dip.getByRole('button', { name: 'Withdraw' }).click();
    expect(await fuelOf(page).innerText()).not.toContain('morning dip');
    await page.context().close();
  });

  it('tells which field is wrong and keeps what was typed', async () => {
    const page = await open(HISTORY);
    const form = fuelOf(page).locator('form[action*="delivery"]');
    await fuelOf(page).getByText('Write down a delivery').click();
    // As a browser without these checks would send it.
    await form.evaluate((element) => {
      element.setAttribute('novalidate', '');
    });
    await write(page, { date: '2096-01-12', litres: '1,500', reference: 'DN-8', author: ' ' });
    expect(await fuelOf(page).getByRole('alert').innerText()).toContain('has to be mended');
    expect(await form.locator('[aria-invalid=true]').evaluateAll((all) => all.map(({ id }) => id))).toEqual([
      'date',
      'litres',
      'author',
      'reason',
    ]);
    expect(await form.locator('[name=reference]').inputValue()).toBe('DN-8');
    expect(await form.locator('[name=litres]').inputValue()).toBe('1,500');
    await page.context().close();
  });

  it('is taken from this site only', async () => {
    const send = (headers: Record<string, string>, action = 'delivery') =>
      fetch(`${site().url}/missions/savanna/river-house/history?/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: `date=${YEAR}-01-02&litres=5&reference=x&author=a&reason=r&id=1`,
        redirect: 'manual',
      });
    expect((await send({ origin: 'http://elsewhere.example' })).status).toBe(403);
    expect((await send({ origin: 'http://elsewhere.example' }, 'withdraw')).status).toBe(403);
    expect((await send({ origin: site().url }, 'withdraw')).status).toBe(200);
    const nowhere = await fetch(`${site().url}/missions/savanna/nowhere/history?/delivery`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: site().url },
      body: `date=${YEAR}-01-02`,
    });
    expect(nowhere.status).toBe(404);
  });

  it('is told in French, and fits a phone', async () => {
    const page = await open(HISTORY, { locale: 'fr', viewport: { width: 360, height: 740 } });
    const fuel = page.getByRole('region', { name: 'Carburant', exact: true });
    expect(await fuel.innerText()).toContain('Pas de bilan : aucune livraison');
    const width = await page.evaluate(() => globalThis.document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    await page.context().close();
  });
});
