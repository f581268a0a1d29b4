/** Decides on each publish of a device at the embedded broker, and answers it once it is durable. */
import type { Client, PublishPacket } from 'aedes';
import type { BrokerDoor } from './broker-door.ts';
import type { Receive } from './source.ts';

const LIVE_PREFIX = 'bluewatt/live/';
const SYSTEM_PREFIX = '$SYS/';
/** Messages that wait to become durable. Beyond, devices are turned away and keep what they have. */
const MAX_WAITING = 100_000;

type Done = (error?: Error | null) => void;

export interface PublishGateOptions {
  readonly receive: Receive;
  /** default 100,000 */
  readonly maxWaiting?: number;
}

export class PublishGate {
  readonly #receive: Receive;
  readonly #maxWaiting: number;
  readonly #door: Pick<BrokerDoor, 'lets'> | undefined;
  #waiting = 0;
  #isPaused = false;

  /** @param door undefined: everybody may publish */
  constructor(
    { receive, maxWaiting = MAX_WAITING }: PublishGateOptions,
    door: Pick<BrokerDoor, 'lets'> | undefined,
  ) {
    this.#receive = receive;
    this.#maxWaiting = maxWaiting;
    this.#door = door;
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** `client` is null for what the broker itself publishes. An error closes the device's connection unanswered. */
  admit(client: Client | null, packet: PublishPacket, done: Done): void {
    if (client === null || this.#door?.lets(client, packet) === false) {
      done(null);
      return;
    }
    const refusal = this.#refusal(packet.topic);
    if (refusal !== undefined) {
      done(new Error(refusal));
      return;
    }
    const { payload } = packet;
    this.#waiting += 1;
    this.#receive(
      {
        topic: packet.topic,
        payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
        // A broker marks as retained what it remembered. What a device publishes with the flag set is new.
        retain: false,
        receivedAt: Date.now(),
        qos: packet.qos,
      },
      () => {
        this.#waiting -= 1;
        done(null);
      },
    );
  }

  #refusal(topic: string): string | undefined {
    if (topic.startsWith(LIVE_PREFIX)) return 'bluewatt/live is read-only';
    if (topic.startsWith(SYSTEM_PREFIX)) return '$SYS is the broker’s own';
    // Closing without an answer keeps the message on the device's side.
    if (this.#isPaused) return 'the worker is stopping';
    // A device that gave up on us comes back and sends again, so that its first copies would pile up.
    if (this.#waiting >= this.#maxWaiting) return 'too much waits for the store';
    return undefined;
  }
}
