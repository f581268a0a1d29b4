/** An environment officer's story: from the first page to what moved the share, and to figures that can be signed. */
import { expect, it } from 'vitest';
import { describeWith } from '../support/requires.ts';
import { lastDays, YEAR } from './seed.ts';
import { visitSeeded } from './visit.ts';

/** "+1.23" and "−0.45" of a column → numbers; what a screen reader hears after them is left out. */
function points(cells: readonly string[]): number[] {
  return cells.map((cell) => Number.parseFloat(cell.replace('−', '-')));
}

describeWith(['chromium'], 'the environment officer', () => {
  const { site, open } = visitSeeded();

  it('learns in one click, and without script, what moved the share, in points that add up', async () => {
    const page = await open('/', { javaScriptEnabled: false });
    await page.locator('table').first().getByRole('link', { name: 'Savanna Mission' }).click();

    const section = page.getByRole('region', { name: 'What changed' });
    expect(await section.innerText()).toMatch(
      /The share moved by [+−][\d.]+ pp\. What raised it most: sun and yield/,
    );
    const column = points(await section.locator('tbody td.number').allInnerTexts());
    const [before = 0, now = 0] = [column.at(0), column.at(-1)];
    const sum = column.slice(1, -1).reduce((total, each) => total + each, 0);
    expect(column.length).toBeGreaterThan(4);
    expect(Math.abs(now - before - sum)).toBeLessThan(0.05);

    await section.getByRole('link', { name: 'the time before' }).click();
    expect(page.url()).toContain('against=before');
    expect(await section.innerText()).toContain('The share moved by');
    await page.context().close();
  });

  it('reads the calendar of days, gaps as gaps, and finds it as a table and as CSV', async () => {
    const page = await open(`/missions/savanna?${lastDays(60)}`, { javaScriptEnabled: false });
    const section = page.getByRole('region', { name: 'Day by day', exact: true });
    const gaps = await section.locator('svg.grid path').last().getAttribute('d');
    expect(gaps?.match(/z/g)).toHaveLength(4);
    await section.getByText('The same figures as a table').click();
    const rows = await section.locator('tbody tr').allInnerTexts();
    expect(rows[0]).toMatch(
      /\d+ \w{3,4} \d{4}\s+\d+\.\d%\s+\(how this figure is made\)\s+[\d.,]+\sMWh\s+90%/,
    );
    expect(rows.filter((row) => row.includes('–'))).toHaveLength(4);
    const href = await section.getByRole('link', { name: 'Download as CSV' }).getAttribute('href');
    const csv = await (await fetch(site().url + (href ?? ''))).text();
    expect(csv).toMatch(/^mission,start,end,solar_wh.*,factor_set\r\n.*,ipcc-2006-ar5\r\n/);
    await page.context().close();
  });

  it('sees which days of which camps are known, in a strip and in figures', async () => {
    const page = await open(`/missions/savanna?${lastDays(60)}`, { javaScriptEnabled: false, locale: 'fr' });
    const section = page.getByRole('region', { name: 'Quels jours sont connus' });
    const row = section.getByRole('row').filter({ has: page.getByRole('link', { name: 'River House' }) });
    expect(await row.getByRole('img').getAttribute('aria-label')).toMatch(/, 4 sans mesure$/);
    expect(await row.locator('td').last().innerText()).toBe('4');
    await row.getByRole('link', { name: 'River House' }).click();
    await page.waitForURL('**/missions/savanna/river-house');
    await page.context().close();
  });

  it('takes the waterfall home as CSV with unrounded parts that add up exactly', async () => {
    const answer = await fetch(`${site().url}/missions/cedar/changes.csv?camp=ridge&against=year`);
    expect(answer.headers.get('content-disposition')).toMatch(/filename="cedar-ridge-changes-.*\.csv"/);
    const rows = (await answer.text())
      .trim()
      .split('\r\n')
      .slice(1)
      .map((row) => row.split(','));
    const [first, last] = [rows.at(0), rows.at(-1)];
    expect([first?.[1], last?.[1]]).toEqual(['before', 'now']);
    expect(new Set(rows.map((row) => row[6]))).toEqual(new Set(['ipcc-2006-ar5']));
    const sum = rows.slice(1, -1).reduce((total, row) => total + Number(row[5]), 0);
    expect(sum).toBeCloseTo(100 * (Number(last?.[4]) - Number(first?.[4])), 9);
  });

  it('takes the load duration home as CSV with the version of the factors in every row', async () => {
    const csv = await (await fetch(`${site().url}/missions/cedar/duration.csv?camp=ridge`)).text();
    const [head, ...rows] = csv.trim().split('\r\n');
    expect(head).toBe('place,from,to,time,demand_w,diesel_w,factor_set');
    expect(rows.every((row) => row.endsWith(',ipcc-2006-ar5'))).toBe(true);
  });

  it('finds a camp’s own history in two clicks, the period kept, and from there its live page', async () => {
    const page = await open(`/missions/cedar?from=${YEAR}-01-01&to=${YEAR}-03-31`, {
      javaScriptEnabled: false,
    });
    await page.getByRole('link', { name: /^History.*Ridge post$/ }).click();
    expect(page.url()).toBe(`${site().url}/missions/cedar/ridge/history?from=${YEAR}-01-01&to=${YEAR}-03-31`);
    expect(await page.locator('h1').innerText()).toBe('Ridge post');
    await page.getByRole('link', { name: 'What runs now' }).click();
    expect(new URL(page.url()).pathname).toBe('/missions/cedar/ridge');
    await page.getByRole('link', { name: 'History', exact: true }).click();
    expect(new URL(page.url()).pathname).toBe('/missions/cedar/ridge/history');
    await page.context().close();
  });

  it('is told why there are no figures a person, and gets none', async () => {
    const page = await open(`/missions/savanna?from=${YEAR}-01-01&to=${YEAR}-06-30`, {
      javaScriptEnabled: false,
    });
    const words = await page.locator('main').innerText();
    expect(words).toContain('a headcount is more than 183 days old. State it again');
    expect(words).not.toMatch(/\d\s*(kWh|L|kg CO₂e) a person a day/);
    expect(words).toContain('headcount too old');
    await page.context().close();
  });

  it('sees beside the curves what the registry dates', async () => {
    const page = await open('/missions/cedar/ridge/history?from=2019-12-01&to=2020-01-31', {
      javaScriptEnabled: false,
    });
    const facts = await page.getByRole('region', { name: 'What happened' }).innerText();
    expect(facts).toMatch(/1 Jan 2020\s+Diesel, 120\skW: commissioned\s+Ridge post/);
    await page.context().close();
  });

  it('says in words when nothing is known instead of drawing zeros', async () => {
    const page = await open('/missions/harbour', { javaScriptEnabled: false });
    const words = await page.locator('main').innerText();
    expect(words).toContain('Nothing to compare with');
    expect(words).toContain('No quarter of an hour of this period was metered well enough');
    await page.context().close();
  });

  it('is told of a camp or a period that cannot be', async () => {
    expect((await fetch(`${site().url}/missions/cedar/nowhere/history`)).status).toBe(404);
    expect((await fetch(`${site().url}/missions/cedar/changes.csv?camp=nowhere`)).status).toBe(404);
    expect((await fetch(`${site().url}/missions/cedar/duration.csv?camp=A%20b`)).status).toBe(400);
    expect((await fetch(`${site().url}/missions/cedar/ridge/history?from=2026-02-30`)).status).toBe(400);
  });
});
