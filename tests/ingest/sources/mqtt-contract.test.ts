/**
 * Holds the pinned MQTT.js to what mqtt-intake.ts builds on: that a QoS 1 packet whose `qos` is lowered in
 * 'packetreceive' is not acknowledged by MQTT.js, and that the inbound pump goes on meanwhile. Every test
 * speaks to a real Mosquitto; what the broker keeps is asked of the broker.
 */
import { createServer, connect as connectSocket, type AddressInfo, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parser as createParser, type Packet } from 'mqtt-packet';
import type { InboundMessage } from '../../../ingest/decode/message.ts';
import { createEmbeddedBroker } from '../../../ingest/sources/embedded-broker.ts';
import { createMqttSource, type MqttSourceOptions } from '../../../ingest/sources/mqtt-source.ts';
import type { Source, SourceEvent } from '../../../ingest/sources/source.ts';
import { startMosquitto, type Mosquitto } from '../../support/mosquitto.ts';
import { publish } from '../../support/publish.ts';
import { describeWith } from '../../support/requires.ts';
import { until } from './until.ts';

interface Taken {
  readonly text: string;
  readonly message: InboundMessage;
  readonly settle: () => void;
}

interface Worker {
  readonly source: Source;
  readonly taken: Taken[];
  readonly events: SourceEvent[];
  readonly texts: () => string[];
  readonly count: (kind: SourceEvent['kind']) => number;
}

let cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  cleanUps = [];
});

async function startWorker(url: string, options: Partial<MqttSourceOptions> = {}): Promise<Worker> {
  const taken: Taken[] = [];
  const events: SourceEvent[] = [];
  const source = createMqttSource({
    url,
    clientId: 'bluewatt-test',
    receiveMaximum: 100,
    receive: (message, settle) =>
      taken.push({ text: Buffer.from(message.payload).toString(), message, settle }),
    onEvent: (event) => events.push(event),
    ...options,
  });
  cleanUps.push(() => source.close());
  source.subscribe(['t/#']);
  await source.start();
  await until('the worker is connected', () => source.isConnected());
  // A round trip: what was asked before it, the subscription, has been granted.
  await pause(100);
  return {
    source,
    taken,
    events,
    texts: () => taken.map(({ text }) => text),
    count: (kind) => events.filter((event) => event.kind === kind).length,
  };
}

