/**
 * faults: the schedules of the fault tests, worker and telegraf side by side. Broker, store and consumer die by SIGKILL, the
 * links are cut, delayed and reset; what the broker had acknowledged and saved is compared with what InfluxDB has at the end.
 */
import { once } from 'node:events';
import { TROUBLES } from '../fault/kinds.ts';
import { influxReadings, readMessages, type Readings } from '../fault/ledger.ts';
import { perform, publishAll, registerMissions, type Cast } from '../fault/perform.ts';
import { startProxy, type Proxy } from '../fault/proxy.ts';
import { startPublisher } from '../fault/publisher.ts';
import { scheduleOf, type Schedule } from '../fault/schedule.ts';
import { startInflux, type Influx } from '../support/influx.ts';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.ts';
import { startWorkerProcess } from '../support/worker.ts';
import { pause } from './measure.ts';
import { figuresOf, type BenchOptions, type Result } from './report.ts';
import { hasTelegraf, startTelegraf } from './telegraf.ts';

const SEEDS_A_ROUND = 10;
const FIRST_SEED = 1;
const SESSION_MS = 3_000;
/** What is missing although nothing came for this long is not going to come: longer than any pause between two tries. */
const QUIET_MS = 35_000;
const POLL_MS = 250;

interface Tally {
  readings: number;
  lost: number;
  altered: number;
  phantom: number;
}

interface Side {
  readonly broker: Mosquitto;
  readonly influx: Influx;
  readonly links: Readonly<Record<'broker' | 'influx', Proxy>>;
  readonly consumer: Cast['worker'] & { stop(): Promise<void> };
}

type StartConsumer = (addresses: {
  readonly brokerPort: number;
  readonly influxPort: number;
}) => Promise<Side['consumer']>;

export async function benchFaults({ rounds }: BenchOptions): Promise<Result> {
  const found = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = FIRST_SEED + round * SEEDS_A_ROUND;
    const seeds = Array.from({ length: SEEDS_A_ROUND }, (_, index) => first + index);
    const worker = await playAll(seeds, startWorker(seeds));
    const telegraf = hasTelegraf() ? await playAll(seeds, startTelegrafConsumer) : undefined;
    found.push({ ...named('worker', worker), ...(telegraf !== undefined && named('telegraf', telegraf)) });
  }
  return {
    scenario: 'faults',
    title: `${String(SEEDS_A_ROUND)} schedules a round of crashes and broken links, Mosquitto → consumer → InfluxDB`,
    figures: figuresOf(found, {}),
    notes: [
      'Lost: acknowledged and saved by the broker, and never in the store. Messages that are no readings are not counted.',
      ...(hasTelegraf() ? [] : ['telegraf is not on the PATH: not compared.']),
    ],
  };
}

function named(who: string, { readings, lost, altered, phantom }: Tally): Record<string, number> {
  return {
    [`${who}, readings acknowledged`]: readings,
    [`${who}, lost`]: lost,
    [`${who}, stored with other values`]: altered,
    [`${who}, stored and never published`]: phantom,
  };
}

function startWorker(seeds: readonly number[]): StartConsumer {
  return ({ brokerPort, influxPort }) =>
    startWorkerProcess({
      settings: {
        MQTT_URL: `mqtt://127.0.0.1:${String(brokerPort)}`,
        INFLUX_URL: `http://127.0.0.1:${String(influxPort)}/bluewatt`,
      },
      fill: (dataDir) => {
        registerMissions(dataDir, seeds);
      },
    });
}

const startTelegrafConsumer: StartConsumer = async ({ brokerPort, influxPort }) => {
  const start = () =>
    startTelegraf({
      brokerUrl: `tcp://127.0.0.1:${String(brokerPort)}`,
      influxUrl: `http://127.0.0.1:${String(influxPort)}/bluewatt`,
    });
  let child = start();
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  await pause(SESSION_MS);
  return {
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      child = start();
    },
    stop: () => end('SIGTERM'),
  };
};

async function playAll(seeds: readonly number[], startConsumer: StartConsumer): Promise<Tally> {
  const side = await open(startConsumer);
  const tally: Tally = { readings: 0, lost: 0, altered: 0, phantom: 0 };
  try {
    for (const seed of seeds) await playOne(side, scheduleOf(seed, TROUBLES.crash.kind), tally);
    return tally;
  } finally {
    await close(side);
  }
}

async function open(startConsumer: StartConsumer): Promise<Side> {
  const broker = await startMosquitto();
  const influx = await startInflux();
  const links = { broker: await startProxy(broker), influx: await startProxy(influx) };
  const consumer = await startConsumer({ brokerPort: links.broker.port, influxPort: links.influx.port });
  // Until it has subscribed, a broker has nobody to keep messages for.
  await pause(SESSION_MS);
  return { broker, influx, links, consumer };
}

async function close({ broker, influx, links, consumer }: Side): Promise<void> {
  await consumer.stop();
  await Promise.all(Object.values(links).map((link) => link.close()));
  await influx.stop();
  await broker.stop();
}

async function playOne(side: Side, schedule: Schedule, tally: Tally): Promise<void> {
  const { broker, influx, links, consumer } = side;
  const publisher = startPublisher({ port: broker.port, clientId: schedule.mission, proof: 'saved' });
  try {
    await Promise.all([
      publishAll(publisher, schedule),
      perform({ worker: consumer, broker, influx, links }, schedule.acts, publisher),
    ]);
    for (const link of Object.values(links)) link.heal();
    while (publisher.pending() > 0) await pause(POLL_MS);
    const { readings } = readMessages(publisher.acknowledged());
    count(tally, readings, await settled(influx, schedule.mission, readings));
  } finally {
    publisher.close();
  }
}

/** What InfluxDB has once all is there, or once nothing has come for long. */
async function settled({ httpUrl }: Influx, mission: string, expected: Readings): Promise<Readings> {
  let size = -1;
  for (let calmSince = Date.now(); Date.now() - calmSince < QUIET_MS; await pause(POLL_MS)) {
    const stored = await influxReadings(httpUrl, mission);
    if ([...expected.keys()].every((key) => stored.has(key))) return stored;
    if (stored.size === size) continue;
    size = stored.size;
    calmSince = Date.now();
  }
  return influxReadings(httpUrl, mission);
}

function count(tally: Tally, expected: Readings, stored: Readings): void {
  tally.readings += expected.size;
  for (const [key, values] of expected) {
    const kept = stored.get(key);
    if (kept === undefined) tally.lost += 1;
    else if (kept !== values) tally.altered += 1;
  }
  tally.phantom += [...stored.keys()].filter((key) => !expected.has(key)).length;
}
