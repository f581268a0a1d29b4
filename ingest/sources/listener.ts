/**
 * An ear on a broker somebody runs: topics that the worker has not subscribed to, because nobody has told it of the
 * device. A connection of its own, QoS 0 and no session, so that nothing is queued for it and the meters' window is
 * never its; where much is going on it listens only a moment each minute. Nothing depends on it.
 */
import mqtt, { type MqttClient } from 'mqtt';
import { covers } from '#lib/registry/mqtt-filter.ts';
import type { InboundMessage } from '../decode/message.ts';
import { clientOptions, type ConnectionOptions } from './connection-options.ts';

/** More in one second is a busy broker: hearing every meter's message twice would cost more than it tells. */
const BUSY_MESSAGES_PER_S = 500;
const REST_MS = 60_000;
const RECONNECT_MS = 10_000;

export type ListenerConnection = Omit<ConnectionOptions, 'receiveMaximum'>;

export interface ListenerParts {
  readonly connection: ListenerConnection;
  /** MQTT filters to listen to */
  readonly filters: readonly string[];
  /** what the worker's own session is subscribed to; that is not overheard */
  readonly taken: () => readonly string[];
  readonly overheard: (message: InboundMessage) => void;
}

export class Listener {
  readonly #parts: ListenerParts;
  readonly #client: MqttClient;
  #second = 0;
  #heard = 0;
  #restsUntil = 0;
  #isRefused = false;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
    const { connection } = parts;
    const options = clientOptions({ ...connection, receiveMaximum: 1_000 }, 4, RECONNECT_MS);
    this.#client = mqtt.connect(connection.url, { ...options, clean: true });
    // A broker that is away is the worker's own connection's news.
    this.#client.on('error', () => undefined);
    this.#client.on('connect', () => {
      if (Date.now() >= this.#restsUntil) this.#listen();
    });
    this.#client.on('message', (topic, payload, { retain }) => {
      this.#take({ topic, payload, retain, receivedAt: Date.now(), qos: 0 });
    });
  }

  start(): void {
    this.#client.connect();
  }

  /** Whether the broker does not let us listen. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** To be called every second or so. @param now epoch ms */
  round(now: number): void {
    if (this.#restsUntil === 0 || now < this.#restsUntil) return;
    this.#restsUntil = 0;
    if (this.#client.connected) this.#listen();
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }

  #listen(): void {
    this.#client.subscribe([...this.#parts.filters], { qos: 0 }, (error, granted) => {
      this.#isRefused =
        error !== null && error !== undefined ? true : granted?.every(({ qos }) => qos >= 128) === true;
    });
  }

  #take(message: InboundMessage): void {
    const second = Math.floor(message.receivedAt / 1_000);
    if (second !== this.#second) [this.#second, this.#heard] = [second, 0];
    this.#heard += 1;
    if (this.#heard > BUSY_MESSAGES_PER_S) {
      // What is still under way comes after the broker has been told.
      if (this.#restsUntil === 0) this.#client.unsubscribe([...this.#parts.filters]);
      this.#restsUntil = message.receivedAt + REST_MS;
      return;
    }
    if (this.#parts.taken().some((filter) => covers(filter, message.topic))) return;
    this.#parts.overheard(message);
  }
}
