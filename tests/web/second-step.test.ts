/** Two-step sign-in, from setting it up to the day the phone is lost, without script. The codes are made here, as an app makes them. */
import { createHmac } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/chromium.ts';
import { describeWith } from '../support/requires.ts';
import { emailOf, PASSWORD, startPeopledSite, type PeopledSite, type Who } from './people.ts';

/** RFC 6238 with its defaults: SHA-1, 30 s, six digits. `key` in base 32. */
function codeOf(key: string, at = Date.now()): string {
  const bits = [...key.replaceAll('=', '')]
    .map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0'))
    .join('');
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', bytes).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
const wrongCode = (key: string): string => (codeOf(key) === '123456' ? '654321' : '123456');

const STORY_MS = 120_000;

describeWith(['chromium'], 'two-step sign-in', () => {
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

  const blank = (): Promise<BrowserContext> => browser.newContext({ locale: 'en', javaScriptEnabled: false });
  const alert = (page: Page) => page.getByRole('alert').innerText();

  async function password(page: Page, who: Who, address = '/sign-in?back=%2Fmeters'): Promise<void> {
    await page.goto(site.url + address);
    await page.locator('#email').fill(emailOf(who));
    await page.locator('#password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }
  async function type(page: Page, code: string): Promise<void> {
    await page.locator('#code').fill(code);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  /** @returns the key of the app, and the codes for its loss */
  async function setUp(page: Page): Promise<{ key: string; codes: string[] }> {
    await page.goto(`${site.url}/account`);
    const section = page.getByRole('region', { name: 'Two-step sign-in' });
    await section.locator('#second-password').fill('not it, is it now');
    await section.getByRole('button', { name: 'Set up' }).click();
    expect(await alert(page)).toContain('The password is wrong');
    await section.locator('#second-password').fill(PASSWORD);
    await section.getByRole('button', { name: 'Set up' }).click();
    const key = await section.locator('p code').innerText();
    const codes = await section.locator('li code').allInnerTexts();
    expect(await section.locator('svg').count()).toBe(1);
    expect(codes.length).toBeGreaterThanOrEqual(8);
    await section.locator('#second-code').fill(wrongCode(key));
    await section.getByRole('button', { name: 'Put in force' }).click();
    expect(await alert(page)).toContain('The code is not right');
    const digits = codeOf(key);
    await section.locator('#second-code').fill(`${digits.slice(0, 3)} ${digits.slice(3)}`);
    await section.getByRole('button', { name: 'Put in force' }).click();
    expect(await page.getByRole('status').innerText()).toContain('Two-step sign-in is in force');
    return { key, codes };
  }

  it(
    'is set up with an app, asked for after the password, and ended with the password again',
    async () => {
      const context = await blank();
      const page = await context.newPage();
      await password(page, 'officer');
      await page.waitForURL('**/meters');
      const { key } = await setUp(page);
      await page.getByRole('button', { name: 'Sign out' }).click();

      await password(page, 'officer');
      expect(page.url()).toBe(`${site.url}/sign-in/code?back=%2Fmeters`);
      // The password alone is no way in.
      expect((await context.request.get(`${site.url}/api/v1/missions`)).status()).toBe(401);
      await type(page, wrongCode(key));
      expect(await alert(page)).toContain('The code is not right');
      expect((await context.request.get(`${site.url}/api/v1/missions`)).status()).toBe(401);
      await type(page, codeOf(key));
      expect(page.url()).toBe(`${site.url}/meters`);

      await page.goto(`${site.url}/account`);
      const section = page.getByRole('region', { name: 'Two-step sign-in' });
      expect(await section.innerText()).toContain('In force');
      await section.locator('#second-password').fill(PASSWORD);
      await section.getByRole('button', { name: 'Take away' }).click();
      expect(await page.getByRole('status').innerText()).toContain('was taken away');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await password(page, 'officer');
      expect(page.url()).toBe(`${site.url}/meters`);
      const { people } = site.access;
      expect(people.events(10).map(({ action }) => action)).toEqual(
        expect.arrayContaining(['second-step-set', 'second-step-removed']),
      );
      await context.close();
    },
    STORY_MS,
  );

  it(
    'lets in by each kept code once, stops guessing, and is taken away by a link of the administrator’s',
    async () => {
      const context = await blank();
      const page = await context.newPage();
      await password(page, 'engineer');
      const { key, codes } = await setUp(page);
      const again = await blank();
      const other = await again.newPage();
      await password(other, 'engineer');
      await type(other, codes[0] ?? '');
      expect(other.url()).toBe(`${site.url}/meters`);
      await other.goto(`${site.url}/account`);
      await other.getByRole('button', { name: 'Sign out' }).click();
      await password(other, 'engineer');
      await type(other, codes[0] ?? '');
      expect(await alert(other)).toContain('The code is not right');

      for (let guess = 0; guess < 8 && !(await alert(other)).includes('Begin again'); guess += 1)
        await type(other, wrongCode(key));
      expect(await alert(other)).toContain('Begin again with your password');
      // What the password had opened is closed: the right code comes too late.
      await type(other, codeOf(key));
      expect(await other.getByRole('alert').count()).toBe(1);
      expect((await again.request.get(`${site.url}/api/v1/missions`)).status()).toBe(401);

      const { people } = site.access;
      expect(site.access.accounts.secondStep.isSet(site.persons.engineer.id)).toBe(true);
      await other.goto(`${site.url}/sign-in/${people.makeLink(site.persons.engineer, 'test')}`);
      await other.locator('#password').fill('another phone, another day');
      await other.getByRole('button', { name: 'Save and sign in' }).click();
      expect(other.url()).toBe(`${site.url}/`);
      expect(site.access.accounts.secondStep.isSet(site.persons.engineer.id)).toBe(false);
      expect(people.events(2).map(({ action }) => action)).toContain('second-step-removed');
      await again.close();
      await context.close();
    },
    STORY_MS,
  );

  it('leads whoever comes without a password back to it', async () => {
    const context = await blank();
    const page = await context.newPage();
    await page.goto(`${site.url}/sign-in/code?back=//evil.example`);
    await type(page, '123456');
    expect(await alert(page)).toContain('Begin again with your password');
    await page.getByRole('link', { name: 'Begin again' }).click();
    expect(page.url()).toBe(`${site.url}/sign-in?back=%2F`);
    await context.close();
  });
});
