/** HQ's story: which mission is off course and why, who brings renewable energy, and missions side by side. */
import { expect, it } from 'vitest';
import { describeWith } from '../support/requires.ts';
import { lastDays, YEAR } from './seed.ts';
import { visitSeeded } from './visit.ts';

describeWith(['chromium'], 'HQ', () => {
  const { site, open } = visitSeeded({ javaScriptEnabled: false });

  it('sees without a click who is worst, where the missions are, and what became of pledges', async () => {
    const page = await open(`/?${lastDays(60)}`);
    const map = page.getByRole('region', { name: 'Where they are' });
    expect(await map.getByRole('link').count()).toBe(4);
    expect(
      await map.getByRole('link', { name: /^Savanna Mission, [\d.]+%$/ }).getAttribute('href'),
    ).toContain('/missions/savanna?from=');
    expect(await map.locator('path.mark.unranked').count()).toBe(2);
    expect(await map.innerText()).toContain('do not imply endorsement');

    const pledges = await page.getByRole('region', { name: 'Pledges' }).locator('tbody tr').allInnerTexts();
    expect(pledges[0]).toMatch(
      /Ghana[\s\S]*200\skW[\s\S]*Savanna Mission[\s\S]*days overdue[\s\S]*Overdue[\s\S]*0\skW/,
    );
    expect(pledges[1]).toMatch(/Spain[\s\S]*90\skW[\s\S]*Delivering[\s\S]*90\skW[\s\S]*MWh/);
    const units = await page
      .getByRole('region', { name: 'Contributed units' })
      .locator('tbody tr')
      .allInnerTexts();
    expect(units[0]).toMatch(/SPABATT[\s\S]*Spain[\s\S]*100\.0%[\s\S]*Ridge post/);
    await page.context().close();
  });

  it('goes by a marker of the map to the mission, the period kept', async () => {
    const page = await open(`/?from=${YEAR}-01-01&to=${YEAR}-06-30`);
    await page
      .getByRole('region', { name: 'Where they are' })
      .getByRole('link', { name: /^Cedar/ })
      .click();
    await page.waitForURL(`${site().url}/missions/cedar?from=${YEAR}-01-01&to=${YEAR}-06-30`);
    await page.context().close();
  });

  it('compares the missions chosen beside their names, in all and per person, and takes them home as CSV', async () => {
    const page = await open(`/?from=${YEAR}-01-01&to=${YEAR}-06-30`);
    await page.getByRole('checkbox', { name: 'Choose Savanna Mission to compare' }).check();
    await page.getByRole('checkbox', { name: 'Choose Harbour Mission to compare' }).check();
    await page.getByRole('button', { name: 'Compare' }).click();
    // Waits for the whole page as well: a click without script resolves when the next one only begins.
    await page.waitForURL(`${site().url}/compare?m=savanna&m=harbour&from=${YEAR}-01-01&to=${YEAR}-06-30`);
    const heads = await page.locator('thead th').allInnerTexts();
    expect(heads).toEqual(['Figure', 'Savanna Mission', 'Harbour Mission']);
    // What only a screen reader hears of a figure's link is no part of the figure.
    const row = async (name: string): Promise<string> => {
      const words = await page.getByRole('row', { name: new RegExp(`^${name}`) }).innerText();
      return words.replaceAll('(how this figure is made)', '');
    };
    expect(await row('Electricity from diesel')).toMatch(/[GM]Wh\s+–/);
    expect(await row('Fuel burnt')).toMatch(/[\d,]+\sL\s+–/);
    const href = await page.getByRole('link', { name: 'Download as CSV' }).getAttribute('href');
    const csv = await (await fetch(site().url + (href ?? ''))).text();
    expect(csv).toMatch(/^figure,savanna,harbour\r\nfrom,\d{4}-01-01,\d{4}-01-01/);
    expect(await row('Fuel, L')).toMatch(/–\s*headcount too old/);
    expect(csv).toMatch(/\r\nfuel_l_per_person_day,,\r\n/);
    expect(csv).toMatch(/\r\nper_person_withheld,headcount-stale,no-data\r\n/);
    expect(csv).toContain('\r\nfactor_set,ipcc-2006-ar5,ipcc-2006-ar5\r\n');
    expect(csv).toMatch(/\r\ndiesel_share,0\.\d+,\r\n/);

    // Another year, the same missions.
    await page.getByRole('link', { name: 'Last 12 months' }).click();
    await page.waitForURL('**/compare?*m=savanna&m=harbour&from=*');
    await page.context().close();
  });

  it('is told what cannot be compared', async () => {
    expect(await (await open('/compare?m=savanna')).locator('main').innerText()).toContain(
      'Choose two to 6 missions',
    );
    expect((await fetch(`${site().url}/compare?m=savanna&m=nowhere`)).status).toBe(400);
    expect((await fetch(`${site().url}/compare/csv?m=savanna`)).status).toBe(400);
  });

  it('reads it in French', async () => {
    const words = await (await open('/', { locale: 'fr' })).locator('main').innerText();
    for (const word of ['Où elles sont', 'Engagements', 'Espagne', 'En retard', 'Unités contributrices'])
      expect(words).toContain(word);
  });
});
