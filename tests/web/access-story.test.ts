/** Each desk signs in and finds what is its own, and nothing it would be refused; the pages of access are for everybody's eyes and hands. */
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { addDemoDesks } from '#lib/server/auth/demo-desks.ts';
import { launchBrowser } from '../support/chromium.ts';
import { describeWith } from '../support/requires.ts';
import { complaintsOf } from './axe.ts';
import { emailOf, PASSWORD, startPeopledSite, type PeopledSite, type Who } from './people.ts';
import { seed, YEAR } from './seed.ts';
import { startSite, type Site } from './site.ts';

const PERIOD = `from=${YEAR}-01-01&to=${YEAR}-01-31`;
const HISTORY = `/missions/savanna/river-house/history?${PERIOD}`;
const UNASSIGNED = '/meters/savanna/north-gate/pv-9';
/** Several pages each, on a machine that does other things. */
const STORY_MS = 120_000;

/** What somebody finds: missions on the first page, and the forms and links that change something. */
async function findings(page: Page, url: string) {
  const count = (selector: string) => page.locator(selector).count();
  await page.goto(`${url}/?${PERIOD}`);
  const missions = await page
    .locator('table a[href^="/missions/"]')
    .evaluateAll(
      (links) =>
        new Set(links.map((link) => new URL((link as HTMLAnchorElement).href).pathname.split('/')[2])).size,
    );
  const people = await count('header a[href="/people"]');
  await page.goto(`${url}/meters`);
  const connect = await count('main a[href="/onboarding"]');
  await page.goto(url + HISTORY);
  const fuel = await count('form[action*="delivery"]');
  const notes = await count('form[action*="/note"]');
  await page.goto(url + UNASSIGNED);
  const assign = await count('main form[method="POST"]');
  return { missions, people, connect, fuel, notes, assign };
}

