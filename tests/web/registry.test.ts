/** The registry on screen, without script and without a worker: edited, seen before it is saved, merged, reverted. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { IPCC_2006_AR5 } from '#lib/energy/factors.ts';
import { describeWith } from '../support/requires.ts';
import { visitSeeded } from './visit.ts';

const CAMP = '/registry/missions/savanna/river-house';
const SOLAR = `${CAMP}/solar-1`;

describeWith(['chromium'], 'the registry on screen', () => {
  const { site, open } = visitSeeded({ javaScriptEnabled: false });

  const preview = (page: Page) => page.getByRole('button', { name: 'See what it changes' }).first().click();
  const main = (page: Page) => page.locator('main').innerText();

  async function save(page: Page, author: string, reason: string): Promise<void> {
    await page.getByLabel('Your name').fill(author);
    await page.getByLabel('Why', { exact: true }).fill(reason);
    await page.getByLabel('I know that the effect is not known').check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
  }

  /** Changes one field of a page and goes on to its draft. */
  async function typed(page: Page, field: string, value: string): Promise<void> {
    await page.locator(`[id="${field}"]`).fill(value);
    await preview(page);
  }

  it('is found from the foot of every page, with what stands in it and who changed it last', async () => {
    const page = await open('/methodology');
    await page.getByRole('contentinfo').getByRole('link', { name: 'Registry' }).click();
    expect(await main(page)).toMatch(/5 missions, 6 camps, 16 meters[\s\S]*Last changed by test/);
    await page.getByRole('link', { name: 'Savanna Mission' }).click();
    await page.getByRole('link', { name: 'River House' }).click();
    await page.getByRole('link', { name: 'solar-1' }).click();
    expect(await page.locator('#ratedW').inputValue()).toBe('700');
    await page.context().close();
  });

  it('shows a change before it is saved, and saves it signed, once, when somebody knows that its effect is unknown', async () => {
    const page = await open(SOLAR);
    await typed(page, 'ratedW', '712.5');
    expect(page.url()).toMatch(/\/registry\/drafts\/[0-9a-f]{24}$/);
    expect((await main(page)).replaceAll('\u00a0', ' ')).toContain(
      'savanna/river-house/solar-1 Rated power 700 kW → 712.5 kW',
    );
    expect(await main(page)).toContain('The worker does not answer');
    const draft = page.url();
    // Without the tick the server refuses too, whatever the browser let through.
    const refused = await fetch(`${draft}?/save`, {
      method: 'POST',
      headers: {
        origin: site().url,
        accept: 'text/html',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ version: '1', author: 'A', reason: 'b' }),
    });
    expect(refused.status).toBe(422);
    await save(page, 'A. Engineer', 'name plate read');
    expect(await main(page)).toContain('Saved as version 2');
    await page.goto(draft);
    expect(await page.getByRole('button', { name: 'Save', exact: true }).count()).toBe(0);
    await page.goto(`${site().url}/registry/changes`);
    expect(await main(page)).toMatch(/Version 2, A\. Engineer, .*: name plate read/);
    await page.context().close();
  });

  it('says of a device how it is wired', async () => {
    const page = await open('/registry/sources');
    const line = { profile: 'shelly-gen2', topic: 'savanna/em-1', mission: 'savanna', camp: 'river-house' };
    for (const [key, text] of Object.entries({ ...line, meter: 'grid-1', phases: 'L2 L3', ctRatio: '40' }))
      await page.locator(`[name="sources[0].${key}"]`).fill(text);
    await preview(page);
    expect(await page.getByRole('alert').innerText()).toContain('Each of L1, L2, L3 once');
    await page.locator('[name="sources[0].phases"]').fill('L2, L3, L1');
    await preview(page);
    expect(await main(page)).toMatch(/Phases of inputs 1, 2, 3: L2 L3 L1; CT ratio: 40/);
    await save(page, 'A. Engineer', 'as wired');
    await page.goto(`${site().url}/registry/sources`);
    await page.locator('[name="sources[0].ctRatio"]').fill('20');
    await preview(page);
    expect(await main(page)).toContain('The CT ratio of savanna/em-1 changes, and no meter has a new event');
    await page.context().close();
  });

  it('takes emission factors of the organisation’s own, says what they restate, counts with them, and keeps a saved version', async () => {
    const page = await open('/registry/factors');
    const year = String(new Date().getUTCFullYear());
    const question = `${site().url}/api/v1/missions?from=${year}-01-01&to=${year}-01-10`;
    const emissions = async () => {
      const { missions } = (await (await fetch(question)).json()) as {
        missions: { mission: string; ghgKg: number; factorSet: string }[];
      };
      return missions.find(({ mission }) => mission === 'savanna');
    };
    const before = await emissions();
    const line = { version: 'own-1', from: `${year}-01-01`, source: 'Ministry', vintage: year };
    const factors = { gwp: 'IPCC AR6', dieselKgCo2PerL: '2.6', dieselKgCo2ePerL: '2.5' };
    const cell = (key: string) => page.locator(`[name="factors[0].${key}"]`);
    for (const [key, text] of Object.entries({ ...line, ...factors }))
      if (key === 'gwp') await cell(key).selectOption(text);
      else await cell(key).fill(text);
    await preview(page);
    expect(await page.getByRole('alert').innerText()).toContain('CO₂e is not less than CO₂');
    await cell('dieselKgCo2ePerL').fill('3');
    await preview(page);
    expect(await main(page)).toMatch(
      /Emissions of all missions are counted with other factors from 1 (Jan|January) \d{4} on/,
    );
    await save(page, 'H. Quarters', 'the ministry’s factors');
    const after = await emissions();
    expect([before?.factorSet, after?.factorSet]).toEqual(['ipcc-2006-ar5', 'own-1']);
    expect((after?.ghgKg ?? 0) / (before?.ghgKg ?? 0)).toBeCloseTo(3 / IPCC_2006_AR5.dieselKgCo2ePerL, 9);
    await page.goto(`${site().url}/methodology`);
    expect(await main(page)).toMatch(/own-1[\s\S]*IPCC AR6[\s\S]*Ministry/);

    await page.goto(`${site().url}/registry/factors`);
    await cell('dieselKgCo2ePerL').fill('2.9');
    await preview(page);
    expect(await main(page)).toContain('The values of version `own-1` are in use and cannot change.');
    expect(await page.getByRole('button', { name: 'Save', exact: true }).count()).toBe(0);
    await page.context().close();
  });

  it('takes the time of an event as the clock on the wall shows it', async () => {
    const page = await open(`${CAMP}/load-1`);
    await page.locator('[id="events[0].at"]').fill('2026-05-04 09:30');
    await page.locator('[id="events[0].kind"]').selectOption('ct-change');
    await preview(page);
    expect(await main(page)).toContain('2026-05-04T09:30:00+02:00');
    await page.context().close();
  });

  it('tells what is wrong at each field, in the reader’s language, and loses nothing that was typed', async () => {
    const page = await open(SOLAR, { locale: 'fr' });
    await page.locator('#ratedW').fill('1,500');
    await page.locator('#country').fill('bangla');
    await page.locator('[id="events[0].at"]').fill('hier');
    await page.locator('[id="events[0].kind"]').selectOption('swap');
    await page.getByRole('button', { name: 'Voir ce que cela change' }).click();
    expect(await page.getByRole('alert').locator('li').count()).toBe(3);
    expect(await page.locator('#ratedW').inputValue()).toBe('1,500');
    expect(await page.locator('#country-problem').innerText()).toContain('code de pays');
    expect(await page.locator('[id="events[0].at"]').inputValue()).toBe('hier');
    expect(await page.locator('[id="events[0].kind"]').inputValue()).toBe('swap');
    await page.context().close();
  });

  it('takes many meters at once, and puts what others saved meanwhile together with it', async () => {
    const [one, other] = [await open(CAMP), await open(CAMP)];
    await one.locator('[id="meters.diesel-1.ratedW"]').fill('1600');
    await one.locator('[id="meters.load-1.source"]').selectOption('grid');
    await one.getByRole('button', { name: 'See what it changes' }).nth(1).click();
    expect(await one.getByRole('region', { name: 'What changes' }).locator('li').count()).toBe(2);
    await other.locator('[id="headcount[1].from"]').fill('2026-06-01');
    await other.locator('[id="headcount[1].people"]').fill('640');
    await preview(other);
    await save(other, 'B. Officer', 'counted');
    // Seen before the other saved: shown again, for it may do something else now.
    await save(one, 'A. Engineer', 'swapped');
    expect(await one.getByRole('alert').innerText()).toContain('Somebody saved another change meanwhile');
    expect(await one.getByLabel('Why', { exact: true }).inputValue()).toBe('swapped');
    await save(one, 'A. Engineer', 'swapped');
    expect(await main(one)).toContain('Saved as version');
    await one.goto(site().url + CAMP);
    expect(await one.locator('[id="meters.diesel-1.ratedW"]').inputValue()).toBe('1600');
    expect(await one.locator('[id="headcount[1].people"]').inputValue()).toBe('640');
    await one.context().close();
    await other.context().close();
  });

  it('lets somebody choose where two changed the same, with both, who and when', async () => {
    const [one, other] = [await open(SOLAR), await open(SOLAR)];
    await typed(one, 'unit', 'BANBATT');
    await typed(other, 'unit', 'NEPBATT');
    await save(other, 'B. Officer', 'handed over');
    await one.reload();
    const conflict = one.getByRole('form', { name: 'Somebody else changed the same' });
    expect(await conflict.innerText()).toMatch(
      /nothing[\s\S]*NEPBATT[\s\S]*B\. Officer, .*: handed over[\s\S]*BANBATT/,
    );
    await conflict.getByLabel('Yours: BANBATT').check();
    await conflict.getByRole('button').click();
    expect(await main(one)).toContain('NEPBATT → BANBATT');
    await save(one, 'A. Engineer', 'they gave it back');
    expect(await main(one)).toContain('Saved as version');
    await one.context().close();
    await other.context().close();
  });

  it('takes a change back, and nothing of what came after it', async () => {
    const page = await open(`${CAMP}/battery-1`);
    await typed(page, 'ratedW', '555');
    await save(page, 'A. Engineer', 'to be reverted');
    const version = /Saved as version (\d+)/.exec(await main(page))?.[1] ?? '';
    await page.goto(`${site().url}${CAMP}/diesel-1`);
    await typed(page, 'tankL', '9000');
    await save(page, 'A. Engineer', 'stays');
    await page.goto(`${site().url}/registry/changes/${version}`);
    await page.getByRole('button', { name: 'Revert this change' }).click();
    expect((await main(page)).replaceAll('\u00a0', ' ')).toContain('Rated power 555 kW → 500 kW');
    expect(await page.getByRole('region', { name: 'What changes' }).locator('li').count()).toBe(1);
    await save(page, 'A. Engineer', 'was wrong');
    await page.goto(`${site().url}/registry/changes/1`);
    await page.getByRole('button', { name: 'Put this version back' }).click();
    expect(await main(page)).toContain('9000');
    await page.goto(`${site().url}/registry/changes/999`);
    expect(await main(page)).not.toContain('Revert');
    await page.context().close();
  });

  it('goes out as a file and comes in again: unchanged it is nothing, wrong it is told by its line', async () => {
    const page = await open('/registry/file');
    await page.getByRole('button', { name: 'See what it changes' }).first().click();
    expect(await main(page)).toContain('there is nothing to save');
    await page.goto(`${site().url}/registry/file`);
    const yaml = await page.locator('#yaml').inputValue();
    expect(yaml).toBe(await (await fetch(`${site().url}/registry/file.yaml`)).text());
    await page.locator('#yaml').fill(yaml.replace('name: Savanna Mission', 'name: [Savanna'));
    await page.getByRole('button', { name: 'See what it changes' }).first().click();
    expect(await page.getByRole('alert').innerText()).toMatch(/\d+:\d+ .*YAML/);
    expect(await page.locator('#yaml').inputValue()).toContain('name: [Savanna');
    const csv = await (await fetch(`${site().url}/registry/missions/savanna/meters.csv`)).text();
    await page.goto(`${site().url}/registry/missions/savanna`);
    await page.getByText('Meters as a spreadsheet (CSV)').click();
    await page.locator('#csv-file').setInputFiles({
      name: 'meters.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(csv.replace('load-1,', 'load-2,')),
    });
    await page.locator('form[enctype] button').click();
    expect(await main(page)).toMatch(/savanna\/river-house\/load-2\s+added/);
    await page.context().close();
  });

  it('says plainly what removing a meter means that has published', async () => {
    const page = await open(SOLAR);
    await page.getByText('Remove this meter from the registry').click();
    await page.getByRole('button', { name: 'See what removing it changes' }).click();
    expect(await main(page)).toMatch(
      /solar-1\s+removed[\s\S]*have published[\s\S]*savanna\/river-house\/solar-1/,
    );
    await page.context().close();
  });

  it('adds a mission and a camp under names that can stand in topics', async () => {
    const page = await open('/registry');
    await page.getByText('Add a mission').click();
    await page.locator('#slug').fill('__proto__');
    await page.locator('#name').fill('<script>alert(1)</script>');
    await page.locator('#zone').fill('Africa/Juba');
    await preview(page);
    expect(await page.locator('#slug-problem').innerText()).toContain('Small letters');
    await page.locator('#slug').fill('plains');
    await preview(page);
    expect(await main(page)).toContain('<script>alert(1)</script>');
    await save(page, 'A. Engineer', 'new');
    await page.goto(`${site().url}/registry/missions/plains`);
    await page.getByText('Add a camp').click();
    await page.locator('[id="slug"]').fill('north');
    await page.locator('form[action="?/add"] #name').fill('North');
    await page.locator('form[action="?/add"] button').click();
    expect(await main(page)).toMatch(/plains\/north\s+added: Name on pages: North/);
    await page.context().close();
  });

  it('does not find drafts, versions and places that there are not, and refuses forms of other sites', async () => {
    const status = async (path: string, init: RequestInit = {}) =>
      (await fetch(site().url + path, init)).status;
    for (const path of [
      '/registry/drafts/nobodys',
      '/registry/changes/0',
      '/registry/changes/__proto__',
      '/registry/missions/__proto__',
      '/registry/missions/constructor/toString',
      `${CAMP}/none`,
    ])
      expect(await status(path), path).toBe(404);
    const body = new URLSearchParams({ ratedW: '1' });
    const type = 'application/x-www-form-urlencoded';
    expect(
      await status(`${SOLAR}?/edit`, {
        method: 'POST',
        body,
        headers: { origin: 'https://evil.example', 'content-type': type },
      }),
    ).toBe(403);
  });
});
