/**
 * An officer finds that what the registry calls solar is a genset: sees what the correction would restate, saves it, and
 * the mission's page reads as the preview said. Somebody else thought otherwise; and then it is all taken back.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { describeWith } from '../support/requires.ts';
import {
  BY_HAND,
  gensetHour,
  MISSION,
  nativeTopic,
  PERIOD,
  shellyEnergy,
  shellyPower,
  tasmotaHour,
} from './camp.ts';
import { startInstallation, type Installation } from './installation.ts';

const PV = `/registry/missions/${MISSION}/ridge/pv-1`;
const SOON = { timeout: 30_000 };
/** The PV field's 150 kWh burnt: of 500 kWh the grid's renewable quarter, 12.5 kWh, is left. */
const CORRECTED_SHARE = 0.025;

describeWith(['mosquitto_pub', 'chromium'], 'a source type that is corrected on screen', () => {
  let installation: Installation;
  let changed: Page;

  beforeAll(async () => {
    const brokerPort = await freePort();
    installation = await startInstallation({ brokerPort, settings: { BROKER_PORT: brokerPort } });
    await installation.importRegistry();
  });
  afterAll(async () => {
    await installation.stop();
  });

  const words = async (page: Page) => (await page.locator('main').innerText()).replace(/\s+/g, ' ');
  const share = async () => (await installation.summary())?.renewableShare;

  async function draft(source: string): Promise<Page> {
    const page = await installation.open(PV);
    await page.locator('#source').selectOption(source);
    await page.getByRole('button', { name: 'See what it changes' }).click();
    return page;
  }

  async function save(page: Page, author: string, reason: string): Promise<void> {
    await page.getByLabel('Your name').waitFor(SOON);
    await page.getByLabel('Your name').fill(author);
    await page.getByLabel('Why', { exact: true }).fill(reason);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved as version').waitFor();
  }

  it('begins with a share that is too good', async () => {
    const { say, meters } = installation;
    await expect
      .poll(async () => {
        await say('ridge/mains/status/em:0', shellyPower());
        return (await meters()).find(({ meter }) => meter === 'grid-1')?.lastReading;
      }, SOON)
      .toBeTruthy();
    await say(nativeTopic('genset-1'), ...gensetHour());
    await say('tele/pv-roof/SENSOR', ...tasmotaHour());
    await say('ridge/mains/status/emdata:0', shellyEnergy(2_589_773.39));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await say('ridge/mains/status/emdata:0', shellyEnergy(2_639_773.39));
    await expect.poll(share, SOON).toBeCloseTo(BY_HAND.renewableShare, 10);
  });

  it('shows which months would read differently, worked out by the worker, before anything is saved', async () => {
    changed = await draft('diesel');
    await changed.getByText('These months would read differently').waitFor(SOON);
    expect(await words(changed)).toMatch(/It measures Solar → Diesel/);
    expect(await words(changed)).toMatch(/Cedar Mission \w+ \d{4} 32\.5% → 2\.5% 500/);
    expect(await words(changed)).toMatch(/What is computed again: 0 meters, 1 camps/);
    expect(await share()).toBeCloseTo(BY_HAND.renewableShare, 10);
  });

  it('is restated once saved, and the mission’s page reads so', async () => {
    await save(changed, 'A. Officer', 'name plate says diesel');
    await expect.poll(share, SOON).toBeCloseTo(CORRECTED_SHARE, 10);
    const page = await installation.open(`/missions/${MISSION}?from=${PERIOD.from}&to=${PERIOD.to}`);
    expect(await words(page)).toContain('2.5%');
    await page.close();
  });

  it(
    'is a conflict for whoever had another opinion meanwhile, with both to choose from',
    { timeout: 90_000 },
    async () => {
      const [one, other] = [await draft('wind'), await draft('hydro')];
      await save(other, 'B. Engineer', 'it is a turbine in the river');
      await one.reload();
      const conflict = one.getByRole('form', { name: 'Somebody else changed the same' });
      expect(await conflict.innerText()).toMatch(
        /Theirs, in force: Hydro[\s\S]*B\. Engineer[\s\S]*Yours: Wind/,
      );
      await conflict.getByRole('radio', { name: /^Theirs/ }).check();
      await conflict.getByRole('button').click();
      await one.getByText('there is nothing to save').waitFor();
      for (const page of [one, other, changed]) await page.close();
    },
  );

  it('is taken back, change by change, and reads as in the beginning', async () => {
    for (const version of [3, 2]) {
      const page = await installation.open(`/registry/changes/${String(version)}`);
      await page.getByRole('button', { name: 'Revert this change' }).click();
      await save(page, 'A. Officer', 'the plate was the neighbour’s');
      await page.close();
    }
    await expect.poll(share, SOON).toBeCloseTo(BY_HAND.renewableShare, 10);
    const page = await installation.open('/registry/changes');
    expect(await page.locator('article').count()).toBe(5);
    await page.close();
  });
});
