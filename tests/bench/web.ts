/**
 * web: what the pages cost their readers. Bytes and requests of each page, cold and again; the server's time; HQ's page over
 * a satellite link; from publish to screen at 1,000 messages/s; the browser's memory after an hour of live data. A
 * Grafana, given by `--grafana URL`, is loaded in the same way.
 */
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/chromium.ts';
import { EVERY_PAGE } from '../web/every-page.ts';
import { seed } from '../web/seed.ts';
import { startSite } from '../web/site.ts';
import { median } from './measure.ts';
import type { BenchOptions, Figure, Result } from './report.ts';
import { benchHeap } from './web-heap.ts';
import { benchLive, RATE_PER_S } from './web-live.ts';
import { loadTwice, SATELLITE, type Load } from './web-load.ts';

const HQ = '/';
const WARM_REPEATS = 9;
const MOST_LIVE_S = 60;
const HOUR_S = 3_600;
const METERS_OF_A_CAMP = 4;
/** gzip; a published figure of the nearest comparable open dashboard, not measured here */
const SOLECTRUS_SCRIPT_KB = 215;

export async function benchWeb({ messages, rounds, grafanaUrl }: BenchOptions): Promise<Result> {
  const liveS = Math.min(MOST_LIVE_S, Math.ceil(messages / RATE_PER_S));
  const heapS = Math.min(HOUR_S, Math.ceil(messages / METERS_OF_A_CAMP));
  const browser = await launchBrowser();
  try {
    const figures = [
      ...(await benchSite(browser, rounds, heapS)),
      { name: 'SOLECTRUS, script, as published', unit: 'kB', values: [SOLECTRUS_SCRIPT_KB] },
      ...(grafanaUrl === undefined ? [] : await benchPage(browser, 'Grafana', grafanaUrl, rounds)),
      ...(grafanaUrl === undefined ? [] : await benchLink(browser, 'Grafana', grafanaUrl, rounds)),
      ...(await benchLive(browser, { seconds: liveS, rounds })),
    ];
    return {
      scenario: 'web',
      title: `${String(Object.keys(EVERY_PAGE).length)} pages of the seeded site; ${String(liveS)} s live at ${RATE_PER_S.toLocaleString('en')} messages/s; ${String(heapS)} s of live data sped up`,
      figures,
      notes: [
        'Bytes are as they come over the wire, heads included. The link is emulated by Chromium: 512 kbit/s, 600 ms a request, no TCP or TLS.',
        'Publish to screen: from the publisher’s write through worker, embedded broker, SQLite and dashboard to the frame that shows the value.',
        ...(grafanaUrl === undefined ? ['No Grafana was named (--grafana URL): left out.'] : []),
      ],
    };
  } finally {
    await browser.close();
  }
}

async function benchSite(browser: Browser, rounds: number, heapS: number): Promise<Figure[]> {
  const site = await startSite((dataDir) => seed(dataDir, Date.now()));
  try {
    const figures: Figure[] = [];
    for (const [route, path] of Object.entries(EVERY_PAGE)) {
      figures.push(...(await benchServer(route, site.url + path)));
      figures.push(...(await benchPage(browser, route, site.url + path, rounds)));
    }
    figures.push(...(await benchLink(browser, HQ, site.url + HQ, rounds)));
    figures.push(...(await benchHeap(browser, site.url, heapS)));
    return figures;
  } finally {
    await site.stop();
  }
}

/** ms until the whole answer is there: the first asked for, and the median of those after it. */
async function benchServer(name: string, url: string): Promise<Figure[]> {
  const times: number[] = [];
  for (let repeat = 0; repeat <= WARM_REPEATS; repeat += 1) {
    const startedAt = performance.now();
    // As a browser asks: a page that needs somebody leads to the way in.
    const answer = await fetch(url, { headers: { accept: 'text/html' } });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${url} answered ${String(answer.status)}`);
    times.push(performance.now() - startedAt);
  }
  const [first = NaN, ...later] = times;
  return [
    { name: `${name}: server, first`, unit: 'ms', values: [first] },
    { name: `${name}: server, warm`, unit: 'ms', values: [median(later)] },
  ];
}

async function benchPage(browser: Browser, name: string, url: string, rounds: number): Promise<Figure[]> {
  const loads = await eachRound(rounds, () => loadTwice(browser, url));
  return (['cold', 'again'] as const).flatMap((visit) => {
    const of = (read: (load: Load) => number) => loads.map((load) => read(load[visit]));
    return [
      { name: `${name}: ${visit}`, unit: 'kB', values: of(({ bytes }) => bytes / 1000) },
      { name: `${name}: ${visit}, script`, unit: 'kB', values: of(({ scriptBytes }) => scriptBytes / 1000) },
      { name: `${name}: ${visit}, requests`, unit: '', values: of(({ requests }) => requests) },
    ];
  });
}

async function benchLink(browser: Browser, name: string, url: string, rounds: number): Promise<Figure[]> {
  const loads = await eachRound(rounds, () => loadTwice(browser, url, SATELLITE));
  return (['cold', 'again'] as const).flatMap((visit) => [
    {
      name: `${name}: satellite link, ${visit}, first content`,
      unit: 'ms',
      values: loads.map((load) => load[visit].firstContentMs),
    },
    {
      name: `${name}: satellite link, ${visit}, all`,
      unit: 'ms',
      values: loads.map((load) => load[visit].loadedMs),
    },
  ]);
}

async function eachRound<T>(rounds: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < rounds; round += 1) results.push(await work());
  return results;
}
