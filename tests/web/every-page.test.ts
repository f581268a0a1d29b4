/** What holds on every page: a page added without its place in every-page.ts fails here. */
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { camp, meter } from '../server/queries/fixture.ts';
import { launchBrowser } from '../support/chromium.ts';
import { describeWith } from '../support/requires.ts';
import { cutTexts } from './cut-text.ts';
import { EVERY_PAGE, NO_PAGE } from './every-page.ts';
import { seed, seedRegistry } from './seed.ts';
import { startSite, type Site } from './site.ts';

const ROUTES = join(import.meta.dirname, '../../src/routes');
const ADDRESSES = [...Object.values(EVERY_PAGE), NO_PAGE];
/** A camp of sixty meters beside the seeded ones. */
const LARGE_CAMP = '/missions/savanna/large';

describe('the list of pages', () => {
  it('holds every page of src/routes', () => {
    const routes = globSync('**/+page.svelte', { cwd: ROUTES }).map((file) =>
      file === '+page.svelte' ? '/' : `/${dirname(file)}`,
    );
    expect(Object.keys(EVERY_PAGE).sort()).toEqual(routes.sort());
  });
});

/** Each goes through all pages. */
const ALL_PAGES_MS = 120_000;

describeWith(['chromium'], 'every page', () => {
  let site: Site;
  let browser: Browser;

  beforeAll(async () => {
    site = await startSite(async (dataDir) => {
      await seed(dataDir, Date.now());
      const registry = openRegistryStore(dataDir);
      registry.change(
        () => {
          const seeded = seedRegistry();
          const savanna = seeded.missions['savanna'];
          if (savanna === undefined) throw new Error('the seed has no savanna');
          const sources = ['diesel', 'solar', 'load', 'grid', 'battery', 'wind'] as const;
          const meters = Array.from({ length: 60 }, (_, i) => {
            const name =
              i === 0 ? 'A-very-long-name-without-any-place-to-break-it-anywhere' : `Feeder ${String(i)}`;
            return [`m-${String(i)}`, meter(sources[i % 6] ?? 'load', { name, ratedW: 100_000 })] as const;
          });
          const large = camp(Object.fromEntries(meters), { name: 'Large camp' });
          const camps = { ...savanna.camps, large };
          return { ...seeded, missions: { ...seeded.missions, savanna: { ...savanna, camps } } };
        },
        { author: 'test', reason: 'a camp of sixty meters', savedAt: 0 },
      );
      registry.close();
    });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
  });

  /** How far the page is wider than its window, px. */
  const overflowOf = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

  it('is taken over by no framework, which would undo what was typed before it arrived', async () => {
    for (const path of [...ADDRESSES, LARGE_CAMP]) {
      const answer = await fetch(site.url + path);
      expect(await answer.text(), path).not.toMatch(/__sveltekit_|modulepreload/);
    }
  });

  it(
    'says what it is without any script, in one heading, in the language asked for',
    async () => {
      const context = await browser.newContext({ locale: 'fr', javaScriptEnabled: false });
      const page = await context.newPage();
      for (const path of [...ADDRESSES, LARGE_CAMP]) {
        await page.goto(site.url + path);
        expect(await page.locator('h1').count(), path).toBe(1);
        expect((await page.locator('main').innerText()).length, path).toBeGreaterThan(60);
        expect(await page.locator('html').getAttribute('lang'), path).toBe('fr');
        expect(await page.title(), path).toMatch(/\S+ · Bluewatt$/);
      }
      await context.close();
    },
    ALL_PAGES_MS,
  );

  // 640 is a window of 1280 at a zoom of 200 %.
  it.each([360, 390, 640, 1440])(
    'fits a window %i wide, written from either side',
    async (width) => {
      const context = await browser.newContext({
        locale: 'fr',
        javaScriptEnabled: false,
        viewport: { width, height: 800 },
      });
      const page = await context.newPage();
      for (const path of [...ADDRESSES, LARGE_CAMP]) {
        await page.goto(site.url + path);
        expect(await overflowOf(page), path).toBeLessThanOrEqual(0);
        await page.evaluate(() => (document.documentElement.dir = 'rtl'));
        expect(await overflowOf(page), `${path} from the right`).toBeLessThanOrEqual(0);
      }
      await context.close();
    },
    ALL_PAGES_MS,
  );

  // As somebody sets it in the browser: letters of twice the size, and a window that stays as it is (WCAG 1.4.4).
  it.each([1440, 390])(
    'holds letters of twice the size in a window %i wide, cuts none, and needs not be moved sideways',
    async (width) => {
      const large = await launchBrowser(['--blink-settings=defaultFontSize=32']);
      const page = await large.newPage({
        locale: 'fr',
        javaScriptEnabled: false,
        viewport: { width, height: 800 },
      });
      for (const path of [...ADDRESSES, LARGE_CAMP]) {
        await page.goto(site.url + path);
        const letters = await page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
        expect(letters).toBe('30px');
        expect(await cutTexts(page), path).toEqual([]);
        expect(await overflowOf(page), path).toBeLessThanOrEqual(0);
      }
      await large.close();
    },
    ALL_PAGES_MS,
  );

  it(
    'prints its content and not its navigation, on the width of a sheet',
    async () => {
      const context = await browser.newContext({ locale: 'en', viewport: { width: 794, height: 1123 } });
      const page = await context.newPage();
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      for (const path of ADDRESSES) {
        await page.goto(site.url + path);
        expect(await page.locator('nav:visible').count(), path).toBe(0);
        expect(await page.locator('h1:visible').count(), path).toBe(1);
        expect(await overflowOf(page), path).toBeLessThanOrEqual(0);
      }
      await context.close();
    },
    ALL_PAGES_MS,
  );

  it(
    'is walked through with the keyboard alone: skip link first, a visible focus, no trap',
    async () => {
      const context = await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      for (const path of ADDRESSES) {
        await page.goto(site.url + path);
        await page.keyboard.press('Tab');
        expect(await page.evaluate(() => document.activeElement?.getAttribute('href')), path).toBe(
          '#content',
        );
        const seen = new Set<number>();
        for (let step = 0; step < 40; step += 1) {
          await page.keyboard.press('Tab');
          const focus = await page.evaluate(() => {
            const at = document.activeElement;
            if (at === null || at === document.body) return null;
            return {
              index: [...document.querySelectorAll('*')].indexOf(at),
              hasOutline: getComputedStyle(at).outlineStyle !== 'none',
              name: at.outerHTML.slice(0, 120),
            };
          });
          // Past the last one, focus leaves the page, or begins again at the skip link.
          if (focus === null || focus.name.includes('href="#content"')) break;
          expect(focus.hasOutline, `${path}: ${focus.name}`).toBe(true);
          expect(seen.has(focus.index), `${path} comes back to ${focus.name}`).toBe(false);
          seen.add(focus.index);
        }
        expect(seen.size, path).toBeGreaterThan(5);
      }
      await context.close();
    },
    ALL_PAGES_MS,
  );

  it(
    'stands still for those who ask for less motion',
    async () => {
      const context = await browser.newContext({ locale: 'en', reducedMotion: 'reduce' });
      const page = await context.newPage();
      for (const path of ADDRESSES) {
        await page.goto(site.url + path);
        const moving = await page.evaluate(() => document.getAnimations().length);
        expect(moving, path).toBe(0);
      }
      await context.close();
    },
    ALL_PAGES_MS,
  );

  it(
    'stays as it was when one comes back to it',
    async () => {
      const context = await browser.newContext({ locale: 'en' });
      const page = await context.newPage();
      await page.goto(`${site.url}/meters`);
      await page.getByRole('link', { name: /^Never seen/ }).click();
      await page.waitForURL('**/meters?state=never');
      await page.goto(`${site.url}/methodology`);
      await page.goBack();
      await page.waitForURL('**/meters?state=never');
      expect(await page.locator('a[aria-current="true"]').filter({ hasText: 'Never seen' }).count()).toBe(1);
      await page.goBack();
      await page.waitForURL('**/meters');
      await context.close();
    },
    ALL_PAGES_MS,
  );

  it('of a camp with sixty meters shows all of them in less than 30 kB', async () => {
    const answer = await fetch(site.url + LARGE_CAMP, { headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(Number(answer.headers.get('content-length'))).toBeLessThan(30_000);
    expect((await answer.text()).match(/<th scope="row"/g)?.length).toBe(60);
  });
});
