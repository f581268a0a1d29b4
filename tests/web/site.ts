/**
 * The dashboard as it is shipped: built, started by Node on a free port with a data folder of its own, and
 * stopped with the test. Builds only when the sources have changed since the last build.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ensureBuild } from '../../scripts/build.ts';
import { freePort, freePorts } from '../support/free-port.ts';
import { startServer, temporaryFolder } from '../support/server-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BUILT = join(ROOT, 'build/index.js');
export interface Site {
  /** http://127.0.0.1:port */
  readonly url: string;
  readonly pid: number;
  /** where its worker would answer /health */
  readonly workerPort: number;
  /** all that it wrote, over all its lives */
  log(): string;
  /** kill -9, and up again on the same port and data */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param fill fills the data folder before the server starts
 * @param options.settings more environment variables; they win, DATA_DIR among them
 */
export async function startSite(
  fill: (dataDir: string) => Promise<void>,
  { mqttUrl, settings: more = {} }: { mqttUrl?: string; settings?: Record<string, string | number> } = {},
): Promise<Site> {
  await ensureBuild({ tell: () => undefined });
  const [port = 0, workerPort = 0] = await freePorts(2);
  const folder = await temporaryFolder('web');
  const dataDir = join(folder, 'data');
  await mkdir(dataDir);
  await fill(dataDir);
  const settings = {
    HOST: '127.0.0.1',
    PORT: port,
    ORIGIN: `http://127.0.0.1:${String(port)}`,
    DATA_DIR: dataDir,
    WORKER_PORT: workerPort,
    ...(mqttUrl === undefined ? { BROKER_PORT: await freePort() } : { MQTT_URL: mqttUrl }),
    ...more,
  };
  const variables = Object.entries(settings).map(([name, value]) => `${name}=${String(value)}`);
  let log = '';
  const server = await startServer(
    {
      name: 'dashboard',
      command: 'env',
      args: [...variables, process.execPath, BUILT],
      port,
      onOutput: (text) => (log += text),
    },
    folder,
  );
  return {
    url: `http://127.0.0.1:${String(port)}`,
    get pid() {
      return server.pid;
    },
    workerPort,
    log: () => log,
    async restart() {
      await server.kill();
      await server.restart();
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