/** A wire between worker and broker that can be cut, and that notes which packets the worker sends. */
async function startWire(brokerPort: number) {
  const sockets = new Set<Socket>();
  const sent: Packet[][] = [];
  const server = createServer((worker) => {
    const broker = connectSocket(brokerPort, '127.0.0.1');
    const packets: Packet[] = [];
    sent.push(packets);
    const parser = createParser({ protocolVersion: 5 });
    parser.on('packet', (packet: Packet) => packets.push(packet));
    worker.on('data', (bytes: Buffer) => parser.parse(bytes));
    worker.pipe(broker).pipe(worker);
    for (const socket of [worker, broker]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        worker.destroy();
        broker.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `mqtt://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    cut(): void {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    /** ids acknowledged on each connection, in order */
    acknowledged: () =>
      sent.map((packets) => packets.filter(({ cmd }) => cmd === 'puback').map(({ messageId }) => messageId)),
  };
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}

it('is written for the very version of MQTT.js that is installed', () => {
  const manifest = readFileSync(new URL('../../../node_modules/mqtt/package.json', import.meta.url), 'utf8');
  expect((JSON.parse(manifest) as { version: string }).version).toBe('5.16.0');
});

describeWith(['mosquitto', 'mosquitto_pub'], 'a worker on a broker of its own', () => {
  let broker: Mosquitto;
  beforeEach(async () => {
    broker = await startMosquitto();
    cleanUps.push(() => broker.stop());
  });

  it('acknowledges nothing before it is settled, and then in the order of receipt', async () => {
    const wire = await startWire(broker.port);
    const { taken, texts } = await startWorker(wire.url);
    await publish({ port: broker.port, topic: 't/a', payload: numbers(1, 50) });
    await until('50 messages are there', () => taken.length === 50);
    await pause(200);
    expect(texts()).toEqual(numbers(1, 50));
    expect(wire.acknowledged()).toEqual([[]]);
    for (const { settle } of taken.slice(0, 30)) settle();
    await until('30 are acknowledged', () => wire.acknowledged()[0]?.length === 30);
    expect(wire.acknowledged()).toEqual([numbers(1, 30).map(Number)]);
  });

  it('I5: is sent no more than its window, and the rest as it acknowledges', async () => {
    const { taken } = await startWorker(broker.url, { receiveMaximum: 10 });
    await publish({ port: broker.port, topic: 't/a', payload: numbers(1, 25) });
    await until('the window is full', () => taken.length === 10);
    await pause(200);
    expect(taken).toHaveLength(10);
    for (const { settle } of taken) settle();
    await until('the next come', () => taken.length >= 20);
    for (const { settle } of taken.slice(10)) settle();
    await until('all came', () => taken.length === 25);
  });

  it('I5, I8: takes little more than its window from a broker that sends more, and stays connected meanwhile', async () => {
    const fast = await startMosquitto({
      config: 'allow_anonymous true\npersistence false\nmax_queued_messages 0\n',
    });
    cleanUps.push(() => fast.stop());
    const first = await startWorker(fast.url);
    await first.source.close();
    // Some 60 of them in a piece of 64 KiB.
    const payload = numbers(1, 1_000).map((number) => number.padEnd(1_000, '.'));
    await publish({ port: fast.port, topic: 't/a', payload });
    const { source, taken, texts, count } = await startWorker(fast.url, {
      receiveMaximum: 100,
      keepaliveS: 1,
    });
    await until('the window is full', () => taken.length >= 100);
    // Mosquitto 2.0 sends all the rest upon the first acknowledgement of a resumed session.
    taken[0]?.settle();
    await pause(3_500);
    expect(taken.length).toBeLessThan(300);
    expect(source.isConnected()).toBe(true);
    expect(count('disconnected')).toBe(0);
    let settled = 1;
    await until('all came', () => {
      for (; settled < taken.length; settled += 1) taken[settled]?.settle();
      return taken.length >= payload.length;
    });
    expect(texts()).toEqual(payload);
  });

  it('I4: sends no stale PUBACK after a reconnect, and takes what was not acknowledged again', async () => {
    const wire = await startWire(broker.port);
    const { taken, texts, count } = await startWorker(wire.url);
    await publish({ port: broker.port, topic: 't/a', payload: numbers(1, 10) });
    await until('10 messages are there', () => taken.length === 10);
    for (const { settle } of taken.slice(0, 4)) settle();
    await until('4 are acknowledged', () => wire.acknowledged()[0]?.length === 4);
    wire.cut();
    // Durable now, but its connection is gone.
    for (const { settle } of taken.slice(4)) settle();
    await until('the rest comes again', () => taken.length === 16);
    expect(texts().slice(10)).toEqual(numbers(5, 10));
    await pause(200);
    expect(wire.acknowledged()[1]).toEqual([]);
    for (const { settle } of taken.slice(10)) settle();
    await until('they are acknowledged', () => wire.acknowledged()[1]?.length === 6);
    expect(count('disconnected')).toBe(1);
    expect(count('session-lost')).toBe(0);
  });

  it('acknowledges what a resumed session hands over in the very turn of its CONNACK', async () => {
    const first = await startWorker(broker.url);
    await first.source.close();
    await publish({ port: broker.port, topic: 't/a', payload: numbers(1, 60) });
    const wire = await startWire(broker.port);
    const second = await startWorker(wire.url);
    await until('the backlog is there', () => second.taken.length === 60);
    for (const { settle } of second.taken) settle();
    await until('all of it is acknowledged', () => wire.acknowledged()[0]?.length === 60);
    expect(second.events[0]).toEqual({ kind: 'connected', sessionPresent: true });
  });

  it('I8: keeps its connection while nothing is settled for longer than the keepalive', async () => {
    const { source, taken, count } = await startWorker(broker.url, { keepaliveS: 1 });
    await publish({ port: broker.port, topic: 't/a', payload: numbers(1, 50) });
    await until('all came', () => taken.length === 50);
    // The broker hangs up after one and a half, MQTT.js after one without an answer to its ping.
    await pause(3_500);
    expect(source.isConnected()).toBe(true);
    expect(count('disconnected')).toBe(0);
    await publish({ port: broker.port, topic: 't/a', payload: 'still there' });
    await until('the pump goes on', () => taken.length === 51);
  });

  it('unsubscribes what a former life asked for, and tells once that is confirmed', async () => {
    const first = await startWorker(broker.url);
    first.source.subscribe(['t/#', 'old/#']);
    await until('both are subscribed', () => first.source.isConnected());
    await publish({ port: broker.port, topic: 'old/a', payload: 'before' });
    await until('the old topic comes', () => first.texts().includes('before'));
    for (const { settle } of first.taken) settle();
    await first.source.close();

    const texts: string[] = [];
    const gone: (readonly string[])[] = [];
    const standing = new Set(['t/#', 'old/#']);
    const second = createMqttSource({
      url: broker.url,
      clientId: 'bluewatt-test',
      receiveMaximum: 100,
      receive: ({ payload }) => texts.push(Buffer.from(payload).toString()),
      onEvent: (event) => {
        if (event.kind === 'unsubscribed') gone.push(event.filters);
      },
      subscriptions: {
        standing: () => [...standing],
        note: (filters) => {
          for (const filter of filters) standing.add(filter);
        },
        forget: (filters) => {
          for (const filter of filters) standing.delete(filter);
        },
      },
    });
    cleanUps.push(() => second.close());
    second.subscribe(['t/#', 'new/#']);
    await second.start();
    await until('the broker confirms', () => gone.length === 1);
    expect(gone).toEqual([['old/#']]);
    expect([...standing]).toEqual(['t/#', 'new/#']);
    await publish({ port: broker.port, topic: 'old/a', payload: 'unwanted' });
    await publish({ port: broker.port, topic: 't/a', payload: 'wanted' });
    await until('what is wanted comes', () => texts.length > 0);
    expect(texts).toEqual(['wanted']);
  });

  it('has the broker save what is in flight, so that both may die at once', async () => {
    const wire = await startWire(broker.port);
    const { taken } = await startWorker(wire.url);
    await publish({ port: broker.port, topic: 't/a', payload: numbers(1, 5) });
    await until('all came', () => taken.length === 5);
    // Nothing is settled: to this Mosquitto alone nothing changed, and so it saved nothing.
    await pause(500);
    await broker.kill();
    wire.cut();
    await broker.restart();
    const { texts } = await startWorker(broker.url, { clientId: 'bluewatt-test' });
    await until('they come again', () => texts().length === 5);
    expect(texts()).toEqual(numbers(1, 5));
  });

  it('tells when the broker forgot the session', async () => {
    const forgetful = await startMosquitto({ config: 'allow_anonymous true\npersistence false\n' });
    cleanUps.push(() => forgetful.stop());
    const { events, count, taken } = await startWorker(forgetful.url);
    expect(count('session-lost')).toBe(0);
    await forgetful.kill();
    await forgetful.restart();
    await until('the worker is back', () => count('connected') === 2);
    expect(events.at(-1)).toEqual({ kind: 'session-lost' });
    await pause(200);
    await publish({ port: forgetful.port, topic: 't/a', payload: 'subscribed anew' });
    await until('it listens again', () => taken.length === 1);
  });

  it('tells QoS 0 from QoS 1, so that best effort can be dropped when there is no room', async () => {
    const { taken } = await startWorker(broker.url);
    await publish({ port: broker.port, topic: 't/a', payload: 'maybe', qos: 0 });
    await publish({ port: broker.port, topic: 't/a', payload: 'surely', qos: 1 });
    await until('both came', () => taken.length === 2);
    expect(taken.map(({ message }) => message.qos)).toEqual([0, 1]);
  });

  it('leaves to the broker what arrives while it pauses, and still acknowledges what it took', async () => {
    const first = await startWorker(broker.url);
    await publish({ port: broker.port, topic: 't/a', payload: numbers(1, 3) });
    await until('3 came', () => first.taken.length === 3);
    await first.source.pause();
    await publish({ port: broker.port, topic: 't/a', payload: numbers(4, 6) });
    await pause(200);
    for (const { settle } of first.taken) settle();
    await first.source.close();
    const second = await startWorker(broker.url);
    await until('the others come next time', () => second.taken.length === 3);
    expect(second.texts()).toEqual(numbers(4, 6));
  });

  it('does not wait for a broker that hangs when it closes', async () => {
    const wire = await startWire(broker.port);
    const { source } = await startWorker(wire.url);
    process.kill(broker.pid, 'SIGSTOP');
    try {
      await source.close();
    } finally {
      process.kill(broker.pid, 'SIGCONT');
    }
    expect(source.isConnected()).toBe(false);
  });
});

it('falls back to MQTT 3.1.1 when the broker knows nothing newer', async () => {
  const received: string[] = [];
  const older = await createEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    receive: ({ payload }, settled) => {
      received.push(Buffer.from(payload).toString());
      settled();
    },
    onEvent: () => undefined,
  });
  cleanUps.push(() => older.close());
  await older.start();
  const { source, taken, count } = await startWorker(`mqtt://127.0.0.1:${String(older.port())}`);
  older.publish('t/a', 'from the older broker', { retain: false });
  await until('a message came', () => taken.length === 1);
  expect(source.isConnected()).toBe(true);
  expect(count('connected')).toBe(1);
});

it('says which topics the broker does not let it read', async () => {
  const strict = await Aedes.createBroker({
    authorizeSubscribe: (_client, subscription, done) => {
      done(null, subscription.topic === 't/secret' ? null : subscription);
    },
  });
  const server = createServer(strict.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(
    () => new Promise<void>((resolve) => strict.close(resolve)),
    () => new Promise((resolve) => server.close(resolve)),
  );
  const { port } = server.address() as AddressInfo;
  const { source, events } = await startWorker(`mqtt://127.0.0.1:${String(port)}`);
  source.subscribe(['t/#', 't/secret']);
  await until('the refusal is told', () => events.some(({ kind }) => kind === 'subscription-refused'));
  expect(events.at(-1)).toEqual({ kind: 'subscription-refused', filters: ['t/secret'] });
});

it('closes although it was never started', async () => {
  const source = createMqttSource({
    url: 'mqtt://127.0.0.1:1',
    clientId: 'bluewatt-test',
    receiveMaximum: 10,
    receive: () => undefined,
    onEvent: () => undefined,
  });
  await source.close();
  expect(source.isConnected()).toBe(false);
});

it('knocks again without haste where a listener drops every connection', async () => {
  let knocks = 0;
  const server = createServer((socket) => {
    knocks += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = (server.address() as AddressInfo).port;
  const source = createMqttSource({
    url: `mqtt://127.0.0.1:${String(port)}`,
    clientId: 'bluewatt-test',
    receiveMaximum: 10,
    receive: () => undefined,
    onEvent: () => undefined,
  });
  await source.start();
  await pause(2_500);
  expect(knocks).toBeGreaterThan(1);
  expect(knocks).toBeLessThan(10);
  await source.close();
  await new Promise((resolve) => server.close(resolve));
});