describeWith(['chromium'], 'where people sign in', () => {
  let site: PeopledSite;
  let browser: Browser;
  beforeAll(async () => {
    site = await startPeopledSite();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
  });

  async function visit(who: Who, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ locale: 'en', ...options });
    const [name = '', value = ''] = site.cookies[who].split('=');
    await context.addCookies([{ name, value, url: site.url }]);
    return context.newPage();
  }

  it.each([
    ['viewer', { missions: 1, people: 0, connect: 0, fuel: 0, notes: 0, assign: 0 }],
    ['engineer', { missions: 1, people: 0, connect: 0, fuel: 1, notes: 1, assign: 1 }],
    ['officer', { missions: 1, people: 0, connect: 0, fuel: 1, notes: 1, assign: 0 }],
    ['hq', { missions: 5, people: 0, connect: 0, fuel: 0, notes: 0, assign: 0 }],
    ['administrator', { missions: 5, people: 1, connect: 1, fuel: 1, notes: 1, assign: 1 }],
  ] as const)(
    'the %s sees the missions that are theirs, and no form that would be refused',
    async (who, expected) => {
      const page = await visit(who);
      expect(await findings(page, site.url)).toEqual(expected);
      await page.context().close();
    },
    STORY_MS,
  );

  it(
    'an officer signs in with the keyboard alone, without script, comes where they wanted, and signs what they write',
    async () => {
      const context = await browser.newContext({ locale: 'en', javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(site.url + HISTORY);
      expect(page.url()).toContain('/sign-in?back=');
      await page.locator('#email').focus();
      await page.keyboard.type(emailOf('officer'));
      await page.keyboard.press('Tab');
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press('Enter');
      await page.waitForURL(site.url + HISTORY);
      expect(await page.locator('header').innerText()).toContain('The officer');
      const facts = page.getByRole('region', { name: 'What happened' });
      await facts.getByText('Note something').click();
      expect(await facts.locator('[name=author]').count()).toBe(0);
      expect(await facts.innerText()).toContain('Signed as The officer');
      await facts.locator('[name=date]').fill(`${YEAR}-01-10`);
      await facts.locator('[name=text]').fill('Second genset serviced');
      await facts.getByRole('button', { name: 'Save the note' }).click();
      expect(await facts.locator('li').last().innerText()).toMatch(
        /Second genset serviced[\s\S]*The officer <officer@example\.org>/,
      );
      await context.close();
    },
    STORY_MS,
  );

  it(
    'an officer writes down how many people a camp has, sees what that changes, and is offered nothing of an engineer’s',
    async () => {
      const page = await visit('officer', { javaScriptEnabled: false });
      await page.goto(site.url);
      await page.getByRole('contentinfo').getByRole('link', { name: 'Registry' }).click();
      await page.getByRole('link', { name: 'Savanna Mission' }).click();
      expect(await page.locator('main form [name=name], main form [name^="targets"]').count()).toBe(0);
      expect(await page.locator('main form [name^="grid"]').count()).toBeGreaterThan(0);
      await page.getByRole('link', { name: 'River House' }).click();
      expect(await page.locator('main form').count()).toBe(1);
      expect(await page.locator('main form [name^="location"]').count()).toBe(0);
      await page.locator('[name="headcount[1].from"]').fill('2026-11-01');
      await page.locator('[name="headcount[1].people"]').fill('640');
      await page.getByRole('button', { name: 'See what it changes' }).click();
      expect(page.url()).toContain('/registry/drafts/');
      await page.getByLabel('Why', { exact: true }).fill('head count of November');
      await page.getByLabel('I know that the effect is not known').check();
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      expect(newestChange()).toMatchObject({ author: 'The officer <officer@example.org>' });
      await page.context().close();
    },
    STORY_MS,
  );

  it(
    'headquarters sets what a mission is measured against, and does not learn where its camps lie',
    async () => {
      const page = await visit('hq', { javaScriptEnabled: false });
      await page.goto(`${site.url}/registry/missions/savanna`);
      expect(await page.locator('main form').count()).toBe(1);
      expect(await page.locator('main form [name^="grid"], main form [name=name]').count()).toBe(0);
      expect(await page.getByRole('link', { name: 'River House' }).count()).toBe(0);
      await page.locator('[name="targets[0].year"]').fill('2030');
      await page.locator('[name="targets[0].renewableShare"]').fill('85');
      await page.getByRole('button', { name: 'See what it changes' }).click();
      await page.getByLabel('Why', { exact: true }).fill('agreed with the mission');
      await page.getByLabel('I know that the effect is not known').check();
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      expect(newestChange()).toMatchObject({ author: 'The hq <hq@example.org>' });
      await page.context().close();
    },
    STORY_MS,
  );

  function newestChange() {
    const registry = openRegistryStore(site.dataDir);
    const [newest] = registry.list({ limit: 1 });
    registry.close();
    return newest;
  }

  it(
    'an administrator invites somebody, who follows the link, is in, and is out when their role is taken away',
    async () => {
      const page = await visit('administrator');
      await page.goto(`${site.url}/people`);
      const form = page.getByRole('form', { name: 'Invite somebody' });
      await form.locator('[name=name]').fill('Ines Okoro');
      await form.locator('[name=email]').fill('Ines@example.org');
      await form.locator('[name=role]').selectOption('viewer');
      await form.locator('[name=mission]').selectOption('cedar');
      await form.getByRole('button').click();
      const link = await page.locator('.handed code').innerText();
      const context = await browser.newContext({ locale: 'en' });
      const hers = await context.newPage();
      await hers.goto(link);
      await hers.locator('#password').fill('sun, wind and water');
      await hers.getByRole('button', { name: 'Save and sign in' }).click();
      await hers.waitForURL(`${site.url}/`);
      expect(await hers.locator('main').innerText()).toContain('Cedar Mission');
      expect(await hers.locator('main').innerText()).not.toContain('Savanna Mission');
      await page.goto(`${site.url}/people`);
      await page.getByRole('button', { name: /^Take away .*Ines Okoro/ }).click();
      await page.getByRole('status').waitFor();
      const answer = await hers.goto(`${site.url}/`);
      expect(answer?.status()).toBe(403);
      expect(await hers.locator('h1').count()).toBe(1);
      await context.close();
      await page.context().close();
    },
    STORY_MS,
  );

  it(
    'an administrator finds who changed what, before and after, by person, thing and day, and takes it home as CSV',
    async () => {
      const officer = await visit('officer', { javaScriptEnabled: false });
      await officer.goto(site.url + HISTORY);
      const fuel = officer.locator('form[action*="delivery"]');
      await officer.getByText('Write down a delivery').click();
      const fields = {
        date: `${YEAR}-01-12`,
        litres: '18000',
        reference: '=cmd|calc',
        reason: 'the <b>note</b>',
      };
      for (const [name, value] of Object.entries(fields)) await fuel.locator(`[name=${name}]`).fill(value);
      await fuel.getByRole('button').click();
      await officer.context().close();
      const page = await visit('administrator', { javaScriptEnabled: false });
      await page.goto(`${site.url}/people`);
      await page.getByRole('link', { name: 'Record of changes' }).click();
      const changes = page.locator('li.change');
      // All that the tests of this site changed: people, the registry they began with, a note perhaps, the delivery.
      expect(await changes.count()).toBeGreaterThan(8);
      expect(await changes.first().innerText()).toMatch(
        /Fuel record: made\s+The officer <officer@example\.org>[\s\S]*litres\s+18000[\s\S]*Why: the <b>note<\/b>/,
      );
      await page.locator('[name=author]').fill('OFFICER@');
      await page.locator('[name=thing]').selectOption('fuel');
      await page.getByRole('button', { name: 'Show' }).click();
      expect(await changes.count()).toBe(1);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download as CSV' }).click(),
      ]);
      const rows = readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\r\n');
      expect(rows[0]).toBe('at,author,thing,action,number,what,before,after,reason');
      expect(rows.find((row) => row.includes('reference'))).toMatch(
        /^20\d\d-.*Z,The officer <officer@example\.org>,fuel,made,1,reference,,'=cmd\|calc,the <b>note<\/b>$/,
      );
      await page.goto(`${site.url}/audit?from=2020-01-01&to=2020-12-31`);
      expect(await page.locator('main').innerText()).toContain('Nothing was changed that this asks for.');
      await page.context().close();
    },
    STORY_MS,
  );

  it.each(['light', 'dark'] as const)(
    'the pages of access give axe nothing to complain of and fit a phone, in French, in %s',
    async (colorScheme) => {
      const options = { locale: 'fr', colorScheme, viewport: { width: 390, height: 800 }, bypassCSP: true };
      const page = await visit('administrator', options);
      for (const path of ['/sign-in', '/account', '/people', '/audit']) {
        await page.goto(site.url + path);
        expect(await page.locator('html').getAttribute('lang')).toBe('fr');
        for (const summary of await page.locator('details > summary').all()) await summary.click();
        expect(await complaintsOf(page), path).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBe(0);
      }
      await page.context().close();
    },
    STORY_MS,
  );

  it(
    'the pages of access are whole without script and walked through by keyboard',
    async () => {
      const page = await visit('administrator', { javaScriptEnabled: false });
      for (const path of ['/sign-in', '/account', '/people', '/audit']) {
        await page.goto(site.url + path);
        expect(await page.locator('h1').count(), path).toBe(1);
        expect(await page.locator('main form').count(), path).toBeGreaterThan(0);
      }
      await page.context().close();
      const walked = await visit('administrator');
      for (const path of ['/account', '/people']) {
        await walked.goto(site.url + path);
        const controls = await walked
          .locator('main :is(a, button, input:not([type=hidden]), select, summary):visible')
          .count();
        let reached = 0;
        for (let step = 0; step < controls + 30; step += 1) {
          await walked.keyboard.press('Tab');
          const focus = await walked.evaluate(() => {
            const at = document.activeElement;
            if (at === null || at.closest('main') === null) return null;
            return getComputedStyle(at).outlineStyle;
          });
          if (focus === null) continue;
          expect(focus, path).not.toBe('none');
          reached += 1;
        }
        expect(reached, path).toBeGreaterThanOrEqual(controls);
      }
      await walked.context().close();
    },
    STORY_MS,
  );
});

