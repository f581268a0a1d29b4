/**
 * outage: the store is down for as long as an hour's messages take. Does the worker's memory grow with what it has put
 * aside? Memory is looked at after every so many spooled readings; the slope is what counts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInflux } from '../support/influx.ts';
import { startOf } from './load.ts';
import { pause, slopeOf } from './measure.ts';
import { lookAt, prepareDataDir, publishAll, startWorkerProcess, untilMetrics } from './processes.ts';
import { figuresOf, type BenchOptions, type Result } from './report.ts';

const SAMPLE_MS = 500;
/** 7,500 meters, one reading a minute */
const MESSAGES_PER_HOUR = 450_000;
/** Memory is shown at the first look after every so many messages. */
const SHOWN_EVERY = 50_000;

export async function benchOutage({ messages, rounds, profileDir }: BenchOptions): Promise<Result> {
  const found = [];
  for (let round = 0; round < rounds; round += 1) found.push(await oneOutage(messages, profileDir));
  const stages = Array.from({ length: Math.floor(messages / SHOWN_EVERY) }, (_, index) => stageName(index));
  const share = ((100 * messages) / MESSAGES_PER_HOUR).toFixed(0);
  return {
    scenario: 'outage',
    title: `${messages.toLocaleString('en')} messages with InfluxDB down (${share} % of an hour of 7,500 meters)`,
    figures: figuresOf(found, {
      'memory before': 'MB',
      ...Object.fromEntries(stages.map((name) => [name, 'MB'])),
      'memory after': 'MB',
      'peak memory': 'MB',
      'slope, second half': 'MB per 100,000 messages',
      spooled: 'readings',
      spool: 'MB',
      spooling: 'msg/s',
      'after the store is back': 'readings/s',
    }),
    notes: [],
  };
}

async function oneOutage(messages: number, profileDir: string | undefined): Promise<Record<string, number>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bluewatt-bench-'));
  const influx = await startInflux();
  try {
    prepareDataDir(dataDir);
    const worker = await startWorkerProcess({ dataDir, env: { INFLUX_URL: influx.url }, profileDir });
    await untilMetrics(worker, (metric) => metric('account_flushes_total') > 0);
    await influx.kill();
    const beforeMb = worker.memoryMb().nowMb;
    const points: { x: number; y: number }[] = [];
    const load = { port: worker.brokerPort, from: 0, to: messages, clients: 4, inFlight: 250 };
    const publishing = publishAll([{ ...load, startAt: startOf(messages, Date.now()) }]);
    const isPublished = publishing.then(() => true);
    while (!(await Promise.race([isPublished, pause(SAMPLE_MS).then(() => false)]))) {
      const { metric } = await lookAt(worker);
      points.push({ x: metric('messages_received_total') / 100_000, y: worker.memoryMb().nowMb });
    }
    const span = await publishing;
    const { metric } = await lookAt(worker);
    const { nowMb, peakMb } = worker.memoryMb();
    await influx.restart();
    const healedAt = Date.now();
    const drained = await untilMetrics(worker, (read) => read('spool_readings') === 0);
    await worker.stop();
    return {
      'memory before': beforeMb,
      ...memoryByStage(points),
      'memory after': nowMb,
      'peak memory': peakMb,
      'slope, second half': slopeOf(points.slice(Math.floor(points.length / 2))),
      spooled: metric('readings_spooled_total'),
      spool: metric('spool_bytes') / 1e6,
      spooling: messages / ((span.endedAt - span.startedAt) / 1000),
      'after the store is back': metric('spool_readings') / ((drained.at - healedAt) / 1000),
    };
  } finally {
    await influx.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function stageName(index: number): string {
  return `memory after ${((index + 1) * SHOWN_EVERY).toLocaleString('en')}`;
}

function memoryByStage(points: readonly { x: number; y: number }[]): Record<string, number> {
  const last = points.at(-1)?.x ?? 0;
  const stages = Array.from({ length: Math.floor((last * 100_000) / SHOWN_EVERY) }, (_, index) => index);
  return Object.fromEntries(
    stages.map((index) => [
      stageName(index),
      points.find(({ x }) => x * 100_000 >= (index + 1) * SHOWN_EVERY)?.y ?? NaN,
    ]),
  );
}
