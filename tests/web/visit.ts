/** The seeded dashboard and a browser, for the tests of one `describe`. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser } from '../support/chromium.ts';
import { seed } from './seed.ts';
import { startSite, type Site } from './site.ts';

export interface Visit {
  readonly site: () => Site;
  readonly browser: () => Browser;
  /** A page of its own, in a context of its own: in English unless told otherwise. */
  readonly open: (path: string, options?: BrowserContextOptions) => Promise<Page>;
}

/** Starts both before the first test and stops them after the last; `usual` holds for every page that is opened, `more` adds to the seed. */
export function visitSeeded(
  usual: BrowserContextOptions = {},
  more: (dataDir: string) => void | Promise<void> = () => undefined,
): Visit {
  let site: Site;
  let browser: Browser;
  beforeAll(async () => {
    site = await startSite(async (dataDir) => {
      await seed(dataDir, Date.now());
      await more(dataDir);
    });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
  });
  return {
    site: () => site,
    browser: () => browser,
    async open(path, options = {}) {
      const context = await browser.newContext({ locale: 'en', ...usual, ...options });
      const page = await context.newPage();
      await page.goto(site.url + path);
      return page;
    },
  };
}
