import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { Registry } from '#lib/registry/types.ts';
import { meterRef } from '#lib/energy/reading.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { readSettings, type Settings } from '#lib/server/settings.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import type { HealthReport } from '../../ingest/health.ts';
import { startWorker, type Worker } from '../../ingest/worker.ts';
import { freePorts } from '../support/free-port.ts';
import { campOf, meter } from './account/rig.ts';

const REGISTRY = campOf({
  'genset-1': meter('diesel', { ratedW: 500_000 }),
  'pv-1': meter('solar', { ratedW: 300_000, invert: true }),
});
const TOPIC = 'bluewatt/unmiss/juba/genset-1/reading';
const GENSET = meterRef('unmiss', 'juba', 'genset-1');
const silent = pino({ level: 'silent' });
const cleanUps: (() => Promise<unknown> | undefined)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Site {
  readonly settings: Settings;
  readonly brokerUrl: string;
  readonly statusUrl: string;
}

async function newSite(more: Record<string, string> = {}, registry: Registry = REGISTRY): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'bluewatt-worker-'));
  cleanUps.push(() => {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  });
  const registries = openRegistryStore(folder);
  registries.save(registry, { author: 'test', reason: 'test', savedAt: 0 });
  registries.close();
  const [brokerPort, statusPort] = await freePorts(2);
  const read = readSettings({
    DATA_DIR: folder,
    BROKER_PORT: String(brokerPort),
    WORKER_PORT: String(statusPort),
    ...more,
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return {
    settings: read.settings,
    brokerUrl: `mqtt://127.0.0.1:${String(brokerPort)}`,
    statusUrl: `http://127.0.0.1:${String(statusPort)}`,
  };
}

async function start(site: Site): Promise<Worker> {
  const worker = await startWorker(site.settings, silent);
  let stopping: Promise<void> | undefined;
  const stopOnce = { stop: () => (stopping ??= worker.stop()) };
  cleanUps.push(() => stopOnce.stop());
  return stopOnce;
}

async function device(site: Site) {
  const client = await mqtt.connectAsync(site.brokerUrl, { reconnectPeriod: 0 });
  client.on('error', () => undefined);
  cleanUps.push(() => client.endAsync(true));
  return client;
}

async function health(site: Site): Promise<HealthReport> {
  return (await (await fetch(`${site.statusUrl}/health`)).json()) as HealthReport;
}

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await pause(20);
}

const payload = (values: object): string => JSON.stringify({ at: Date.now(), ...values });

