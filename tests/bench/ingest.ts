/**
 * ingest and window: messages wait in Mosquitto for a persistent session; how fast do they come out, once into
 * InfluxDB with all of the worker's work, once into a subscriber that does nothing? Each side has a broker of its
 * own, so that neither pays for what the other has queued.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInflux } from '../support/influx.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { countReadings } from './influx-count.ts';
import { startOf } from './load.ts';
import {
  lookAt,
  prepareDataDir,
  publishAll,
  runSubscriber,
  startWorkerProcess,
  untilCounted,
  untilMetrics,
} from './processes.ts';
import { figuresOf, type BenchOptions, type Result } from './report.ts';
import { startOldBroker } from './old-broker.ts';
import { drainWithTelegraf, hasTelegraf } from './telegraf.ts';

const RECEIVE_MAXIMUM = 20_000;
/** 1,000 messages in flight in all. */
const CLIENTS = 4;
const IN_FLIGHT = 250;
/**
 * Queue and window as wide as they go, and the database saved every second. With `autosave_on_changes` Mosquitto 2.0 writes
 * all it has queued anew for each packet it reads: 5,000 waiting messages then take ten seconds to publish, and the
 * benchmark would be of that.
 */
const BROKER = `
allow_anonymous true
persistence true
autosave_interval 1
max_queued_messages 0
`;

const UNITS = {
  worker: 'msg/s',
  'do-nothing subscriber': 'msg/s',
  telegraf: 'msg/s',
  'worker ÷ subscriber': '%',
  'worker ÷ telegraf': '%',
  'worker CPU, to the acknowledgement': 'µs/msg',
  'worker CPU, accounts included': 'µs/msg',
  'subscriber CPU': 'µs/msg',
  'accounts behind': 's',
  'worker peak memory': 'MB',
  'subscriber peak memory': 'MB',
};

interface Case {
  readonly messages: number;
  /** false: the broker's own 20 in flight */
  readonly isWide: boolean;
  readonly profileDir?: string;
}

export async function benchIngest(options: BenchOptions): Promise<Result> {
  const rounds = await runRounds(options, { ...options, isWide: true });
  return {
    scenario: 'ingest',
    title: `${options.messages.toLocaleString('en')} waiting QoS 1 messages, Mosquitto → worker → InfluxDB`,
    figures: figuresOf(rounds, UNITS),
    notes: hasTelegraf() ? [] : ['telegraf is not on the PATH: not compared.'],
  };
}

export async function benchWindow(options: BenchOptions): Promise<Result> {
  const messages = Math.ceil(options.messages / 10);
  const rounds = await runRounds(options, { ...options, messages, isWide: false });
  return {
    scenario: 'window',
    title: `${messages.toLocaleString('en')} waiting messages, 20 in flight (MQTT 3.1.1, Mosquitto's default)`,
    figures: figuresOf(rounds, UNITS),
    notes: [],
  };
}

async function runRounds(options: BenchOptions, run: Case): Promise<Record<string, number>[]> {
  const rounds = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const first = round % 2 === 0 ? await subscriberSide(run) : undefined;
    const worker = await workerSide(run);
    const idle = first ?? (await subscriberSide(run));
    const telegraf = run.isWide && hasTelegraf() ? await telegrafSide(run) : undefined;
    rounds.push({
      worker: worker.rate,
      'do-nothing subscriber': idle.rate,
      ...(telegraf !== undefined && { telegraf }),
      'worker ÷ subscriber': (100 * worker.rate) / idle.rate,
      ...(telegraf !== undefined && { 'worker ÷ telegraf': (100 * worker.rate) / telegraf }),
      'worker CPU, to the acknowledgement': worker.drainCpuUs / run.messages,
      'worker CPU, accounts included': worker.cpuUs / run.messages,
      'subscriber CPU': idle.cpuUs / run.messages,
      'accounts behind': worker.accountsBehindS,
      'worker peak memory': worker.peakMb,
      'subscriber peak memory': idle.peakMb,
    });
  }
  return rounds;
}

