/** The processes a benchmark runs: the real worker, publishers, the do-nothing subscriber, telegraf. None outlives it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { WORKER_NODE_FLAGS } from '../../ingest/node-flags.ts';
import { freePort } from '../support/free-port.ts';
import { benchRegistry } from './load.ts';
import { cpuUsOf, memoryMbOf, pause } from './measure.ts';
import type { PublisherTask } from './publisher-main.ts';
import type { SubscriberTask } from './subscriber-main.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Each look costs the worker some milliseconds: rarely enough not to be what is measured. */
const POLL_MS = 500;
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function startProcess(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Runs one of the scripts beside this file to its end and returns the line of JSON it printed, if any. */
async function runTask(script: string, task: PublisherTask | SubscriberTask): Promise<unknown> {
  const child = startProcess(process.execPath, [join(import.meta.dirname, script), JSON.stringify(task)]);
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${script} ended with ${String(code)}`);
  return text === '' ? undefined : JSON.parse(text);
}

export interface Span {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Publishes the messages of all tasks, one process each. */
export async function publishAll(tasks: readonly PublisherTask[]): Promise<Span> {
  const spans = (await Promise.all(tasks.map((task) => runTask('publisher-main.ts', task)))) as Span[];
  return {
    startedAt: Math.min(...spans.map(({ startedAt }) => startedAt)),
    endedAt: Math.max(...spans.map(({ endedAt }) => endedAt)),
  };
}

export interface SubscriberResult {
  readonly connectedAt: number;
  readonly endedAt: number;
  readonly cpuUs: number;
  readonly peakMb: number;
}

export async function runSubscriber(task: SubscriberTask): Promise<SubscriberResult | undefined> {
  return (await runTask('subscriber-main.ts', task)) as SubscriberResult | undefined;
}

/** The embedded broker's library with nothing behind it. */
export async function startIdleBroker(): Promise<{ port: number; stop: () => void }> {
  const child = startProcess(process.execPath, [join(import.meta.dirname, 'idle-broker-main.ts')]);
  const [line] = (await Promise.race([once(child.stdout ?? child, 'data'), failWhenEnded(child)])) as [
    Buffer,
  ];
  return { port: Number(line.toString()), stop: () => child.kill('SIGKILL') };
}

export interface WorkerProcess {
  readonly pid: number;
  readonly brokerPort: number;
  /** epoch ms and CPU µs when the worker was connected to its broker */
  readonly connected: Promise<{ at: number; cpuUs: number }>;
  /** the worker's metrics by name, without labels */
  metrics(): Promise<ReadonlyMap<string, number>>;
  cpuUs(): number;
  memoryMb(): { nowMb: number; peakMb: number };
  stop(): Promise<void>;
}

export interface WorkerOptions {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** a folder for the CPU profile of this run */
  readonly profileDir?: string | undefined;
}

/** Registers the benchmark's meters. To be done before the worker starts. */
export function prepareDataDir(dataDir: string): void {
  const registry = openRegistryStore(dataDir);
  registry.save(benchRegistry(), { author: 'bench', reason: 'benchmark', savedAt: Date.now() });
  registry.close();
}

/** The worker as an installation runs it: `node ingest/main.ts`, settings by environment. */
export async function startWorkerProcess(options: WorkerOptions): Promise<WorkerProcess> {
  const [brokerPort, statusPort] = [await freePort(), await freePort()];
  const profiling =
    options.profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profileDir}`];
  const child = startProcess(
    process.execPath,
    [...WORKER_NODE_FLAGS, ...profiling, join(ROOT, 'ingest', 'main.ts')],
    {
      DATA_DIR: options.dataDir,
      MQTT_URL: '',
      INFLUX_URL: '',
      BROKER_PORT: String(brokerPort),
      WORKER_PORT: String(statusPort),
      ...options.env,
      LOG_LEVEL: 'info',
    },
  );
  const pid = child.pid ?? -1;
  const connected = whenConnected(child, pid);
  await Promise.race([connected, failWhenEnded(child)]);
  return {
    pid,
    brokerPort,
    connected,
    async metrics() {
      const response = await fetch(`http://127.0.0.1:${String(statusPort)}/metrics`);
      return parseMetrics(await response.text());
    },
    cpuUs: () => cpuUsOf(pid),
    memoryMb: () => memoryMbOf(pid),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function whenConnected(child: ChildProcess, pid: number): Promise<{ at: number; cpuUs: number }> {
  if (child.stdout === null) throw new TypeError('the worker has no output');
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve) => {
    lines.on('line', (line) => {
      const { event, time, ...rest } = JSON.parse(line) as { event: string; time: number; level: number };
      if (event === 'broker-connected') resolve({ at: time, cpuUs: cpuUsOf(pid) });
      if (rest.level >= 40) process.stderr.write(`worker: ${line}\n`);
    });
  });
}

async function failWhenEnded(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`a process that should run on ended with ${String(code)}`);
}

function parseMetrics(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^(bluewatt_\w+) (\S+)$/.exec(line);
    if (match?.[1] !== undefined) found.set(match[1], Number(match[2]));
  }
  return found;
}

/** A metric by its name without the prefix `bluewatt_`; NaN when there is none. */
export type Metric = (name: string) => number;

export async function lookAt(
  worker: Pick<WorkerProcess, 'metrics'>,
): Promise<{ at: number; metric: Metric }> {
  const at = Date.now();
  const metrics = await worker.metrics();
  return { at, metric: (name) => metrics.get(`bluewatt_${name}`) ?? NaN };
}

/** Asks the worker until `isDone`; returns the metrics that were. @throws Error after `withinMs` */
export async function untilMetrics(
  worker: Pick<WorkerProcess, 'metrics'>,
  isDone: (metric: Metric) => boolean,
  withinMs = 900_000,
): Promise<{ at: number; metric: Metric }> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await lookAt(worker);
    if (isDone(found.metric)) return found;
    if (found.at > deadline) throw new Error('the worker did not get there in time');
    await pause(POLL_MS);
  }
}

/**
 * When a counter that began at 0 at `startedAt` reached `goal`, epoch ms. Between two looks it is taken to have grown as it
 * did before.
 */
export async function untilCounted(
  worker: Pick<WorkerProcess, 'metrics'>,
  { name, goal, startedAt }: { name: string; goal: number; startedAt: number },
): Promise<number> {
  let before = { at: startedAt, count: 0 };
  const done = await untilMetrics(worker, (metric) => {
    if (metric(name) >= goal) return true;
    before = { at: Date.now(), count: metric(name) };
    return false;
  });
  if (before.count === 0) return done.at;
  const perMs = before.count / (before.at - startedAt);
  return Math.min(done.at, before.at + (goal - before.count) / perMs);
}
