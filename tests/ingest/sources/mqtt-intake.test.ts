/** What a real broker brings about only now and then: packets in one piece with the CONNACK, or after the end. */
import { EventEmitter } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import type { MqttClient } from 'mqtt';
import { generate, type Packet } from 'mqtt-packet';
import { afterEach, expect, it, vi } from 'vitest';
import { MqttIntake } from '../../../ingest/sources/mqtt-intake.ts';

const WINDOW = 4;

/** A client of MQTT.js as far as the intake knows it: something that builds a stream, pipes it and tells its end. */
class FakeClient extends EventEmitter {
  readonly options = { keepalive: 1 };
  readonly sendPing = vi.fn();
  readonly reschedulePing = vi.fn();
  streamBuilder: () => BrokerStream = () => new BrokerStream();
  stream = new BrokerStream();
  /** what was left for MQTT.js */
  rest: Buffer[] = [];

  connect(): void {
    this.stream = this.streamBuilder();
    this.stream.on('error', (error) => this.emit('stream-error', error));
    this.stream.pipe(
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          this.rest.push(chunk);
          done();
        },
      }),
    );
  }
}

/** The broker's end: bytes are given to it by `emit`, and it collects the ids of the PUBACKs that are written to it. */
class BrokerStream extends PassThrough {
  readonly acknowledged: number[] = [];

  override write(bytes: Uint8Array): boolean {
    for (let offset = 0; offset < bytes.length; offset += 4) {
      expect([bytes[offset], bytes[offset + 1]]).toEqual([0x40, 2]);
      this.acknowledged.push(((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0));
    }
    return true;
  }
}

function setUp() {
  const settles: (() => void)[] = [];
  const log: string[] = [];
  const intake = new MqttIntake({
    receive: ({ payload }, settled) => {
      log.push(Buffer.from(payload).toString());
      settles.push(settled);
    },
    window: WINDOW,
    onSession: (isPresent) => log.push(`session ${String(isPresent)}`),
  });
  const client = new FakeClient();
  intake.attach(client as unknown as MqttClient, 5);

  function send(...packets: Packet[]): void {
    const bytes = packets.map((packet) => generate(packet, { protocolVersion: 5 }));
    client.stream.emit('data', Buffer.concat(bytes));
  }
  function connack(code = 0): readonly number[] {
    client.connect();
    send(connackPacket(code));
    return client.stream.acknowledged;
  }
  function publish(text: string, messageId: number): void {
    send(publishPacket(text, messageId));
  }
  return { intake, client, log, settles, send, connack, publish };
}

function connackPacket(reasonCode: number): Packet {
  return { cmd: 'connack', reasonCode, sessionPresent: reasonCode === 0 };
}

function publishPacket(payload: string, messageId: number): Packet {
  return { cmd: 'publish', topic: 't', payload, qos: 1, retain: false, dup: false, messageId };
}

it('acknowledges what comes in one piece with the CONNACK, before MQTT.js has seen that', async () => {
  const { client, log, settles, send } = setUp();
  client.connect();
  send(connackPacket(0), publishPacket('early', 65_535));
  settles[0]?.();
  await Promise.resolve();
  expect(log).toEqual(['session true', 'early']);
  expect(client.stream.acknowledged).toEqual([65_535]);
});

it('leaves every packet but publishes to MQTT.js, whole and in their order', () => {
  const { client, connack, send } = setUp();
  connack();
  client.rest.length = 0;
  const others: Packet[] = [
    { cmd: 'suback', messageId: 4, granted: [1] },
    { cmd: 'pingresp' },
    { cmd: 'disconnect', reasonCode: 142 },
  ];
  send(...others.flatMap((packet, index) => [packet, publishPacket('x', index + 1)]));
  const expected = others.map((packet) => generate(packet, { protocolVersion: 5 }));
  expect(client.rest.map((bytes) => bytes.toString('hex'))).toEqual(
    expected.map((bytes) => bytes.toString('hex')),
  );
});

it('ends a connection that brings what is not MQTT, with the reason', async () => {
  const { client, connack, log } = setUp();
  const failed = new Promise<Error>((resolve) => client.once('stream-error', resolve));
  connack();
  client.stream.emit('data', Buffer.from([0x36, 5, 0, 1, 0x74, 0, 1]));
  expect((await failed).message).toContain('QoS 3');
  expect(client.stream.destroyed).toBe(true);
  expect(log).toEqual(['session true']);
});

it('takes nothing from a connection that was refused or has ended', () => {
  const { client, log, connack, publish } = setUp();
  connack(135);
  publish('refused', 1);
  connack();
  client.emit('close');
  publish('too late', 2);
  expect(log).toEqual(['session true']);
});

it('writes the acknowledgements of one turn at once, and none of an earlier connection', async () => {
  const { client, settles, connack, publish } = setUp();
  const first = connack();
  for (const id of [1, 2, 3]) publish('x', id);
  settles[0]?.();
  await Promise.resolve();
  settles[1]?.();
  client.emit('close');
  const second = connack();
  publish('other', 2);
  settles[2]?.();
  await Promise.resolve();
  expect(first).toEqual([1]);
  expect(second).toEqual([]);
  settles[3]?.();
  await Promise.resolve();
  expect(second).toEqual([2]);
});

it('sends what is due when asked, without waiting for the end of the turn', () => {
  const { intake, settles, connack, publish } = setUp();
  const written = connack();
  publish('x', 7);
  settles[0]?.();
  intake.flush();
  expect(written).toEqual([7]);
});

afterEach(() => {
  vi.useRealTimers();
});

it('reads on only when half of what the window allows is settled, and pings meanwhile in place of MQTT.js', () => {
  vi.useFakeTimers();
  const { client, settles, connack, publish } = setUp();
  connack();
  for (const id of [1, 2, 3, 4]) publish('x', id);
  expect(client.stream.isPaused()).toBe(false);
  publish('more than was agreed', 5);
  expect(client.stream.isPaused()).toBe(true);
  vi.advanceTimersByTime(1_000);
  expect(client.sendPing).toHaveBeenCalledTimes(3);
  expect(client.reschedulePing).toHaveBeenCalledWith(true);
  for (const settle of settles.slice(0, 2)) settle();
  expect(client.stream.isPaused()).toBe(true);
  settles[2]?.();
  expect(client.stream.isPaused()).toBe(false);
  vi.advanceTimersByTime(5_000);
  expect(client.sendPing).toHaveBeenCalledTimes(3);
});

it('pings for no connection that is gone', () => {
  vi.useFakeTimers();
  const { client, connack, publish } = setUp();
  connack();
  for (const id of [1, 2, 3, 4, 5]) publish('x', id);
  client.emit('close');
  vi.advanceTimersByTime(5_000);
  expect(client.sendPing).not.toHaveBeenCalled();
});
