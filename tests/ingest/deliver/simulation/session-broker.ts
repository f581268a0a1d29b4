/**
 * A broker with one persistent session: at most `receiveMaximum` messages under way, ids used again after a
 * reconnect for other messages, everything that was not acknowledged handed over again in order. It reads the
 * bytes that the real acknowledger writes, and complains about every PUBACK that it did not expect.
 */
import { createAcknowledger, type Acknowledger } from '../../../../ingest/sources/acknowledger.ts';
import type { InboundMessage } from '../../../../ingest/decode/message.ts';
import type { Published } from './publishers.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface BrokerParts {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly receiveMaximum: number;
  /** what one write acknowledged, in order */
  readonly onAcknowledged: (messages: readonly Published[]) => void;
  readonly complain: (what: string) => void;
}

export type Handover = (message: InboundMessage, settled: () => void) => void;

interface UnderWay {
  readonly id: number;
  readonly message: Published;
}

export class SessionBroker {
  readonly #parts: BrokerParts;
  /** not acknowledged yet, in order; the first `#underWay.length` QoS 1 ones are under way */
  #queue: Published[] = [];
  #underWay: UnderWay[] = [];
  #handover: Handover | undefined;
  #acknowledger: Acknowledger | undefined;
  #connection = 0;

  constructor(parts: BrokerParts) {
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0 && this.#underWay.length === 0;
  }

  publish(message: Published): void {
    this.#queue.push(message);
    this.#sendSoon();
  }

  connect(handover: Handover): void {
    this.disconnect();
    const connection = (this.#connection += 1);
    this.#handover = handover;
    this.#acknowledger = createAcknowledger((bytes) => {
      this.#read(bytes, connection);
    });
    this.#sendSoon();
  }

  disconnect(): void {
    this.#acknowledger?.retire();
    this.#handover = undefined;
    this.#queue = [...this.#underWay.map(({ message }) => message), ...this.#queue];
    this.#underWay = [];
  }

  #sendSoon(): void {
    const connection = this.#connection;
    this.#parts.time.after(this.#parts.random.between(0, 3), () => {
      if (connection === this.#connection) this.#send();
    });
  }

  #send(): void {
    const { random, receiveMaximum, time } = this.#parts;
    const handover = this.#handover;
    const acknowledger = this.#acknowledger;
    const message = this.#queue[0];
    if (handover === undefined || acknowledger === undefined || message === undefined) return;
    if (message.qos === 1 && this.#underWay.length >= receiveMaximum) return;
    this.#queue.shift();
    const inbound = {
      topic: 't',
      payload: Buffer.from(message.text),
      retain: false,
      receivedAt: time.now(),
      qos: message.qos,
    };
    if (message.qos === 0) {
      handover(inbound, () => undefined);
    } else {
      let id = random.between(1, receiveMaximum + 2);
      while (this.#underWay.some((other) => other.id === id)) id = (id % (receiveMaximum + 2)) + 1;
      this.#underWay.push({ id, message });
      handover(inbound, () => {
        acknowledger.acknowledge(id);
      });
    }
    this.#sendSoon();
  }

  #read(bytes: Uint8Array, connection: number): void {
    if (connection !== this.#connection || this.#handover === undefined) {
      this.#parts.complain('I4: a PUBACK on another connection than the one that delivered');
      return;
    }
    const acknowledged: Published[] = [];
    for (let offset = 0; offset < bytes.length; offset += 4) {
      const id = ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0);
      const oldest = this.#underWay.shift();
      if (oldest?.id !== id) {
        this.#parts.complain(`I4: PUBACK ${String(id)}, but ${String(oldest?.id)} was received first`);
        return;
      }
      acknowledged.push(oldest.message);
    }
    this.#parts.onAcknowledged(acknowledged);
    this.#sendSoon();
  }
}
