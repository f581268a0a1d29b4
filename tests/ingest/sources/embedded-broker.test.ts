/** The embedded broker, as devices meet it: with MQTT.js as the device. */
import { connect as connectSocket, createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, expect, it } from 'vitest';
import type { InboundMessage } from '../../../ingest/decode/message.ts';
import {
  createEmbeddedBroker,
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
} from '../../../ingest/sources/embedded-broker.ts';
import type { SourceEvent } from '../../../ingest/sources/source.ts';
import { until } from './until.ts';

interface Taken {
  readonly message: InboundMessage;
  readonly settle: () => void;
}

let cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  cleanUps = [];
});

async function startBroker(options: Partial<EmbeddedBrokerOptions> = {}) {
  const taken: Taken[] = [];
  const events: SourceEvent[] = [];
  const broker: EmbeddedBroker = await createEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    receive: (message, settle) => taken.push({ message, settle }),
    onEvent: (event) => events.push(event),
    ...options,
  });
  await broker.start();
  cleanUps.push(() => broker.close());
  return { broker, taken, events };
}

async function startDevice(broker: EmbeddedBroker, options: IClientOptions = {}): Promise<MqttClient> {
  const device = await connectAsync(`mqtt://127.0.0.1:${String(broker.port())}`, {
    reconnectPeriod: 0,
    protocolVersion: 4,
    ...options,
  });
  device.on('error', () => undefined);
  cleanUps.push(() => device.endAsync(true));
  return device;
}

/** What the broker sends to the device, by name. */
function answersTo(device: MqttClient): string[] {
  const answers: string[] = [];
  device.on('packetreceive', ({ cmd }) => answers.push(cmd));
  return answers;
}

it('answers QoS 1 with PUBACK only after the message is settled, in order', async () => {
  const { broker, taken } = await startBroker();
  const device = await startDevice(broker);
  const done: number[] = [];
  for (const number of [1, 2, 3]) {
    device.publish('t', String(number), { qos: 1 }, () => done.push(number));
  }
  await until('3 messages are there', () => taken.length === 3);
  await pause(100);
  expect(done).toEqual([]);
  taken[0]?.settle();
  taken[1]?.settle();
  await until('two are acknowledged', () => done.length === 2);
  expect(done).toEqual([1, 2]);
});

it('answers QoS 2 with PUBREC only after the message is settled', async () => {
  const { broker, taken } = await startBroker();
  const device = await startDevice(broker);
  const answers = answersTo(device);
  const published = device.publishAsync('t', 'once', { qos: 2 });
  await until('the message is there', () => taken.length === 1);
  await pause(100);
  expect(answers).toEqual([]);
  taken[0]?.settle();
  await published;
  expect(answers).toEqual(['pubrec', 'pubcomp']);
});

it('takes what a device publishes with the retain flag as new', async () => {
  const { broker, taken } = await startBroker();
  const device = await startDevice(broker);
  device.publish('t', 'now', { qos: 1, retain: true });
  await until('the message is there', () => taken.length === 1);
  expect(taken[0]?.message).toMatchObject({ topic: 't', retain: false, qos: 1 });
});

it.each(['bluewatt/live/m/c/x', '$SYS/broker/uptime'])('lets no device publish to %s', async (topic) => {
  const { broker, taken } = await startBroker();
  const reader = await startDevice(broker);
  const heard: string[] = [];
  reader.on('message', (from, payload) => heard.push(`${from} ${payload.toString()}`));
  await reader.subscribeAsync([topic, 'bluewatt/live/#']);
  const device = await startDevice(broker);
  const closed = new Promise((resolve) =>
    device.once('close', () => {
      resolve(undefined);
    }),
  );
  device.publish(topic, 'forged', { qos: 1 });
  await closed;
  broker.publish('bluewatt/live/m/c/x', 'genuine', { retain: true });
  await until('the genuine reading is heard', () => heard.length > 0);
  expect(heard.filter((line) => !line.endsWith('genuine') && !line.startsWith('$SYS'))).toEqual([]);
  expect(heard.join()).not.toContain('forged');
  expect(taken).toEqual([]);
});

it('says which setting to change when its port is taken', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const broker = await createEmbeddedBroker({
    host: '127.0.0.1',
    port,
    receive: () => undefined,
    onEvent: () => undefined,
  });
  await expect(broker.start()).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    retryable: false,
    message: expect.stringContaining('Set BROKER_PORT to a free port') as string,
  });
});

it('leaves messages with the devices while it stops, and still answers those it took', async () => {
  const { broker, taken } = await startBroker();
  const [early, late] = [await startDevice(broker), await startDevice(broker)];
  const published = early.publishAsync('t', 'taken', { qos: 1 });
  await until('the message is there', () => taken.length === 1);
  await broker.pause();
  const closed = new Promise((resolve) =>
    late.once('close', () => {
      resolve(undefined);
    }),
  );
  late.publish('t', 'too late', { qos: 1 });
  await closed;
  taken[0]?.settle();
  await published;
  expect(taken).toHaveLength(1);
});

it('turns devices away when too much waits for the store, and takes them again afterwards', async () => {
  const { broker, taken } = await startBroker({ maxWaiting: 2 });
  const first = await startDevice(broker);
  const published = [1, 2].map((number) => first.publishAsync('t', String(number), { qos: 1 }));
  await until('the room is full', () => taken.length === 2);
  const second = await startDevice(broker);
  const closed = new Promise((resolve) =>
    second.once('close', () => {
      resolve(undefined);
    }),
  );
  second.publish('t', '3', { qos: 1 });
  await closed;
  expect(taken).toHaveLength(2);
  for (const { settle } of taken) settle();
  await Promise.all(published);
  const third = await startDevice(broker);
  third.publish('t', '3', { qos: 1 });
  await until('there is room again', () => taken.length === 3);
});

it('closes although somebody connected and never said a word', async () => {
  const { broker } = await startBroker();
  const silent = connectSocket(broker.port(), '127.0.0.1');
  silent.on('error', () => undefined);
  await new Promise((resolve) => silent.once('connect', resolve));
  await broker.close();
  expect(broker.isConnected()).toBe(false);
});
