/** A worker in this process, on its embedded broker, with a folder of its own. Whatever was started is stopped after each test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { afterEach } from 'vitest';
import type { Registry } from '#lib/registry/types.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { readSettings, type Settings } from '#lib/server/settings.ts';
import type { HealthReport } from '../../ingest/health.ts';
import { startWorker, type Worker } from '../../ingest/worker.ts';
import { freePorts } from '../support/free-port.ts';

export const silent = pino({ level: 'silent' });
export const cleanUps: (() => Promise<unknown> | undefined)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

export interface Site {
  readonly settings: Settings;
  readonly brokerUrl: string;
  readonly statusUrl: string;
}

export async function newSite(registry: Registry, more: Record<string, string> = {}): Promise<Site> {
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

export async function start(site: Site): Promise<Worker> {
  const worker = await startWorker(site.settings, silent);
  let stopping: Promise<void> | undefined;
  const stopOnce = { stop: () => (stopping ??= worker.stop()) };
  cleanUps.push(() => stopOnce.stop());
  return stopOnce;
}

export async function device(site: Site) {
  const client = await mqtt.connectAsync(site.brokerUrl, { reconnectPeriod: 0 });
  client.on('error', () => undefined);
  cleanUps.push(() => client.endAsync(true));
  return client;
}

export async function health(site: Site): Promise<HealthReport> {
  return (await (await fetch(`${site.statusUrl}/health`)).json()) as HealthReport;
}

export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await pause(20);
}
