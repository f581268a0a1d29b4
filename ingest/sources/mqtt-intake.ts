/**
 * The intake: takes publishes off the wire before MQTT.js sees them, and acknowledges them when they are durable.
 *
 * MQTT.js would acknowledge each message by itself, or hold its whole inbound pump until we let it. Neither fits: we
 * acknowledge after the write and must go on reading meanwhile. So the bytes of each connection come by here first:
 * publishes are read (publish-divider.ts) and handed on, the PUBACK is written by us (acknowledger.ts), and MQTT.js gets all
 * the rest: CONNACK, SUBACK, PINGRESP, DISCONNECT. It still owns the connection, its keepalive and its reconnects.
 * tests/ingest/sources/mqtt-contract.test.ts holds the pinned version to what is built upon here.
 *
 * A connection begins with its CONNACK: messages of a resumed session follow in the same bytes, and one that met no
 * acknowledger would hold its place in the broker's window for as long as the connection lives.
 */
import type { Duplex } from 'node:stream';
import type { MqttClient } from 'mqtt';
import { createAcknowledger, type Acknowledger } from './acknowledger.ts';
import { Brake } from './brake.ts';
import type { ProtocolVersion } from './connection-options.ts';
import { PublishDivider, type PublishPacket } from './publish-divider.ts';
import { SaveReminder } from './save-reminder.ts';
import type { Receive } from './source.ts';

/** MQTT.js's own, where none is told. */
const DEFAULT_KEEPALIVE_S = 60;
/** An UNSUBSCRIBE needs no right, changes nothing by a filter that nobody asked for, and makes Mosquitto save. */
const NEVER_SUBSCRIBED = 'bluewatt/reminder';

export interface IntakeParts {
  readonly receive: Receive;
  /** how many messages may be handed on and not settled */
  readonly window: number;
  /** the broker let us in; no message of this connection was handed over yet */
  readonly onSession: (isPresent: boolean) => void;
}

/** A connection to the broker, from its CONNACK on. What it delivered is acknowledged on it, or never. */
interface Connection {
  readonly acknowledger: Acknowledger;
  readonly brake: Brake;
  readonly reminder: SaveReminder;
}

export class MqttIntake {
  readonly #parts: IntakeParts;
  #current: Connection | undefined;
  #isPaused = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Comes between `client`, which has not connected yet, and every connection it will make. */
  attach(client: MqttClient, protocolVersion: ProtocolVersion): void {
    // Private by its type alone: what builds a connection's stream. MQTT.js has no other place to look at bytes.
    const building = client as unknown as { streamBuilder: (...told: unknown[]) => Duplex };
    const build = building.streamBuilder;
    building.streamBuilder = (...told) => {
      const stream = build(...told);
      this.#tap(client, stream, protocolVersion);
      return stream;
    };
    client.on('close', () => {
      this.close();
    });
  }

  /** The connection is gone: what it delivered is never acknowledged. */
  close(): void {
    this.#current?.acknowledger.retire();
    this.#current?.brake.retire();
    this.#current?.reminder.retire();
    this.#current = undefined;
  }

  /** Takes no more messages; they stay unacknowledged. What was taken is still acknowledged. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Sends at once what may be acknowledged. */
  flush(): void {
    this.#current?.acknowledger.flush();
  }

  /** MQTT.js reads its stream by `pipe`: what it pipes to gets what is left when the publishes are taken out. */
  #tap(client: MqttClient, stream: Duplex, protocolVersion: ProtocolVersion): void {
    stream.pipe = (destination) => {
      let connection: Connection | undefined;
      const divider = new PublishDivider({
        protocolVersion,
        onPublish: (packet) => {
          // Before its CONNACK a broker has nothing to hand over; after its end it hands all over again.
          if (connection !== undefined && connection === this.#current) this.#take(packet, connection);
        },
        onConnack: ({ reasonCode, isSessionPresent }) => {
          if (reasonCode !== 0) return;
          connection = this.#open(client, stream);
          this.#parts.onSession(isSessionPresent);
        },
        onRest: (bytes) => destination.write(bytes),
      });
      stream.on('data', (chunk: Buffer) => {
        try {
          divider.take(chunk);
        } catch (error) {
          // Of a receiver's fault as of the broker's: the connection is given up, and nothing of it acknowledged.
          stream.destroy(error instanceof Error ? error : new Error(String(error)));
        }
      });
      return destination;
    };
  }

  #open(client: MqttClient, stream: Duplex): Connection {
    this.close();
    this.#current = {
      acknowledger: createAcknowledger((bytes) => stream.write(bytes)),
      brake: new Brake({
        stream,
        window: this.#parts.window,
        keepaliveMs: (client.options.keepalive ?? DEFAULT_KEEPALIVE_S) * 1_000,
        ping: () => {
          client.sendPing();
          client.reschedulePing(true);
        },
      }),
      reminder: new SaveReminder(() => {
        if (client.connected) client.unsubscribe(NEVER_SUBSCRIBED, ignore);
      }),
    };
    return this.#current;
  }

  #take({ topic, payload, qos, retain, messageId }: PublishPacket, connection: Connection): void {
    if (this.#isPaused) return;
    const { acknowledger, brake, reminder } = connection;
    const message = { topic, payload, retain, receivedAt: Date.now(), qos };
    if (messageId === undefined) {
      this.#parts.receive(message, ignore);
      return;
    }
    brake.noteTaken();
    reminder.noteTaken();
    this.#parts.receive(message, () => {
      acknowledger.acknowledge(messageId);
      brake.noteSettled();
      reminder.noteSettled();
    });
  }
}

function ignore(): void {
  // QoS 0 asks for no answer, and a reminder for none either.
}
