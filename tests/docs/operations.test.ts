/** docs/operations.md knows every setting with its default, and every metric of the running worker. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUANTITIES } from '#lib/energy/quantity.ts';
import { readSettings, type Settings } from '#lib/server/settings.ts';
import { freePort } from '../support/free-port.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');
const page = read('docs', 'operations.md');

/** The rows of the first table beneath a `##` heading, as lists of cells. */
function rowsBeneath(heading: string): string[][] {
  const text = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

const unquoted = (cell = ''): string => cell.replaceAll('`', '');

/** Where each variable with a default ends up. */
const DEFAULTS: Readonly<Record<string, (settings: Settings) => string | number>> = {
  MQTT_CLIENT_ID: ({ mqtt }) => mqtt.clientId,
  BROKER_HOST: ({ broker }) => broker.host,
  BROKER_PORT: ({ broker }) => broker.port,
  DATA_DIR: ({ dataDir }) => dataDir,
  HOST: ({ web }) => web.host,
  PORT: ({ web }) => web.port,
  WORKER_HOST: ({ worker }) => worker.host,
  WORKER_PORT: ({ worker }) => worker.port,
  SPOOL_MAX_BYTES: ({ spoolMaxBytes }) => spoolMaxBytes,
  LOG_LEVEL: ({ logLevel }) => logLevel,
};

describe('the settings in docs/operations.md', () => {
  const rows = rowsBeneath('Settings');

  it('are all that settings.ts reads, in its order', () => {
    const known = [...read('src', 'lib', 'server', 'settings.ts').matchAll(/^ {2}([A-Z_]+): variable\(/gm)];
    expect(known.length).toBeGreaterThan(10);
    expect(rows.map(([name]) => unquoted(name))).toEqual(known.map(([, name]) => name));
  });

  it('have the defaults that settings.ts gives them', () => {
    const result = readSettings({});
    if (!result.ok) throw new Error('the defaults are not valid');
    for (const [name, written] of rows.map((row) => row.map(unquoted))) {
      const valueOf = DEFAULTS[name ?? ''];
      if (valueOf === undefined) expect(written, name).toMatch(/^(unset|from)/);
      else expect(written, name).toBe(String(valueOf(result.settings)));
    }
  });
});

describe('the metrics in docs/operations.md', () => {
  let worker: WorkerProcess;
  beforeAll(async () => {
    worker = await startWorkerProcess({ settings: { BROKER_PORT: await freePort() } });
  });
  afterAll(async () => {
    await worker.stop();
  });

  it("are all that the worker's /metrics tells", async () => {
    const text = await (await fetch(`http://127.0.0.1:${String(worker.port)}/metrics`)).text();
    const told = [...text.matchAll(/^# TYPE (bluewatt_\S+)/gm)].map(([, name]) => name ?? '');
    const own = told.filter((name) => !name.startsWith('bluewatt_worker_')).sort();
    expect(own.length).toBeGreaterThan(10);
    expect(
      rowsBeneath('Is it well?')
        .map(([name]) => unquoted(name))
        .sort(),
    ).toEqual(own);
  });
});

describe('the queries in docs/operations.md', () => {
  it('ask for measurements, fields and tags that the store writes', () => {
    const queries = [...page.matchAll(/^SELECT .+ FROM "(reading|energy|ledger)".+$/gm)].map(
      ([query]) => query,
    );
    expect(queries.length).toBeGreaterThan(1);
    const written =
      read('src', 'lib', 'server', 'store', 'influx', 'line-protocol.ts') +
      read('src', 'lib', 'server', 'store', 'fields.ts');
    for (const name of queries.flatMap((query) =>
      [...query.matchAll(/"(\w+)"/g)].map(([, field]) => field ?? ''),
    )) {
      const isKnown =
        (QUANTITIES as readonly string[]).includes(name) || new RegExp(`\\b${name}\\b`).test(written);
      expect(isKnown, name).toBe(true);
    }
  });
});
