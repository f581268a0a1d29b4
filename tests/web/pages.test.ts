/** What people see: every page, in both themes and both languages, with and without script. */
import { expect, it } from 'vitest';
import { describeWith } from '../support/requires.ts';
import { complaintsOf } from './axe.ts';
import { EVERY_PAGE, NO_PAGE } from './every-page.ts';
import { lastDays, YEAR } from './seed.ts';
import { visitSeeded } from './visit.ts';
import { weigh } from './weigh.ts';

const PAGES = [...Object.values(EVERY_PAGE), NO_PAGE];
/** Each goes through all pages, or looks at every cell of a year's table: on a busy machine that takes its time. */
const ALL_PAGES_MS = 120_000;

describeWith(['chromium'], 'the dashboard', () => {
  const { site, browser, open } = visitSeeded();

  it.each(PAGES.flatMap((path) => (['light', 'dark'] as const).map((scheme) => [path, scheme] as const)))(
    'gives axe nothing to complain of at %s in %s',
    async (path, colorScheme) => {
      const page = await open(path, { colorScheme, reducedMotion: 'reduce', bypassCSP: true });
      expect(await complaintsOf(page)).toEqual([]);
      await page.context().close();
    },
    ALL_PAGES_MS,
  );

  it.each([
    [360, 'en'],
    [390, 'fr'],
    [768, 'fr'],
    [1920, 'en'],
  ])(
    'fits a window %i wide in %s',
    async (width, locale) => {
      const page = await open('/methodology', { viewport: { width, height: 800 }, locale });
      for (const path of PAGES) {
        await page.goto(site().url + path);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, path).toBeLessThanOrEqual(0);
      }
      await page.context().close();
    },
    ALL_PAGES_MS,
  );

  it(
    'runs without a complaint in the console, under its own content security policy',
    async () => {
      const complaints: string[] = [];
      for (const path of Object.values(EVERY_PAGE)) {
        const page = await browser().newPage({ locale: 'en' });
        page.on('console', (message) => {
          if (['error', 'warning'].includes(message.type())) complaints.push(`${path}: ${message.text()}`);
        });
        page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
        await page.goto(site().url + path, { waitUntil: 'load' });
        await page.waitForTimeout(300);
        await page.close();
      }
      expect(complaints).toEqual([]);
    },
    ALL_PAGES_MS,
  );

  it('ranks the worst gap first, marks what is provisional, and draws a line under what is not ranked', async () => {
    const page = await open(`/?${lastDays(60)}`, { javaScriptEnabled: false });
    const rows = await page.locator('table').first().locator('tbody tr').allInnerTexts();
    const order = ['Savanna', 'Cedar', 'Highland', 'Below the line', 'Dune', 'Harbour'];
    expect(rows.map((row, index) => row.includes(order[index] ?? '?'))).toEqual(order.map(() => true));
    expect(rows[0]).toContain('Provisional');
    // Nobody meters Highland's fuel: its litres are estimated, shown because the emissions count them, and marked.
    expect(rows[2]).toMatch(/≈[\s\S]*\d{2},\d{3}/);
    expect(rows[0]).not.toContain('≈');
    expect(rows[4]).toContain('Withheld');
    expect(rows[5]).toContain('No data');
    expect(rows[5]).not.toMatch(/\b0\.0%/);
    expect(await page.locator('main').innerText()).toContain('Example data');
    await page.context().close();
  });

  it('can be used from period to camp without any script', async () => {
    const page = await open('/', { javaScriptEnabled: false });
    await page.getByText('Any period').click();
    await page.getByLabel('From', { exact: true }).fill(`${YEAR}-02-01`);
    await page.getByLabel('To (included)').fill(`${YEAR}-02-28`);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(`${site().url}/?from=${YEAR}-02-01&to=${YEAR}-02-28`);

    await page.locator('table').first().getByRole('link', { name: 'Savanna Mission' }).click();
    await page.waitForURL(`**/missions/savanna?from=${YEAR}-02-01&to=${YEAR}-02-28*`);
    const energy = page.getByRole('region', { name: 'Energy by source' });
    await energy.getByText('The same figures as a table').click();
    expect(await energy.locator('table tbody tr').count()).toBe(28);

    await page.getByRole('link', { name: 'River House', exact: true }).first().click();
    await page.waitForURL('**/missions/savanna/river-house');
    const words = await page.locator('main').innerText();
    for (const word of ['Genset 1', 'PV field', 'kW', '62%', '3,100', 'Values as of'])
      expect(words).toContain(word);
    await page.context().close();
  });

  it('opens the lineage of each headline figure, without script, in either language', async () => {
    const page = await open(`/missions/savanna?from=${YEAR}-01-01&to=${YEAR}-12-31`, {
      javaScriptEnabled: false,
    });
    await page.getByRole('link', { name: 'how this figure is made' }).first().click();
    await page.waitForURL(
      `**/lineage?mission=savanna&from=${YEAR}-01-01&to=${YEAR}-12-31&figure=renewableShare*`,
    );
    expect(await page.locator('h1').innerText()).toBe('How it is made: Renewable share');
    expect(await page.locator('main').innerText()).toMatch(/renewable share = \(solar[\s\S]*Genset 1/);
    await page.getByRole('link', { name: 'Emissions', exact: true }).click();
    await page.waitForURL('**figure=ghg*');
    expect(await page.locator('main').innerText()).toMatch(/t CO₂e[\s\S]*2\.6853\skg\/L[\s\S]*ipcc-2006-ar5/);
    await page.getByRole('link', { name: 'Français' }).click();
    expect(await page.locator('h1').innerText()).toBe('D’où vient ce chiffre : Émissions');
    await page.context().close();
  });

  it('lets each figure of HQ, of a comparison, of a mission and of its history lead to its lineage', async () => {
    const page = await open(`/?from=${YEAR}-01-01&to=${YEAR}-12-31`, { javaScriptEnabled: false });
    const leads = () =>
      page
        .getByRole('link', { name: 'how this figure is made' })
        .evaluateAll((links) =>
          Object.entries(
            Object.groupBy(
              links,
              (link) => new URL((link as HTMLAnchorElement).href).searchParams.get('figure') ?? '',
            ),
          ).map(([figure, each]) => [figure, each?.length ?? 0] as const),
        );
    const figures = ['coverage', 'dieselShare', 'electricity', 'fuel', 'ghg', 'renewableShare'];
    // Four missions with data; the one without any has nothing to tell.
    expect((await leads()).sort()).toEqual(figures.map((figure) => [figure, 4]));
    await page.goto(`${site().url}${EVERY_PAGE['/compare'] ?? ''}`);
    expect((await leads()).map(([figure]) => figure).sort()).toEqual(figures);
    await page.goto(`${site().url}/missions/savanna?from=${YEAR}-01-01&to=${YEAR}-12-31`);
    const changed = page
      .getByRole('region', { name: 'What changed' })
      .getByRole('link', { name: 'how this figure is made' });
    // Both ends of the waterfall, and what moved the share between them.
    expect(await changed.count()).toBeGreaterThanOrEqual(5);
    for (const link of await page.getByRole('link', { name: 'how this figure is made' }).all()) {
      const answer = await fetch(new URL((await link.getAttribute('href')) ?? '', site().url));
      expect(answer.status, answer.url).toBe(200);
    }
    await page.context().close();
  });

  it('puts the unit beside its litres where a row is laid out as a block', async () => {
    const page = await open('/', { javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
    const cell = page
      .locator('td[data-label^="Fuel"]')
      .filter({ has: page.locator('small') })
      .first();
    expect(
      await cell.evaluate((each) => {
        const value = each.querySelector('.value');
        const small = each.querySelector('small');
        if (value === null || small === null) throw new Error('a fuel cell without value or note');
        const unit = getComputedStyle(value, '::after').content;
        return { unit, noteBelow: small.getBoundingClientRect().top >= value.getBoundingClientRect().bottom };
      }),
    ).toEqual({ unit: '"L"', noteBelow: true });
    await page.context().close();
  });

  it('tells under the verdict why a mission is off course, by method and by what is missing', async () => {
    const page = await open('/', { javaScriptEnabled: false });
    const row = page.locator('tbody tr').first();
    await row.getByText('Off course').click();
    expect(await row.locator('details p').innerText()).toMatch(
      /least squares[\s\S]*Missing: [\d.]+ pp, or [\d.,]+\s[GM]Wh a year[\s\S]*kWp/,
    );
    await page.context().close();
  });

  it('says how each meter was covered in words beside the strip', async () => {
    const page = await open('/meters', { javaScriptEnabled: false });
    expect(await page.getByRole('img', { name: /30 days in service: / }).count()).toBeGreaterThan(5);
    await page.context().close();
  });

  it('speaks French to those who ask for it, by their browser or by the link, and remembers', async () => {
    const french = await open('/', { locale: 'fr', javaScriptEnabled: false });
    expect(await french.locator('html').getAttribute('lang')).toBe('fr');
    expect(await french.locator('main').innerText()).toMatch(/Part renouvelable[\s\S]*\d,\d[\u00a0\u202f]%/);

    const page = await open('/methodology?x=1', { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Français' }).click();
    expect(page.url()).toBe(`${site().url}/methodology?x=1`);
    expect(await page.locator('h1').innerText()).toBe('Méthode');
    await page.goto(`${site().url}/meters`);
    expect(await page.locator('h1').innerText()).toBe('Compteurs');
  });

  it('keeps the language when the script takes over, whatever the browser prefers', async () => {
    const page = await open('/preferences?lang=fr&back=/methodology', { locale: 'en' });
    await page.waitForTimeout(300);
    expect(await page.locator('h1').innerText()).toBe('Méthode');
    await page.getByRole('link', { name: 'Compteurs', exact: true }).click();
    await page.waitForURL('**/meters');
    expect(await page.locator('h1').innerText()).toBe('Compteurs');
  });

  it('renders the chosen theme on the server, so that nothing flashes', async () => {
    const page = await open('/preferences?theme=dark&back=/meters', { javaScriptEnabled: false });
    expect(page.url()).toBe(`${site().url}/meters`);
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    const background = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(background).toBe('rgb(13, 19, 23)');
  });

  it('goes back to no other site', async () => {
    for (const back of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/.//evil.example',
      '',
    ]) {
      const answer = await fetch(`${site().url}/preferences?theme=dark&back=${encodeURIComponent(back)}`, {
        redirect: 'manual',
      });
      expect(answer.headers.get('location'), back).toBe('/');
    }
    expect((await fetch(`${site().url}/preferences?theme=pink`)).status).toBe(400);
  });

  it('draws the chart with its library only when it is needed', async () => {
    const page = await open('/missions/savanna');
    await page.locator('canvas').scrollIntoViewIfNeeded();
    await page.waitForFunction(() => (document.querySelector('canvas')?.width ?? 0) > 400);
    const inked = await page.evaluate(() => {
      const canvas = document.querySelector('canvas');
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return pixels.some((value, index) => index % 4 === 3 && value > 0);
    });
    expect(inked).toBe(true);
  });

  it('keeps a mission’s page within 10 KB of script before its chart and 100 KB with it, gzipped', async () => {
    const page = await open('/health');
    const weight = weigh(page);
    await page.goto(`${site().url}/missions/savanna`, { waitUntil: 'networkidle' });
    await page.locator('canvas').scrollIntoViewIfNeeded();
    await page.waitForFunction(() => (document.querySelector('canvas')?.width ?? 0) > 400);
    const { scriptBeforeCharts, script } = await weight();
    console.info(
      `Mission page: ${String(scriptBeforeCharts)} bytes of script, ${String(script)} with its chart (gzip)`,
    );
    expect(scriptBeforeCharts).toBeGreaterThan(1_000);
    expect(scriptBeforeCharts).toBeLessThanOrEqual(10 * 1024);
    expect(script).toBeGreaterThan(scriptBeforeCharts + 20 * 1024);
    expect(script).toBeLessThanOrEqual(100 * 1024);
    await page.context().close();
  });

  it.each([
    ['a camp’s page', EVERY_PAGE['/missions/[mission]/[camp]'], 60],
    ['an unassigned meter’s page', EVERY_PAGE['/meters/[mission]/[camp]/[meter]'], 30],
  ])(
    'keeps %s (%s) within %i KB of script, gzipped, without the chart library',
    async (name, path, mostKb) => {
      const page = await open('/health');
      const weight = weigh(page);
      // A camp's page never comes to rest: its live line stays open. Every script is there before `load`.
      await page.goto(site().url + (path ?? ''), { waitUntil: 'load' });
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      await page.waitForTimeout(500);
      const { scriptBeforeCharts, script } = await weight();
      console.info(`${name}: ${String(script)} bytes of script (gzip)`);
      expect(script).toBeGreaterThan(1_000);
      expect(script).toBe(scriptBeforeCharts);
      expect(script).toBeLessThanOrEqual(mostKb * 1024);
      await page.context().close();
    },
  );

  it.each(['/', '/compare', '/meters', '/methodology', '/lineage'])(
    'keeps %s without script and within 60 KB in all, gzipped',
    async (route) => {
      const page = await open('/health');
      const weight = weigh(page);
      await page.goto(site().url + (EVERY_PAGE[route] ?? ''), { waitUntil: 'networkidle' });
      const { script, all } = await weight();
      console.info(`${route}: ${String(script)} bytes of script, ${String(all)} in all (gzip)`);
      expect(script).toBe(0);
      expect(all).toBeGreaterThan(5_000);
      expect(all).toBeLessThanOrEqual(60 * 1024);
      await page.context().close();
    },
  );

  it('hands the table out as CSV in whole Wh, with gaps empty', async () => {
    const answer = await fetch(
      `${site().url}/missions/savanna/energy.csv?from=2099-12-01&to=2099-12-31&step=month`,
    );
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [head, row] = (await answer.text()).split('\r\n');
    expect(head).toMatch(/^mission,start,end,solar_wh/);
    expect(row).toMatch(/^Savanna Mission,2099-12-01T00:00:00\+02:00,2100-01-01T00:00:00\+02:00,,,,/);
  });

  it('answers a period that cannot be read with what is wrong', async () => {
    const answer = await fetch(`${site().url}/?from=2026-02-30`, { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('2026-02-30');
  });

  it('says that it is well, and that nobody needs to sign in', async () => {
    const answer = await fetch(`${site().url}/health`);
    expect(await answer.json()).toEqual({
      status: 'ok',
      web: { status: 'ok', access: 'open' },
      store: { status: 'ok', kind: 'sqlite' },
    });
  });
});