async function startBroker({ isWide }: Case) {
  const mosquitto = await startMosquitto({ config: `${BROKER}${isWide ? 'max_inflight_messages 0\n' : ''}` });
  const old = isWide ? undefined : await startOldBroker(mosquitto.port);
  return {
    url: old?.url ?? mosquitto.url,
    port: mosquitto.port,
    async stop() {
      old?.stop();
      await mosquitto.stop();
    },
  };
}

async function publishLoad(port: number, messages: number): Promise<void> {
  const startAt = startOf(messages, Date.now());
  await publishAll([{ port, from: 0, to: messages, clients: CLIENTS, inFlight: IN_FLIGHT, startAt }]);
}

async function subscriberSide(run: Case) {
  const broker = await startBroker(run);
  const session = {
    url: broker.url,
    clientId: 'idle',
    receiveMaximum: RECEIVE_MAXIMUM,
    protocolVersion: run.isWide ? (5 as const) : (4 as const),
  };
  try {
    await runSubscriber({ ...session, messages: 0 });
    await publishLoad(broker.port, run.messages);
    const result = await runSubscriber({ ...session, messages: run.messages });
    if (result === undefined) throw new Error('the subscriber told nothing');
    const seconds = (result.endedAt - result.connectedAt) / 1000;
    return { rate: run.messages / seconds, cpuUs: result.cpuUs, peakMb: result.peakMb };
  } finally {
    await broker.stop();
  }
}

async function workerSide(run: Case) {
  const dataDir = mkdtempSync(join(tmpdir(), 'bluewatt-bench-'));
  const broker = await startBroker(run);
  const influx = await startInflux();
  const settings = { dataDir, env: { MQTT_URL: broker.url, INFLUX_URL: influx.url } };
  try {
    prepareDataDir(dataDir);
    const first = await startWorkerProcess(settings);
    await untilSubscribed(first, broker.port);
    await first.stop();
    await publishLoad(broker.port, run.messages);
    const worker = await startWorkerProcess({ ...settings, profileDir: run.profileDir });
    const { at: startedAt, cpuUs: cpuBefore } = await worker.connected;
    const endedAt = await untilCounted(worker, {
      name: 'messages_acknowledged_total',
      goal: run.messages,
      startedAt,
    });
    const drainCpuUs = worker.cpuUs() - cpuBefore;
    const flushes = (await lookAt(worker)).metric('account_flushes_total');
    // The flush under way may have begun before the last message: the one after it has all.
    const settled = await untilMetrics(worker, (read) => read('account_flushes_total') >= flushes + 2);
    const cpuUs = worker.cpuUs() - cpuBefore;
    const { peakMb } = worker.memoryMb();
    await worker.stop();
    const stored = await countReadings(influx.url);
    if (stored < run.messages)
      throw new Error(`${String(stored)} of ${String(run.messages)} are in InfluxDB`);
    return {
      rate: run.messages / ((endedAt - startedAt) / 1000),
      drainCpuUs,
      cpuUs,
      peakMb,
      accountsBehindS: (settled.at - endedAt) / 1000,
    };
  } finally {
    await influx.stop();
    await broker.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Sends one message again and again until the worker takes it: then its session is subscribed. */
async function untilSubscribed(
  worker: Awaited<ReturnType<typeof startWorkerProcess>>,
  port: number,
): Promise<void> {
  const startAt = startOf(2_000_000, Date.now());
  for (let attempt = 0; attempt < 50; attempt += 1) {
    await publishAll([{ port, from: 0, to: 1, clients: 1, inFlight: 1, startAt }]);
    const metrics = await worker.metrics();
    if ((metrics.get('bluewatt_messages_acknowledged_total') ?? 0) > 0) return;
  }
  throw new Error('the worker does not subscribe');
}

async function telegrafSide(run: Case): Promise<number> {
  const broker = await startBroker(run);
  const influx = await startInflux();
  try {
    const rate = await drainWithTelegraf({
      brokerUrl: `tcp://127.0.0.1:${String(broker.port)}`,
      influxUrl: influx.url,
      messages: run.messages,
      publish: () => publishLoad(broker.port, run.messages),
    });
    return rate;
  } finally {
    await influx.stop();
    await broker.stop();
  }
}
