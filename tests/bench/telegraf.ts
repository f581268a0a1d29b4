/** The same messages through telegraf, where it is installed: a persistent session, QoS 1, acknowledged after the write. */
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { countReadings } from './influx-count.ts';
import { pause } from './measure.ts';
import { startProcess } from './processes.ts';

const CONFIG = join(import.meta.dirname, 'telegraf.conf');
const SESSION_MS = 3_000;
const POLL_MS = 250;

interface TelegrafAddresses {
  /** tcp://host:port */
  readonly brokerUrl: string;
  readonly influxUrl: string;
}

export function hasTelegraf(): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'telegraf'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A process of telegraf's between a broker and a database `http://host:port/database`. */
export function startTelegraf({ brokerUrl, influxUrl }: TelegrafAddresses): ChildProcess {
  const { origin, pathname } = new URL(influxUrl);
  return startProcess('telegraf', ['--config', CONFIG, '--quiet'], {
    BENCH_BROKER: brokerUrl,
    BENCH_INFLUX: origin,
    BENCH_DATABASE: pathname.slice(1),
  });
}

/** Messages a second from the start of the process to the last reading in InfluxDB. */
export async function drainWithTelegraf(
  options: TelegrafAddresses & { readonly messages: number; readonly publish: () => Promise<void> },
): Promise<number> {
  const start = () => startTelegraf(options);
  const stop = async (child: ChildProcess): Promise<void> => {
    assertRunning(child);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  const first = start();
  await pause(SESSION_MS);
  await stop(first);
  await options.publish();
  const startedAt = Date.now();
  const second = start();
  while ((await countReadings(options.influxUrl)) < options.messages) {
    assertRunning(second);
    await pause(POLL_MS);
  }
  const seconds = (Date.now() - startedAt) / 1000;
  await stop(second);
  return options.messages / seconds;
}

function assertRunning({ exitCode, signalCode }: ChildProcess): void {
  if (exitCode === null && signalCode === null) return;
  throw new Error(`telegraf ended by itself with ${String(exitCode ?? signalCode)}: see its words above`);
}
