/** What the pages say of the worker: well, troubled, failing, silent; and which messages it did not take. */
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/requires.ts';
import { complaintsOf } from './axe.ts';
import { visitSeeded } from './visit.ts';

const LINE = '- { profile: shelly-gen2, topic: "yard/+", mission: savanna, camp: river-house, meter: pv-2 }';
const NOW = Date.now();
const FAILING = {
  status: 'failing',
  problems: ['The broker is not connected: nothing arrives.', 'The store is away (ECONNREFUSED); …'],
  problemCodes: [{ code: 'broker-away' }, { code: 'store-away', detail: 'ECONNREFUSED 10.0.0.9:8086' }],
  broker: { connected: false, embedded: false },
  delivery: { state: 'spooling', unacknowledged: 17, oldestAt: NOW - 120_000 },
  spool: { readings: 7_200, bytes: 1_230_000, oldestSavedAt: NOW - 7_200_000, isFull: false },
  deadLetters: { letters: 41, bytes: 9_000 },
  rejections: [
    {
      topic: 'old/one',
      reason: 'time-missing',
      detail: 'no at',
      count: 1,
      firstAt: NOW - 9e6,
      lastAt: NOW - 9e6,
    },
    {
      topic: 'yard/shelly-7',
      reason: 'device-unassigned',
      detail: LINE,
      count: 1_204,
      firstAt: NOW - 3_600_000,
      lastAt: NOW - 5_000,
    },
    { topic: '<b>x</b>', reason: 'reason-of-tomorrow', detail: '<i>', count: 1, firstAt: 0, lastAt: 0 },
  ],
};

describeWith(['chromium'], 'the worker on the pages', () => {
  const { site, open } = visitSeeded({ javaScriptEnabled: false });
  let worker: Server;
  let report: unknown = FAILING;

  beforeAll(async () => {
    worker = createServer((_, response) => response.writeHead(503).end(JSON.stringify(report)));
    await new Promise<void>((resolve) => worker.listen(site().workerPort, '127.0.0.1', resolve));
  });
  afterAll(() => {
    worker.closeAllConnections();
    worker.close();
  });

  async function words(path: string, locale = 'en'): Promise<string> {
    const page = await open(path, { locale });
    const text = await page.locator('main').innerText();
    await page.context().close();
    return text;
  }

  it('tell the worst problem first, what waits and for how long', async () => {
    report = FAILING;
    expect(await words('/')).toContain(
      'The worker is not taking readings: The broker is not connected: nothing arrives. (and 1 more)',
    );
    const meters = await words('/meters');
    for (const part of ['Not taking readings', 'Not connected', '17', '7,200', '1.23\u00a0MB', '41', '2 hr'])
      expect(meters).toContain(part);
  });

  it('list what was not taken, newest first, with the line that mends it, and run nothing of it', async () => {
    report = FAILING;
    const meters = await words('/meters');
    const order = ['yard/shelly-7', 'old/one', '<b>x</b>'].map((topic) => meters.indexOf(topic));
    expect(order.every((at) => at >= 0)).toBe(true);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    for (const part of [LINE, '1,204 ×', 'A known device that nobody has assigned', 'reason-of-tomorrow'])
      expect(meters).toContain(part);
  });

  it('speak French of every problem', async () => {
    report = FAILING;
    expect(await words('/', 'fr')).toContain('Le serveur MQTT n’est pas connecté');
    const meters = await words('/meters', 'fr');
    for (const part of [
      'Ne reçoit pas de mesures',
      'La base est absente',
      'Appareil connu que personne n’a affecté',
    ])
      expect(meters).toContain(part);
    expect(meters).not.toContain('The store is away');
  });

  it.each(['light', 'dark'] as const)(
    'give axe nothing to complain of while failing, in %s',
    async (colorScheme) => {
      report = FAILING;
      const viewport = { width: 390, height: 800 };
      for (const path of ['/', '/meters']) {
        const page = await open(path, { colorScheme, bypassCSP: true, javaScriptEnabled: true, viewport });
        expect(await complaintsOf(page)).toEqual([]);
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
        ).toBeLessThanOrEqual(0);
        await page.context().close();
      }
    },
  );

  it('are calm when it is well, and say when it does not answer', async () => {
    report = { ...FAILING, status: 'ok', problems: [], problemCodes: [], rejections: [] };
    expect(await words('/')).toContain('Worker running');
    expect(await words('/meters')).not.toContain('Messages that were not taken');
    report = 'no report';
    expect(await words('/meters')).toContain('Does not answer');
  });
});
