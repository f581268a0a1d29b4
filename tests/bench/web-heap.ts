/**
 * An hour of live data in a camp's page, sped up: the page's own clock is moved a second at a time, and each second all
 * of the camp's meters speak. What the page reads again every two minutes it reads from the real dashboard.
 */
import type { Browser, CDPSession } from 'playwright-core';
import { EVERY_PAGE } from '../web/every-page.ts';
import type { Figure } from './report.ts';

const METERS = ['diesel-1', 'solar-1', 'battery-1', 'load-1'];
const SECOND_MS = 1_000;
const BYTES_PER_MB = 1_000_000;
/** The moving trace is as wide as this: from here on nothing may grow. */
const TRACE_S = 600;

/** Heap after collection, MB, at the start, when the trace is full, and after `seconds` of data. */
export async function benchHeap(browser: Browser, siteUrl: string, seconds: number): Promise<Figure[]> {
  const context = await browser.newContext({ locale: 'en' });
  try {
    const page = await context.newPage();
    await page.clock.install({ time: Date.now() });
    await page.addInitScript(standInForEventSource);
    await page.goto(siteUrl + (EVERY_PAGE['/missions/[mission]/[camp]'] ?? ''));
    await page.waitForFunction(() => ((globalThis as LiveWindow).liveLines?.length ?? 0) > 0);
    const session = await context.newCDPSession(page);
    const figures = [await measureHeap(session, 'camp, browser heap at the start')];
    for (let second = 1; second <= seconds; second += 1) {
      await page.evaluate(sayAll, { meters: METERS, second });
      await page.clock.runFor(SECOND_MS);
      if (second === TRACE_S && second < seconds)
        figures.push(await measureHeap(session, `camp, browser heap after ${String(TRACE_S)} s`));
    }
    figures.push(await measureHeap(session, `camp, browser heap after ${String(seconds)} s`));
    const { nodes } = await session.send('Memory.getDOMCounters');
    return [...figures, { name: `camp, DOM nodes after ${String(seconds)} s`, unit: '', values: [nodes] }];
  } finally {
    await context.close();
  }
}

async function measureHeap(session: CDPSession, name: string): Promise<Figure> {
  // Twice: what the first finalises, the second frees.
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return { name, unit: 'MB', values: [usedSize / BYTES_PER_MB] };
}

interface LiveWindow {
  liveLines?: EventTarget[];
}

/** Runs in the page, before its scripts: a live line that says what it is made to say. */
function standInForEventSource(): void {
  const world = globalThis as LiveWindow & { EventSource: unknown };
  const lines: EventTarget[] = [];
  world.liveLines = lines;
  world.EventSource = class extends EventTarget {
    constructor() {
      super();
      lines.push(this);
      setTimeout(() => this.dispatchEvent(new Event('open')), 0);
    }
    close(): void {
      lines.splice(lines.indexOf(this), 1);
    }
  };
}

/** Runs in the page: each meter's reading of this second, by the page's clock. */
function sayAll({ meters, second }: { meters: readonly string[]; second: number }): void {
  const lines = (globalThis as LiveWindow).liveLines ?? [];
  if (lines.length === 0) throw new Error('the page has no live line');
  const at = new Date().toISOString();
  for (const [index, meter] of meters.entries()) {
    const activePowerW = 100_000 + ((second * 37 + index * 11) % 400) * 1_000;
    const data = JSON.stringify({ meter, at, values: { activePowerW } });
    for (const line of lines) line.dispatchEvent(new MessageEvent('reading', { data }));
  }
}
