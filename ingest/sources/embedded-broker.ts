/**
 * The embedded broker: meters publish straight to the worker, with nothing else to install.
 *
 * Aedes acknowledges a message before it hands it on and keeps sessions in memory, so the commit happens
 * inside its `authorizePublish` hook, which runs before the PUBACK (QoS 1) and the PUBREC (QoS 2): the
 * device's acknowledgement then means *stored*, or refused to its user and told (broker-door.ts). Storing is idempotent, so QoS 2's "exactly once" adds nothing
 * and costs nothing here. Packets of one read are offered together, so they share one commit.
 */
import { Aedes, type Client, type Subscription } from 'aedes';
import type { BrokerAccess } from './broker-access.ts';
import { BrokerDoor } from './broker-door.ts';
import { BrokerListener, type Place, type TlsPlace } from './broker-listener.ts';
import { PublishGate } from './publish-gate.ts';
import type { Receive, Source, SourceEvent } from './source.ts';

/** How soon somebody who was revoked is out, and a renewed certificate in. */
const ROUND_MS = 1_000;
/** SUBACK of MQTT 3.1.1: the subscription was refused. */
const REFUSED_SUBSCRIPTION = 128;

export interface EmbeddedBrokerOptions extends Place {
  /** a second place, with TLS */
  readonly tls?: TlsPlace;
  /** absent: everybody who reaches it may do everything */
  readonly access?: BrokerAccess;
  readonly receive: Receive;
  readonly onEvent: (event: SourceEvent) => void;
  /** default 100,000 */
  readonly maxWaiting?: number;
}

export interface EmbeddedBroker extends Source {
  /** the port it listens on, once started */
  port(): number;
  /** the one with TLS; undefined where there is none */
  tlsPort(): number | undefined;
}

/** @throws AppError CONFIG_INVALID when certificate or key cannot be used */
export async function createEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const door = options.access && new BrokerDoor(options.access);
  const gate = new PublishGate(options, door);
  const listeners = (aedes: Aedes, onFault: (error?: Error | null) => void): BrokerListener[] =>
    [options, ...(options.tls === undefined ? [] : [options.tls])].map(
      (place) => new BrokerListener(place, { onSocket: (socket) => aedes.handle(socket), onFault }),
    );
  const aedes = await Aedes.createBroker({
    // One read's worth of packets is handled together; a larger read window means fewer, larger commits.
    concurrency: 1_000,
    drainTimeout: 60_000,
    ...door?.hooks,
    authorizePublish: (client, packet, done) => {
      gate.admit(client, packet, done);
    },
  });
  try {
    return new AedesSource({ aedes, gate, door, listeners, onEvent: options.onEvent });
  } catch (error) {
    aedes.close();
    throw error;
  }
}

class AedesSource implements EmbeddedBroker {
  readonly #aedes: Aedes;
  readonly #gate: PublishGate;
  readonly #door: BrokerDoor | undefined;
  readonly #onEvent: (event: SourceEvent) => void;
  readonly #listeners: readonly BrokerListener[];
  #rounds: NodeJS.Timeout | undefined;

  constructor(parts: {
    aedes: Aedes;
    gate: PublishGate;
    door: BrokerDoor | undefined;
    listeners: (aedes: Aedes, onFault: (error?: Error | null) => void) => readonly BrokerListener[];
    onEvent: (event: SourceEvent) => void;
  }) {
    this.#aedes = parts.aedes;
    this.#gate = parts.gate;
    this.#door = parts.door;
    this.#onEvent = parts.onEvent;
    this.#listeners = parts.listeners(parts.aedes, this.#noteFailure);
  }

  async start(): Promise<void> {
    for (const listener of this.#listeners) await listener.listen();
    (this.#aedes as NodeJS.EventEmitter).on('error', this.#noteFailure);
    this.#aedes.on('subscribe', this.#forgetRefused);
    this.#rounds = setInterval(this.#round, ROUND_MS);
    this.#onEvent({ kind: 'connected', sessionPresent: true });
  }

  port(): number {
    return this.#listeners[0]?.port ?? 0;
  }

  tlsPort(): number | undefined {
    return this.#listeners[1]?.port;
  }

  subscribe(): void {
    // Every message that devices publish here comes to us.
  }

  publish(topic: string, payload: string | Uint8Array, { retain }: { retain: boolean }): void {
    const packet = {
      cmd: 'publish',
      topic,
      payload: Buffer.from(payload),
      qos: 0,
      retain,
      dup: false,
    } as const;
    this.#aedes.publish(packet, this.#noteFailure);
  }

  isConnected(): boolean {
    return this.#listeners.every(({ isListening }) => isListening);
  }

  pause(): Promise<void> {
    this.#gate.pause();
    return Promise.resolve();
  }

  async close(): Promise<void> {
    clearInterval(this.#rounds);
    await new Promise<void>((resolve) => {
      this.#aedes.close(resolve);
    });
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }

  readonly #round = (): void => {
    try {
      this.#door?.round();
      for (const listener of this.#listeners) listener.followCertificate();
    } catch (error) {
      this.#noteFailure(error instanceof Error ? error : new Error(String(error)));
    }
  };

  /** Aedes keeps all filters of a request in the session when it grants one of them, and would queue for the others too. */
  readonly #forgetRefused = (subscriptions: readonly Subscription[], client: Client): void => {
    const refused = subscriptions.filter(({ qos }) => (qos as number) === REFUSED_SUBSCRIPTION);
    if (refused.length === 0 || client.clean) return;
    const { persistence } = this.#aedes as unknown as {
      persistence: { removeSubscriptions(client: Client, topics: readonly string[]): Promise<unknown> };
    };
    const topics = refused.map(({ topic }) => topic);
    persistence.removeSubscriptions(client, topics).catch(this.#noteFailure);
  };

  readonly #noteFailure = (error?: Error | null): void => {
    if (error instanceof Error && !this.#aedes.closed)
      this.#onEvent({ kind: 'refused', detail: error.message });
  };
}
