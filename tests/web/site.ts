/**
 * The dashboard as it is shipped: built, started by Node on a free port with a data folder of its own, and
 * stopped with the test. Builds only when a source is newer than the build.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort, freePorts } from '../support/free-port.ts';
import { startServer, temporaryFolder } from '../support/server-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BUILT = join(ROOT, 'build/index.js');
const LOCK = join(ROOT, '.svelte-kit/build.lock');
const LOCK_STALE_MS = 180_000;
const SOURCES = ['src', 'messages', 'static', 'svelte.config.js', 'vite.config.ts', 'package.json'];

async function newestMs(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const names = (await readdir(path)).filter((name) => name !== 'paraglide');
  return Math.max(0, ...(await Promise.all(names.map((name) => newestMs(join(path, name))))));
}

async function isBuilt(): Promise<boolean> {
  const newest = Math.max(...(await Promise.all(SOURCES.map((name) => newestMs(join(ROOT, name))))));
  const built = await stat(BUILT).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  return built > newest;
}

/** Test files run beside each other; two builds at once would pull the files from under each other. */
async function holdingLock(work: () => Promise<void>): Promise<void> {
  await mkdir(join(ROOT, '.svelte-kit'), { recursive: true });
  for (;;) {
    const age = await mkdir(LOCK).then(
      () => undefined,
      () =>
        stat(LOCK)
          .then(({ mtimeMs }) => Date.now() - mtimeMs)
          .catch(() => 0),
    );
    if (age === undefined) break;
    // Left behind by a run that was killed.
    if (age > LOCK_STALE_MS) await rm(LOCK, { recursive: true, force: true });
    await pause(200);
  }
  try {
    await work();
  } finally {
    await rm(LOCK, { recursive: true, force: true });
  }
}

function ensureBuilt(): Promise<void> {
  return holdingLock(async () => {
    if (await isBuilt()) return;
    // Vitest's own mark would make the configuration leave out the plugins.
    const { VITEST: _, ...environment } = process.env;
    const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
    await promisify(execFile)(process.execPath, [vite, 'build'], {
      cwd: ROOT,
      env: { ...environment, NODE_ENV: 'production' },
    });
  });
}

export interface Site {
  /** http://127.0.0.1:port */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** @param fill fills the data folder before the server starts */
export async function startSite(
  fill: (dataDir: string) => Promise<void>,
  { mqttUrl }: { mqttUrl?: string } = {},
): Promise<Site> {
  await ensureBuilt();
  const [port = 0, workerPort = 0] = await freePorts(2);
  const folder = await temporaryFolder('web');
  const dataDir = join(folder, 'data');
  await mkdir(dataDir);
  await fill(dataDir);
  const settings = {
    HOST: '127.0.0.1',
    PORT: port,
    DATA_DIR: dataDir,
    WORKER_PORT: workerPort,
    ...(mqttUrl === undefined ? { BROKER_PORT: await freePort() } : { MQTT_URL: mqttUrl }),
  };
  const variables = Object.entries(settings).map(([name, value]) => `${name}=${String(value)}`);
  const server = await startServer(
    { name: 'dashboard', command: 'env', args: [...variables, process.execPath, BUILT], port },
    folder,
  );
  return {
    url: `http://127.0.0.1:${String(port)}`,
    pid: server.pid,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
