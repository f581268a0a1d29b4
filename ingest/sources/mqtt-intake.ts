/**
 * The intake: takes publishes out of MQTT.js's hands and acknowledges them when they are durable.
 *
 * MQTT.js would acknowledge each message by itself, or hold its whole inbound pump until we let it. Neither
 * fits: we acknowledge after the write and must go on reading meanwhile. So each QoS 1 packet is taken in
 * 'packetreceive', where lowering `packet.qos` keeps MQTT.js from acknowledging, and the PUBACK is written by
 * us (see acknowledger.ts). tests/ingest/sources/mqtt-contract.test.ts holds the pinned version to this.
 *
 * A connection begins with its CONNACK packet, not with MQTT.js's 'connect' event, which comes some turns of
 * the event loop later: messages of a resumed session arrive in between, and one that met no acknowledger
 * would hold its place in the broker's window for as long as the connection lives.
 */
import type { MqttClient } from 'mqtt';
import type { IConnackPacket, IPublishPacket } from 'mqtt-packet';
import { createAcknowledger, type Acknowledger } from './acknowledger.ts';
import type { Receive } from './source.ts';

export interface IntakeParts {
  readonly receive: Receive;
  /** the broker let us in; no message of this connection was handed over yet */
  readonly onSession: (isPresent: boolean) => void;
}

export class MqttIntake {
  readonly #parts: IntakeParts;
  #acknowledger: Acknowledger | undefined;
  #isPaused = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  attach(client: MqttClient): void {
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'publish') this.#take(packet);
      else if (packet.cmd === 'connack') this.#open(client, packet);
    });
    client.on('close', () => {
      this.close();
    });
  }

  /** The connection is gone: what it delivered is never acknowledged. */
  close(): void {
    this.#acknowledger?.retire();
    this.#acknowledger = undefined;
  }

  /** Takes no more messages; they stay unacknowledged. What was taken is still acknowledged. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Sends at once what may be acknowledged. */
  flush(): void {
    this.#acknowledger?.flush();
  }

  #open({ stream }: MqttClient, packet: IConnackPacket): void {
    if ((packet.reasonCode ?? packet.returnCode ?? 0) !== 0) return;
    this.close();
    this.#acknowledger = createAcknowledger((bytes) => stream.write(bytes));
    this.#parts.onSession(packet.sessionPresent);
  }

  #take(packet: IPublishPacket): void {
    const { messageId, qos } = packet;
    const acknowledger = this.#acknowledger;
    // From here on the packet looks like QoS 0 to MQTT.js: it neither acknowledges nor waits.
    packet.qos = 0;
    // Of a connection that is gone: the broker hands it over again.
    if (this.#isPaused || acknowledger === undefined) return;
    this.#parts.receive(
      {
        topic: packet.topic,
        payload: packet.payload as Uint8Array,
        retain: packet.retain,
        receivedAt: Date.now(),
        qos,
      },
      messageId === undefined
        ? ignore
        : () => {
            acknowledger.acknowledge(messageId);
          },
    );
  }
}

function ignore(): void {
  // QoS 0 asks for no answer.
}
