/** A fresh installation: nothing registered, nothing stored, and a page that says what to do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import { join } from 'node:path';
import { startSite, type Site } from './site.ts';

describe('a fresh installation whose broker asks for credentials', () => {
  it('says where one is issued, beside the command that needs it', async () => {
    const site = await startSite(() => Promise.resolve(), { settings: { BROKER_ACCESS: 'credentials' } });
    const html = await (await fetch(`${site.url}/`)).text();
    expect(html).toContain('The broker asks for a user name and password.');
    await site.stop();
  });
});

describe('a fresh installation', () => {
  let site: Site;
  let dataDir = '';

  beforeAll(async () => {
    site = await startSite(async (folder) => {
      dataDir = folder;
      await createSqliteStore({ file: join(folder, DATABASE_FILE) }).close();
    });
  });
  afterAll(() => site.stop());

  const page = async () => (await fetch(`${site.url}/`)).text();

  it('tells the command for a first reading, with the broker’s own host and port', async () => {
    const html = await page();
    expect(html).toMatch(/mosquitto_pub -h 127\.0\.0\.1 -p \d+ -q 1/);
    expect(html).toContain('bluewatt/my-mission/my-camp/genset-1/reading');
    expect(html).toContain('No meter has published yet.');
    expect(html).not.toContain('The broker asks for a user name and password.');
  });

  it('shows a meter as soon as it publishes, with the lines that register it', async () => {
    const store = createSqliteStore({ file: join(dataDir, DATABASE_FILE) });
    const meter = meterRef('my-mission', 'my-camp', 'genset-1');
    await store.writeReadings([{ meter, at: Date.now(), values: { activePowerW: 92_500 } }]);
    await store.close();
    const html = await page();
    expect(html).toContain('my-mission/my-camp/genset-1');
    expect(html).toContain('genset-1: { source: diesel');
  });
});
