/**
 * embedded: meters publish straight to the worker's own broker, which commits to SQLite before it acknowledges.
 * Beside it the same broker library with no worker behind it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOf } from './load.ts';
import {
  lookAt,
  prepareDataDir,
  publishAll,
  startIdleBroker,
  startWorkerProcess,
  untilMetrics,
  type Span,
} from './processes.ts';
import { figuresOf, type BenchOptions, type Result } from './report.ts';

const PUBLISHERS = 2;
const CLIENTS = 2;
/** 1,000 in all */
const IN_FLIGHT = 250;

const UNITS = {
  worker: 'msg/s',
  'broker that stores nothing': 'msg/s',
  'worker ÷ broker': '%',
  'worker CPU': 'µs/msg',
  'accounts behind': 's',
  'peak memory': 'MB',
};

export async function benchEmbedded({ messages, rounds, profileDir }: BenchOptions): Promise<Result> {
  const found = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0 ? await idleSide(messages) : undefined;
    const worker = await workerSide(messages, profileDir);
    const idle = first ?? (await idleSide(messages));
    found.push({
      worker: worker.rate,
      'broker that stores nothing': idle,
      'worker ÷ broker': (100 * worker.rate) / idle,
      'worker CPU': worker.cpuUs / messages,
      'accounts behind': worker.accountsBehindS,
      'peak memory': worker.peakMb,
    });
  }
  return {
    scenario: 'embedded',
    title: `${messages.toLocaleString('en')} QoS 1 messages, 1,000 in flight → embedded broker → SQLite`,
    figures: figuresOf(found, UNITS),
    notes: ['An acknowledgement here means: on disk. CPU includes the broker.'],
  };
}

/** A meter's messages stay in one client of one process: processes share the meters, not the time. */
function publishLoad(port: number, messages: number): Promise<Span> {
  const startAt = startOf(messages, Date.now());
  const part = { port, from: 0, to: messages, clients: CLIENTS, inFlight: IN_FLIGHT, startAt };
  return publishAll(
    Array.from({ length: PUBLISHERS }, (_, process) => ({ ...part, process, processes: PUBLISHERS })),
  );
}

function rateOf({ startedAt, endedAt }: Span, messages: number): number {
  return messages / ((endedAt - startedAt) / 1000);
}

async function idleSide(messages: number): Promise<number> {
  const broker = await startIdleBroker();
  try {
    return rateOf(await publishLoad(broker.port, messages), messages);
  } finally {
    broker.stop();
  }
}

async function workerSide(messages: number, profileDir: string | undefined) {
  const dataDir = mkdtempSync(join(tmpdir(), 'bluewatt-bench-'));
  try {
    prepareDataDir(dataDir);
    const worker = await startWorkerProcess({ dataDir, env: {}, profileDir });
    const { cpuUs: cpuBefore } = await worker.connected;
    const span = await publishLoad(worker.brokerPort, messages);
    const flushes = (await lookAt(worker)).metric('account_flushes_total');
    const settled = await untilMetrics(worker, (read) => read('account_flushes_total') >= flushes + 2);
    const cpuUs = worker.cpuUs() - cpuBefore;
    const { peakMb } = worker.memoryMb();
    await worker.stop();
    return {
      rate: rateOf(span, messages),
      cpuUs,
      peakMb,
      accountsBehindS: (settled.at - span.endedAt) / 1000,
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
