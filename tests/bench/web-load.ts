/** One page in a browser with an empty cache, and once more in the same: what came over the wire, and when it could be read. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { pause } from './measure.ts';

export interface Link {
  readonly latencyMs: number;
  readonly bitsPerS: number;
}

/** What a camp's shared terminal leaves for one reader. */
export const SATELLITE: Link = { latencyMs: 600, bitsPerS: 512_000 };

export interface Load {
  /** over the wire, heads and all; nothing for what the browser's cache held */
  readonly bytes: number;
  readonly scriptBytes: number;
  /** that reached the network */
  readonly requests: number;
  /** since the navigation began; NaN when nothing was painted */
  readonly firstContentMs: number;
  readonly loadedMs: number;
}

const BITS_PER_BYTE = 8;
/** Nothing more came for so long: the page is at rest. Longer than the slowest link's latency. */
const REST_MS = 1_500;
const MOST_MS = 120_000;

/** @throws Error when the page does not load */
export async function loadTwice(
  browser: Browser,
  url: string,
  link?: Link,
): Promise<{ readonly cold: Load; readonly again: Load }> {
  const context = await browser.newContext({ locale: 'en' });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    if (link !== undefined) {
      const throughput = link.bitsPerS / BITS_PER_BYTE;
      await session.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: link.latencyMs,
        downloadThroughput: throughput,
        uploadThroughput: throughput,
      });
    }
    const wire = countWire(session);
    const cold = await loadOnce(page, wire, url);
    await page.goto('about:blank');
    return { cold, again: await loadOnce(page, wire, url) };
  } finally {
    await context.close();
  }
}

async function loadOnce(page: Page, wire: ReturnType<typeof countWire>, url: string): Promise<Load> {
  wire.begin();
  await page.goto(url, { waitUntil: 'load', timeout: MOST_MS });
  // The chart library is loaded when a canvas is about to be seen: it is part of what the page costs.
  await page.evaluate(() => {
    document.querySelector('canvas')?.scrollIntoView();
  });
  const deadline = Date.now() + MOST_MS;
  while (wire.quietMs() < REST_MS && Date.now() < deadline) await pause(100);
  const times = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    return { firstContentMs: paint?.startTime ?? null, loadedMs: navigation?.loadEventEnd ?? null };
  });
  return {
    ...wire.counted(),
    firstContentMs: times.firstContentMs ?? NaN,
    loadedMs: times.loadedMs ?? NaN,
  };
}

/** Counts what a page's session tells of the network. A live line's readings are not the page, and never end. */
function countWire(session: CDPSession) {
  const open = new Map<string, { isScript: boolean }>();
  const cached = new Set<string>();
  let count = { bytes: 0, scriptBytes: 0, requests: 0 };
  let lastAt = 0;

  session.on('Network.requestWillBeSent', ({ requestId, type, request }) => {
    if (type === 'EventSource' || !request.url.startsWith('http')) return;
    open.set(requestId, { isScript: type === 'Script' });
    lastAt = Date.now();
  });
  // From memory; `fromDiskCache` below is the other cache.
  session.on('Network.requestServedFromCache', ({ requestId }) => void cached.add(requestId));
  session.on('Network.responseReceived', ({ requestId, response, type }) => {
    const isFresh = !cached.has(requestId) && response.fromDiskCache !== true;
    if (isFresh && open.has(requestId)) count.requests += 1;
    const isScript = type === 'Script' || response.mimeType.includes('javascript');
    if (open.has(requestId)) open.set(requestId, { isScript });
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const request = open.get(requestId);
    if (request === undefined) return;
    open.delete(requestId);
    count.bytes += encodedDataLength;
    if (request.isScript) count.scriptBytes += encodedDataLength;
    lastAt = Date.now();
  });
  session.on('Network.loadingFailed', ({ requestId }) => void open.delete(requestId));
  return {
    begin(): void {
      open.clear();
      cached.clear();
      count = { bytes: 0, scriptBytes: 0, requests: 0 };
      lastAt = Date.now();
    },
    /** ms since the last of all requests ended; 0 while one is under way */
    quietMs: () => (open.size > 0 ? 0 : Date.now() - lastAt),
    counted: () => count,
  };
}
