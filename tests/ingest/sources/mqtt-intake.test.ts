/** What a real broker brings about only now and then: packets between CONNACK and 'connect', or after the end. */
import { EventEmitter } from 'node:events';
import type { MqttClient } from 'mqtt';
import { expect, it } from 'vitest';
import { MqttIntake } from '../../../ingest/sources/mqtt-intake.ts';

function setUp() {
  const settles: (() => void)[] = [];
  const log: string[] = [];
  const intake = new MqttIntake({
    receive: ({ payload }, settled) => {
      log.push(Buffer.from(payload).toString());
      settles.push(settled);
    },
    onSession: (isPresent) => log.push(`session ${String(isPresent)}`),
  });
  const client = Object.assign(new EventEmitter(), { stream: streamOf([]) });
  intake.attach(client as unknown as MqttClient);

  function connack(written: number[], code = 0): void {
    client.stream = streamOf(written);
    client.emit('packetreceive', { cmd: 'connack', reasonCode: code, sessionPresent: true });
  }
  function publish(text: string, messageId: number): { qos: number } {
    const packet = {
      cmd: 'publish',
      topic: 't',
      payload: Buffer.from(text),
      qos: 1,
      retain: false,
      messageId,
    };
    client.emit('packetreceive', packet);
    return packet;
  }
  return { intake, client, log, settles, connack, publish };
}

/** Collects the ids of the PUBACKs that are written to it. */
function streamOf(ids: number[]) {
  return {
    write(bytes: Uint8Array): boolean {
      for (let offset = 0; offset < bytes.length; offset += 4) {
        expect([bytes[offset], bytes[offset + 1]]).toEqual([0x40, 2]);
        ids.push(((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0));
      }
      return true;
    },
  };
}

it('acknowledges what comes after the CONNACK and before the connect event', async () => {
  const { log, settles, connack, publish } = setUp();
  const written: number[] = [];
  connack(written);
  const packet = publish('early', 65_535);
  expect(packet.qos).toBe(0);
  settles[0]?.();
  await Promise.resolve();
  expect(log).toEqual(['session true', 'early']);
  expect(written).toEqual([65_535]);
});

it('takes nothing from a connection that was refused or has ended', () => {
  const { client, log, connack, publish } = setUp();
  connack([], 135);
  publish('refused', 1);
  connack([]);
  client.emit('close');
  publish('too late', 2);
  expect(log).toEqual(['session true']);
});

it('writes the acknowledgements of one turn at once, and none of an earlier connection', async () => {
  const { client, settles, connack, publish } = setUp();
  const first: number[] = [];
  const second: number[] = [];
  connack(first);
  for (const id of [1, 2, 3]) publish('x', id);
  settles[0]?.();
  await Promise.resolve();
  settles[1]?.();
  client.emit('close');
  connack(second);
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
  const written: number[] = [];
  connack(written);
  publish('x', 7);
  settles[0]?.();
  intake.flush();
  expect(written).toEqual([7]);
});