describe('The worker', () => {
  it('has a reading in the store when the device’s acknowledgement comes, and tells so', async () => {
    const site = await newSite();
    await start(site);
    const client = await device(site);
    await client.publishAsync(TOPIC, payload({ activePowerW: 92_500 }), { qos: 1 });
    const reader = createSqliteStore({ file: join(site.settings.dataDir, DATABASE_FILE), readOnly: true });
    const stored = await reader.readingFrom(GENSET, 0);
    await reader.close();
    expect(stored?.values).toEqual({ activePowerW: 92_500 });
    expect(await health(site)).toMatchObject({
      status: 'ok',
      problems: [],
      broker: { connected: true, embedded: true },
      delivery: { state: 'direct', unacknowledged: 0 },
    });
    const metrics = await (await fetch(`${site.statusUrl}/metrics`)).text();
    for (const line of ['messages_received_total 1', 'messages_acknowledged_total 1', 'broker_connected 1'])
      expect(metrics).toContain(`\nbluewatt_${line}\n`);
  });

  it('keeps raw readings as long as it was told to, and says what came for a day that is closed', async () => {
    const site = await newSite();
    const forEver = await start(site);
    const HOUR = 3_600_000;
    const longAgo = Date.now() - 200 * 24 * HOUR;
    const old = [0, 1, 2].map((n) => ({ at: longAgo + n * 24 * HOUR, energyForwardWh: 50_000 * n }));
    const first = await device(site);
    await first.publishAsync(TOPIC, JSON.stringify(old), { qos: 1 });
    await first.publishAsync(TOPIC, payload({ energyForwardWh: 9e6 }), { qos: 1 });
    const reader = createSqliteStore({ file: join(site.settings.dataDir, DATABASE_FILE), readOnly: true });
    cleanUps.push(() => reader.close());
    const raw = () => reader.readReadings(GENSET, { from: 0, to: Date.now() });
    const energy = () => reader.readIntervals([GENSET], { from: 0, to: old[2]?.at ?? 0 });
    await until(async () => (await energy()).length > 0);
    await forEver.stop();
    const [before, { length }] = [await energy(), await raw()];
    expect(length).toBe(4);

    await start({ ...site, settings: { ...site.settings, rawRetentionDays: 62 } });
    await until(async () => (await raw()).length === 2);
    // The last day before the boundary is kept, and what the others were turned into.
    expect((await raw())[0]?.at).toBe(old[2]?.at);
    expect(await energy()).toEqual(before);
    const again = await device(site);
    await again.publishAsync(TOPIC, JSON.stringify({ at: longAgo, energyForwardWh: 1 }), { qos: 1 });
    await until(async () => (await health(site)).rejections.length > 0);
    expect((await health(site)).rejections).toMatchObject([{ reason: 'beyond-retention' }]);
    expect(await raw()).toHaveLength(2);
  });

  it('republishes the newest reading retained, the right way round, at most once a second', async () => {
    const site = await newSite();
    await start(site);
    const client = await device(site);
    const seen: { at: number; activePowerW: number }[] = [];
    const watcher = await device(site);
    watcher.on('message', (_, body) => seen.push(JSON.parse(body.toString()) as (typeof seen)[number]));
    await watcher.subscribeAsync('bluewatt/live/#');
    const from = Date.now();
    for (let i = 1; i <= 12; i += 1) {
      await client.publishAsync('bluewatt/unmiss/juba/pv-1/reading', payload({ activePowerW: -i }), {
        qos: 1,
      });
      await pause(50);
    }
    await until(() => seen.at(-1)?.activePowerW === 12);
    expect(seen.length).toBeLessThanOrEqual(1 + Math.ceil((Date.now() - from) / 1_000));
    const late = await device(site);
    const first = new Promise<[string, Buffer, { retain: boolean }]>((resolve) => {
      late.once('message', (...message) => {
        resolve(message);
      });
    });
    await late.subscribeAsync('bluewatt/live/unmiss/juba/pv-1');
    const [topic, body, packet] = await first;
    expect([topic, packet.retain]).toEqual(['bluewatt/live/unmiss/juba/pv-1', true]);
    expect(JSON.parse(body.toString())).toMatchObject({ activePowerW: 12 });
  });

  it('acknowledges a malformed message, keeps it and shows it in its health as plain JSON', async () => {
    const site = await newSite();
    await start(site);
    const client = await device(site);
    await client.publishAsync(TOPIC, '{"at":', { qos: 1 });
    await client.publishAsync(TOPIC, '{"at":', { qos: 1 });
    const { rejections, status } = await health(site);
    expect(status).toBe('ok');
    expect(rejections).toEqual([
      {
        topic: TOPIC,
        reason: 'payload-not-json',
        detail: expect.any(String) as string,
        count: 2,
        firstAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        lastAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      },
    ]);
    expect(await (await fetch(`${site.statusUrl}/metrics`)).text()).toContain(
      'bluewatt_messages_rejected_total{reason="payload-not-json"} 2',
    );
  });

  it('says which port is in use and which setting moves it, and leaves the folder to the next try', async () => {
    const site = await newSite();
    const other = createServer().listen(site.settings.broker.port, '127.0.0.1');
    await once(other, 'listening');
    cleanUps.push(() => new Promise((resolve) => other.close(resolve)));
    await expect(startWorker(site.settings, silent)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining('BROKER_PORT') as string,
    });
    await new Promise((resolve) => other.close(resolve));
    await start(site);
    expect((await health(site)).status).toBe('ok');
  });

  it('has everything acknowledged, stored and accounted when it stops', async () => {
    const site = await newSite();
    const worker = await start(site);
    const client = await device(site);
    const at = Date.now() - 3_600_000;
    const published = Array.from({ length: 120 }, (_, i) =>
      client.publishAsync(TOPIC, JSON.stringify({ at: at + i * 30_000, energyForwardWh: 1_000 + i * 10 }), {
        qos: 1,
      }),
    );
    await Promise.all(published);
    await worker.stop();
    const store = createSqliteStore({ file: join(site.settings.dataDir, DATABASE_FILE), readOnly: true });
    const ledger = await store.readLedger({ level: 'month', from: '2000-01', to: '2100-01' });
    await store.close();
    expect(ledger.reduce((sum, { energyWh }) => sum + energyWh, 0)).toBe(119 * 10);
  });

  it('takes messages though InfluxDB is away, says so, and stops in time', async () => {
    const [nobody] = await freePorts(1);
    const site = await newSite({ INFLUX_URL: `http://127.0.0.1:${String(nobody)}/bluewatt` });
    const worker = await start(site);
    const client = await device(site);
    const published = client.publishAsync(TOPIC, payload({ activePowerW: 1 }), { qos: 1 });
    await until(async () => (await health(site)).problems.length >= 2);
    expect(await health(site)).toMatchObject({
      status: 'degraded',
      problems: [
        expect.stringContaining('The store is away'),
        expect.stringContaining('The accounts are behind'),
      ],
    });
    const stoppedAt = performance.now();
    await worker.stop();
    expect(performance.now() - stoppedAt).toBeLessThan(12_000);
    // In the spool, and therefore acknowledged.
    await published;
  });
});
