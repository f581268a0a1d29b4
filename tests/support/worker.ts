/** The worker as it is shipped: a process of its own on a free port, with a data folder that survives `kill`. */
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { WORKER_NODE_FLAGS } from '../../ingest/node-flags.ts';
import { freePort } from './free-port.ts';
import { startServer, temporaryFolder, type ServerProcess } from './server-process.ts';

const MAIN = resolve(import.meta.dirname, '../../ingest/main.ts');

export interface WorkerHealth {
  readonly status: 'ok' | 'degraded' | 'failing';
  readonly problems: readonly string[];
  readonly broker: { readonly connected: boolean; readonly embedded: boolean };
  readonly delivery: { readonly state: string; readonly unacknowledged: number };
  readonly spool: { readonly readings: number; readonly isFull: boolean };
  readonly rejections: readonly {
    readonly topic: string;
    readonly reason: string;
    readonly detail: string;
  }[];
}

export interface WorkerProcess extends ServerProcess {
  readonly dataDir: string;
  /** where it answers /health and /metrics */
  readonly port: number;
  health(): Promise<WorkerHealth>;
  /** one of its Prometheus counters or gauges, NaN when there is none of that name */
  metric(name: string): Promise<number>;
  /** all that it logged, over all its lives */
  log(): Promise<string>;
  /** the last lines of it */
  lastWords(): Promise<string>;
}

export interface WorkerOptions {
  /** environment variables beside DATA_DIR, WORKER_PORT and LOG_LEVEL */
  readonly settings: Readonly<Record<string, string | number>>;
  /** default: a folder that goes with the worker */
  readonly dataDir?: string;
  /** for Node itself, before the program */
  readonly nodeArguments?: readonly string[];
  /** fills the data folder before the first start */
  readonly fill?: (dataDir: string) => Promise<void> | void;
}

const LAST_WORDS = 4_000;

export async function startWorkerProcess(options: WorkerOptions): Promise<WorkerProcess> {
  const port = await freePort();
  const folder = await temporaryFolder('worker');
  const dataDir = options.dataDir ?? join(folder, 'data');
  await mkdir(dataDir, { recursive: true });
  await options.fill?.(dataDir);
  const log = join(folder, 'worker.log');
  const settings = { LOG_LEVEL: 'warn', ...options.settings, DATA_DIR: dataDir, WORKER_PORT: port };
  const variables = Object.entries(settings).map(([name, value]) => `${name}=${String(value)}`);
  const readLog = () => readFile(log, 'utf8').catch(() => '');
  const url = `http://127.0.0.1:${String(port)}`;
  const server = await startServer(
    {
      name: 'worker',
      // `exec` twice, so that the process that is killed is the worker itself and not a shell around it.
      command: 'sh',
      args: [
        '-c',
        'exec env "$@" >>"$0" 2>&1',
        log,
        ...variables,
        process.execPath,
        ...WORKER_NODE_FLAGS,
        ...(options.nodeArguments ?? []),
        MAIN,
      ],
      port,
      isReady: async () => (await fetch(`${url}/metrics`)).ok,
    },
    folder,
  );
  return {
    dataDir,
    port,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: () => server.restart(),
    // A failing worker answers 503, with the same report.
    health: async () => (await (await fetch(`${url}/health`)).json()) as WorkerHealth,
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      return line === undefined ? NaN : Number(line.split(' ')[1]);
    },
    log: readLog,
    async lastWords() {
      return (await readLog()).slice(-LAST_WORDS);
    },
  };
}