describeWith(['chromium'], 'the demo’s desks', () => {
  let site: Site;
  let browser: Browser;
  beforeAll(async () => {
    site = await startSite(async (dataDir) => {
      await seed(dataDir, Date.now());
      addDemoDesks(dataDir, 'savanna');
    });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
  });

  it.each([
    ['Hannah Quist', { missions: 5, people: 0, connect: 0, fuel: 0, notes: 0, assign: 0 }],
    ['Omar Diallo', { missions: 1, people: 0, connect: 0, fuel: 1, notes: 1, assign: 0 }],
    ['Elena Marin', { missions: 1, people: 0, connect: 0, fuel: 1, notes: 1, assign: 1 }],
  ] as const)(
    'are taken by one click: %s sees what such a desk sees, and everything again after signing out',
    async (name, expected) => {
      const context = await browser.newContext({ locale: 'en' });
      const page = await context.newPage();
      await page.goto(`${site.url}/`);
      expect(await page.locator('footer').innerText()).toContain('Access is open');
      await page.getByRole('link', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: `Sign in as ${name}` }).click();
      await page.waitForURL(`${site.url}/`);
      expect(await page.locator('header').innerText()).toContain(name);
      expect(await findings(page, site.url)).toEqual(expected);
      expect(await page.locator('footer').innerText()).not.toContain('Access is open');
      await page.goto(`${site.url}/account`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${site.url}/sign-in`);
      expect(await findings(page, site.url)).toMatchObject({ missions: 5, people: 1, connect: 1 });
      await context.close();
    },
    STORY_MS,
  );
});
