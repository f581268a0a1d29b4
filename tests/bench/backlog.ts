/**
 * backlog: a full spool drains while the meters go on at 1,000 messages a second. How long does a live message take
 * to the store (with the embedded broker, its acknowledgement says just that) and to the live topic?
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { meterRef, parseMeterKey, type Reading } from '#lib/energy/reading.ts';
import { inTransaction } from '#lib/server/database.ts';
import { createSpool } from '../../ingest/deliver/spool.ts';
import { openJournal } from '../../ingest/journal.ts';
import { startInflux } from '../support/influx.ts';
import { instantOf, METER_KEYS, METERS, startOf, topicOf, valuesOf } from './load.ts';
import { percentile } from './measure.ts';
import { lookAt, prepareDataDir, startWorkerProcess, untilMetrics } from './processes.ts';
import { startRawPublisher } from './raw-publisher.ts';
import { figuresOf, type BenchOptions, type Result } from './report.ts';

const LIVE_PER_SECOND = 1_000;
const TICK_MS = 20;
const BATCH_READINGS = 5_000;
const SPOOL_MAX_BYTES = 100_000_000_000;
/** The backlog ends this long before now, so that no live reading waits behind a spooled one of the same instant. */
const BACKLOG_AGE_MS = 60 * 60 * 1000;
const LIVE_PREFIX = 'bluewatt/live/';

export async function benchBacklog({ messages, rounds, profileDir }: BenchOptions): Promise<Result> {
  const found = [];
  for (let round = 0; round < rounds; round += 1) found.push(await oneBacklog(messages, profileDir));
  const names = ['to the store', 'to the live topic'].flatMap((what) =>
    [50, 95, 99].map((percent) => `${what}, p${String(percent)}`),
  );
  return {
    scenario: 'backlog',
    title: `${messages.toLocaleString('en')} spooled readings drain beside ${LIVE_PER_SECOND.toLocaleString('en')} live messages/s (48 hours of a mission: 7,000,000)`,
    figures: figuresOf(found, {
      ...Object.fromEntries(names.map((name) => [name, 'ms'])),
      drain: 'readings/s',
      'live messages': '',
      'worker CPU': 'µs/message or reading',
      'peak memory': 'MB',
    }),
    notes: [
      'The live topic shows each meter once a second at most, so up to a second of its delay is meant.',
    ],
  };
}

async function oneBacklog(readings: number, profileDir: string | undefined): Promise<Record<string, number>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bluewatt-bench-'));
  const influx = await startInflux();
  try {
    prepareDataDir(dataDir);
    fillSpool(dataDir, readings);
    const worker = await startWorkerProcess({ dataDir, env: { INFLUX_URL: influx.url }, profileDir });
    const { cpuUs: cpuBefore, at: startedAt } = await worker.connected;
    const live = await startLive(worker.brokerPort);
    const drained = await untilMetrics(worker, (metric) => metric('spool_readings') === 0);
    const { metric } = await lookAt(worker);
    const latencies = await live.stop();
    const cpuUs = worker.cpuUs() - cpuBefore;
    const { peakMb } = worker.memoryMb();
    await worker.stop();
    return {
      ...percentiles('to the store', latencies.toStoreMs),
      ...percentiles('to the live topic', latencies.toLiveMs),
      drain: readings / ((drained.at - startedAt) / 1000),
      'live messages': latencies.toStoreMs.length,
      'worker CPU': cpuUs / (readings + metric('messages_received_total')),
      'peak memory': peakMb,
    };
  } finally {
    await influx.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function percentiles(what: string, values: readonly number[]): Record<string, number> {
  return Object.fromEntries(
    [50, 95, 99].map((percent) => [`${what}, p${String(percent)}`, percentile(values, percent)]),
  );
}

/** As the worker leaves it after an outage: batches of readings, oldest first. */
function fillSpool(dataDir: string, count: number): void {
  const journal = openJournal(dataDir);
  const spool = createSpool(journal, SPOOL_MAX_BYTES);
  const meters = METER_KEYS.map((key) => parseMeterKey(key) ?? meterRef('', '', ''));
  const savedAt = Date.now() - BACKLOG_AGE_MS;
  const startAt = startOf(count, savedAt);
  for (let from = 0; from < count; from += BATCH_READINGS) {
    const batch: Reading[] = [];
    for (let index = from; index < Math.min(count, from + BATCH_READINGS); index += 1) {
      const meter = meters[index % METERS];
      if (meter !== undefined) batch.push({ meter, at: instantOf(index, startAt), values: valuesOf(index) });
    }
    inTransaction(journal, () => {
      spool.append(batch, savedAt);
    });
  }
  journal.close();
}

interface Latencies {
  readonly toStoreMs: number[];
  readonly toLiveMs: number[];
}

/** Publishes at a steady rate, each meter in turn, until stopped. */
async function startLive(port: number): Promise<{ stop(): Promise<Latencies> }> {
  const latencies: Latencies = { toStoreMs: [], toLiveMs: [] };
  const sentAt: number[] = [];
  const sentByKey = new Map<string, number>();
  const beganAt = performance.now();
  let sent = 0;
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${String(port)}`);
  client.on('message', (topic, payload) => {
    const { at } = JSON.parse(payload.toString()) as { at: number };
    const key = `${topic.slice(LIVE_PREFIX.length)} ${String(at)}`;
    const since = sentByKey.get(key);
    if (since !== undefined) latencies.toLiveMs.push(performance.now() - since);
  });
  await client.subscribeAsync(`${LIVE_PREFIX}#`);
  const publisher = await startRawPublisher({
    port,
    clientId: 'bench-live',
    inFlight: 60_000,
    next() {
      const due = ((performance.now() - beganAt) / 1000) * LIVE_PER_SECOND;
      if (sent >= due) return undefined;
      const at = Date.now();
      const now = performance.now();
      sentAt.push(now);
      sentByKey.set(`${METER_KEYS[sent % METERS] ?? ''} ${String(at)}`, now);
      const message = { topic: topicOf(sent), payload: JSON.stringify({ at, ...valuesOf(sent) }) };
      sent += 1;
      return message;
    },
    onAcknowledged() {
      const since = sentAt[latencies.toStoreMs.length] ?? NaN;
      latencies.toStoreMs.push(performance.now() - since);
    },
  });
  const ticking = setInterval(() => {
    publisher.pump();
  }, TICK_MS);
  return {
    async stop() {
      clearInterval(ticking);
      publisher.close();
      await client.endAsync(true);
      return latencies;
    },
  };
}
