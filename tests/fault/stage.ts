/**
 * The stage for seeds: real processes with a proxy on each link, started once and hurt many times.
 *
 *     publisher → Mosquitto → proxy → worker → proxy → InfluxDB
 *
 * or, on defaults, publisher → worker (embedded broker and store).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { startInflux, type Influx } from '../support/influx.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker.ts';
import {
  differences,
  influxReadings,
  NO_DIFFERENCES,
  readMessages,
  sqliteReadings,
  type Differences,
} from './ledger.ts';
import { perform, publishAll, registerMissions, type Cast } from './perform.ts';
import { startProxy } from './proxy.ts';
import { startPublisher, type Publisher } from './publisher.ts';
import type { Schedule } from './schedule.ts';

export interface Stage {
  readonly worker: WorkerProcess;
  /** undefined where the worker runs on its defaults */
  readonly influx: Influx | undefined;
  /**
   * Publishes a schedule while its acts happen, and `meanwhile` what the caller does, who leaves all servers running;
   * then mends everything and waits for the account to agree.
   */
  play(schedule: Schedule, meanwhile?: () => Promise<void>): Promise<Outcome>;
  stop(): Promise<void>;
}

export interface Outcome {
  readonly differences: Differences;
  /** the highest number of readings that were seen waiting in the spool */
  readonly spooled: number;
  readonly acknowledged: number;
}

export interface StageOptions {
  /** `embedded`: neither Mosquitto nor InfluxDB */
  readonly kind: 'servers' | 'embedded';
  /** lines of mosquitto.conf; default is the one that keeps everything */
  readonly mosquittoConfig?: string;
  readonly seeds: readonly number[];
  readonly dataDir?: string;
  /** for the worker's Node: see sabotage.ts */
  readonly nodeArguments?: readonly string[];
}

/** InfluxDB may have been away for long, and the worker waits up to half a minute between two tries. */
const HEALED_WITHIN_MS = 60_000;
/** longer than a broker takes to hand over what it holds for a worker that is connected */
const GIVEN_UP_AFTER_MS = 6_000;
const LOOK_MS = 100;

