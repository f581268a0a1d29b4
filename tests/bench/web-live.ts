/**
 * From publish to screen at 1,000 messages/s: 1,000 meters speak once a second to the worker's embedded broker, and a browser
 * has the camp of ten of them open. The power shown names the second it was published in, so that each value on the
 * screen is found again in what was sent.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { startSite } from '../web/site.ts';
import { METER_KEYS, METERS, topicOf } from './load.ts';
import { percentile } from './measure.ts';
import { prepareDataDir, startWorkerProcess } from './processes.ts';
import { startRawPublisher } from './raw-publisher.ts';
import { figuresOf, type Figure } from './report.ts';

/** Each meter once a second. */
export const RATE_PER_S = METERS;
const CAMP = 'mission-0/camp-0';
const WARM_UP_S = 3;
const PUMP_MS = 2;
const SECOND_MS = 1_000;
const IN_FLIGHT = 2_000;
/** Powers from 100 to 999 kW: three digits, shown as they are. */
const POWERS = 900;
const UNITS = {
  'publish → screen, p50': 'ms',
  'publish → screen, p95': 'ms',
  'publish → screen, p99': 'ms',
  'readings sent of the camp': '',
  'of them seen on the screen': '',
  'publisher’s rate': 'msg/s',
};

interface Seen {
  readonly meter: string;
  readonly power: string;
  /** epoch ms of the frame */
  readonly at: number;
}

/** @throws Error when nothing reaches the screen */
export async function benchLive(
  browser: Browser,
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<Figure[]> {
  const found = [];
  for (let round = 0; round < rounds; round += 1) found.push(await liveRound(browser, seconds));
  return figuresOf(found, UNITS);
}

async function liveRound(browser: Browser, seconds: number) {
  const dataDir = mkdtempSync(join(tmpdir(), 'bluewatt-bench-'));
  prepareDataDir(dataDir);
  const worker = await startWorkerProcess({ dataDir, env: {} });
  const site = await startSite(() => Promise.resolve(), {
    mqttUrl: `mqtt://127.0.0.1:${String(worker.brokerPort)}`,
    settings: { DATA_DIR: dataDir },
  });
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 1600 } });
  try {
    const page = await context.newPage();
    await page.goto(`${site.url}/missions/${CAMP}`);
    await page.getByText('Live', { exact: true }).first().waitFor();
    await page.evaluate(noteWhatIsShown);
    const { sent, rate } = await publishFor(worker.brokerPort, seconds + WARM_UP_S);
    await page.waitForTimeout(2 * SECOND_MS);
    const seen = await page.evaluate<readonly Seen[]>('globalThis.shown');
    return { ...describeDelays(sent, seen), 'publisher’s rate': rate };
  } finally {
    await context.close();
    await site.stop();
    await worker.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** What was sent, by `meter` and power as it is shown: epoch ms, after the warm-up. */
type Sent = ReadonlyMap<string, number>;

async function publishFor(port: number, seconds: number): Promise<{ sent: Sent; rate: number }> {
  const sent = new Map<string, number>();
  const total = seconds * RATE_PER_S;
  const startedAt = Date.now();
  let index = 0;
  let acknowledged = 0;
  return new Promise((resolve, reject) => {
    const next = () => {
      const now = Date.now();
      if (index >= total || now - startedAt < (index * SECOND_MS) / RATE_PER_S) return undefined;
      const powerKw = 100 + (Math.floor(index / METERS) % POWERS);
      const key = METER_KEYS[index % METERS] ?? '';
      if (index >= WARM_UP_S * RATE_PER_S && key.startsWith(`${CAMP}/`))
        sent.set(`${key.slice(CAMP.length + 1)} ${String(powerKw)}`, now);
      const message = {
        topic: topicOf(index),
        payload: JSON.stringify({ at: now, activePowerW: powerKw * 1_000 }),
      };
      index += 1;
      return message;
    };
    const onAcknowledged = (): void => {
      acknowledged += 1;
      if (acknowledged < total) return;
      clearInterval(timer);
      publisher?.close();
      resolve({ sent, rate: total / ((Date.now() - startedAt) / SECOND_MS) });
    };
    let publisher: Awaited<ReturnType<typeof startRawPublisher>> | undefined;
    const timer = setInterval(() => publisher?.pump(), PUMP_MS);
    startRawPublisher({ port, clientId: 'bench-live', inFlight: IN_FLIGHT, next, onAcknowledged }).then(
      (started) => (publisher = started),
      reject,
    );
  });
}

function describeDelays(sent: Sent, seen: readonly Seen[]) {
  const delays = new Map<string, number>();
  for (const { meter, power, at } of seen) {
    const key = `${meter} ${/\d+/.exec(power)?.[0] ?? ''}`;
    const sentAt = sent.get(key);
    if (sentAt !== undefined && !delays.has(key)) delays.set(key, at - sentAt);
  }
  if (delays.size === 0) throw new Error('no reading reached the screen');
  const values = [...delays.values()];
  return {
    'publish → screen, p50': percentile(values, 50),
    'publish → screen, p95': percentile(values, 95),
    'publish → screen, p99': percentile(values, 99),
    'readings sent of the camp': sent.size,
    'of them seen on the screen': delays.size,
  };
}

/** Runs in the page: notes, with the frame that draws it, each power that a meter of the flow comes to show. */
function noteWhatIsShown(): void {
  const shown: Seen[] = [];
  (globalThis as { shown?: Seen[] }).shown = shown;
  const last = new Map<string, string>();
  let isWaiting = false;
  new MutationObserver(() => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      for (const node of document.querySelectorAll('.node')) {
        const meter = node.querySelector('.name')?.textContent ?? '';
        const power = node.querySelector('.power')?.textContent ?? '';
        if (last.get(meter) === power) continue;
        last.set(meter, power);
        shown.push({ meter, power, at: Date.now() });
      }
    });
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}
