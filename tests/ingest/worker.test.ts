import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import { startWorker } from '../../ingest/worker.ts';
import { freePorts } from '../support/free-port.ts';
import { campOf, meter } from './account/rig.ts';
import { cleanUps, device, health, newSite, silent, start, until } from './worker-site.ts';

const REGISTRY = campOf({
  'genset-1': meter('diesel', { ratedW: 500_000 }),
  'pv-1': meter('solar', { ratedW: 300_000, invert: true }),
});
const TOPIC = 'bluewatt/unmiss/juba/genset-1/reading';
const GENSET = meterRef('unmiss', 'juba', 'genset-1');
const payload = (values: object): string => JSON.stringify({ at: Date.now(), ...values });

describe('The worker', () => {
  it('has a reading in the store when the device’s acknowledgement comes, and tells so', async () => {
    const site = await newSite(REGISTRY);
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

  it('republishes the newest reading retained, the right way round, at most once a second', async () => {
    const site = await newSite(REGISTRY);
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
    const site = await newSite(REGISTRY);
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
    const site = await newSite(REGISTRY);
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
    const site = await newSite(REGISTRY);
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
    const site = await newSite(REGISTRY, { INFLUX_URL: `http://127.0.0.1:${String(nobody)}/bluewatt` });
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