export async function startStage(options: StageOptions): Promise<Stage> {
  const opened: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const each of opened.toReversed()) await each.stop();
  };
  try {
    return await open(options, opened, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

interface StageCast extends Cast {
  readonly worker: WorkerProcess;
  readonly influx: Influx | undefined;
  readonly publishPort: number;
}

async function open(
  options: StageOptions,
  opened: { stop(): Promise<void> }[],
  stop: () => Promise<void>,
): Promise<Stage> {
  const cast = await gather(options, opened);
  return {
    worker: cast.worker,
    influx: cast.influx,
    async play(schedule, meanwhile) {
      // A schedule is only worth something from a clean slate.
      const before = await account(cast, schedule.mission, []);
      if (before.phantom.length > 0) throw new Error(`${schedule.mission} has been played before`);
      return play(cast, schedule, meanwhile);
    },
    stop,
  };
}

async function gather(options: StageOptions, opened: { stop(): Promise<void> }[]): Promise<StageCast> {
  const worker = async (settings: Record<string, string | number>): Promise<WorkerProcess> => {
    const started = await startWorkerProcess({
      settings,
      fill: (dataDir) => {
        registerMissions(dataDir, options.seeds);
      },
      ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
      ...(options.nodeArguments !== undefined && { nodeArguments: options.nodeArguments }),
    });
    opened.push(started);
    return started;
  };
  if (options.kind === 'embedded') {
    const port = await freePort();
    const started = await worker({ BROKER_PORT: port });
    return { worker: started, broker: undefined, influx: undefined, links: {}, publishPort: port };
  }
  const broker = await startMosquitto(
    options.mosquittoConfig === undefined ? {} : { config: options.mosquittoConfig },
  );
  opened.push(broker);
  const influx = await startInflux();
  opened.push(influx);
  const links = { broker: await startProxy(broker), influx: await startProxy(influx) };
  opened.push({ stop: () => links.broker.close() }, { stop: () => links.influx.close() });
  const started = await worker({
    MQTT_URL: `mqtt://127.0.0.1:${String(links.broker.port)}`,
    INFLUX_URL: `http://127.0.0.1:${String(links.influx.port)}/bluewatt`,
  });
  // Until the worker has subscribed, a broker has nobody to keep messages for.
  await until(async () => (await started.health()).broker.connected, 'the worker connects');
  await pause(500);
  return { worker: started, broker, influx, links, publishPort: broker.port };
}

async function play(cast: StageCast, schedule: Schedule, meanwhile?: () => Promise<void>): Promise<Outcome> {
  const publisher = startPublisher({
    port: cast.publishPort,
    clientId: schedule.mission,
    proof: cast.broker === undefined ? 'puback' : 'saved',
  });
  const spool = watchSpool(cast.worker);
  try {
    await Promise.all([
      publishAll(publisher, schedule),
      perform({ ...cast, hasSpooled: () => spool.most() > 0 }, schedule.acts, publisher),
      meanwhile?.(),
    ]);
    for (const link of Object.values(cast.links)) link.heal();
    const found = await settle(cast, schedule, publisher);
    return {
      differences: found,
      spooled: spool.most(),
      acknowledged: publisher.acknowledged().length,
    };
  } finally {
    spool.stop();
    publisher.close();
  }
}

/** Waits until everything is acknowledged and accounted for; resolves to what differs when that takes too long. */
async function settle(cast: StageCast, { mission }: Schedule, publisher: Publisher): Promise<Differences> {
  await until(() => publisher.pending() === 0, 'the broker acknowledges all that was published');
  const deadline = Date.now() + HEALED_WITHIN_MS;
  let calmSince = Date.now();
  let before = '';
  for (;;) {
    const found = await account(cast, mission, publisher.acknowledged());
    const isAgreed = JSON.stringify(found) === JSON.stringify(NO_DIFFERENCES);
    const isQuiet = await isAtRest(cast.worker);
    const state = JSON.stringify([found, await cast.worker.metric('bluewatt_messages_received_total')]);
    if (!isQuiet || state !== before) calmSince = Date.now();
    before = state;
    // What is missing although nothing has stirred for a while is not going to come.
    const isOver = Date.now() - calmSince > GIVEN_UP_AFTER_MS || Date.now() > deadline;
    if ((isAgreed && isQuiet) || isOver) {
      // Once more after all is quiet: what came last must not have added anything.
      return account(cast, mission, publisher.acknowledged());
    }
    await pause(LOOK_MS);
  }
}

async function isAtRest(worker: WorkerProcess): Promise<boolean> {
  const { delivery, spool, broker } = await worker.health();
  return broker.connected && delivery.unacknowledged === 0 && spool.readings === 0;
}

async function account(
  { worker, influx }: StageCast,
  mission: string,
  acknowledged: Parameters<typeof readMessages>[0],
): Promise<Differences> {
  const stored =
    influx === undefined
      ? await sqliteReadings(worker.dataDir, mission)
      : await influxReadings(influx.httpUrl, mission);
  return differences(readMessages(acknowledged), stored, { dataDir: worker.dataDir, mission });
}

function watchSpool(worker: WorkerProcess): { most(): number; stop(): void } {
  let most = 0;
  const look = setInterval(() => {
    worker.health().then(
      ({ spool }) => (most = Math.max(most, spool.readings)),
      // It is dead at the moment, by our own hand.
      () => undefined,
    );
  }, LOOK_MS);
  return {
    most: () => most,
    stop() {
      clearInterval(look);
    },
  };
}

export async function until(
  isTrue: () => boolean | Promise<boolean>,
  what: string,
  withinMs = HEALED_WITHIN_MS,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`waited ${String(withinMs)} ms in vain until ${what}`);
    await pause(LOOK_MS);
  }
}
