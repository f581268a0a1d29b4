/**
 * The embedded broker: meters publish straight to the worker, with nothing else to install.
 *
 * Aedes acknowledges a message before it hands it on and keeps sessions in memory, so the commit happens
 * inside its `authorizePublish` hook, which runs before the PUBACK (QoS 1) and the PUBREC (QoS 2): the
 * device's acknowledgement means *stored*. Storing is idempotent, so QoS 2's "exactly once" adds nothing
 * and costs nothing here. Packets of one read are offered together, so they share one commit.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import { AppError } from '#lib/server/errors.ts';
import type { Receive, Source, SourceEvent } from './source.ts';

const LIVE_PREFIX = 'bluewatt/live/';
const SYSTEM_PREFIX = '$SYS/';
/** Messages that wait to become durable. Beyond, devices are turned away and keep what they have. */
const MAX_WAITING = 100_000;

export interface EmbeddedBrokerOptions {
  readonly host: string;
  /** 0 takes a free port, see {@link EmbeddedBroker.port} */
  readonly port: number;
  readonly receive: Receive;
  readonly onEvent: (event: SourceEvent) => void;
  /** default 100,000 */
  readonly maxWaiting?: number;
}

export interface EmbeddedBroker extends Source {
  /** the port it listens on, once started */
  port(): number;
}

export async function createEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const gate = new PublishGate(options);
  const aedes = await Aedes.createBroker({
    // One read's worth of packets is handled together; a larger read window means fewer, larger commits.
    concurrency: 1_000,
    drainTimeout: 60_000,
    authorizePublish: (client, packet, done) => {
      gate.admit(client, packet, done);
    },
  });
  return new AedesSource(aedes, gate, options);
}

type Done = (error?: Error | null) => void;

/** Decides on each publish of a device, and answers it once it is durable. */
class PublishGate {
  readonly #receive: Receive;
  readonly #maxWaiting: number;
  #waiting = 0;
  #isPaused = false;

  constructor({ receive, maxWaiting = MAX_WAITING }: EmbeddedBrokerOptions) {
    this.#receive = receive;
    this.#maxWaiting = maxWaiting;
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** `client` is null for what the broker itself publishes. An error closes the device's connection unanswered. */
  admit(client: Client | null, packet: PublishPacket, done: Done): void {
    if (client === null) {
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

class AedesSource implements EmbeddedBroker {
  readonly #aedes: Aedes;
  readonly #gate: PublishGate;
  readonly #options: EmbeddedBrokerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(aedes: Aedes, gate: PublishGate, options: EmbeddedBrokerOptions) {
    this.#aedes = aedes;
    this.#gate = gate;
    this.#options = options;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      aedes.handle(socket);
    });
  }

  async start(): Promise<void> {
    await listen(this.#server, this.#options);
    // Out of file handles, for one: those who are connected go on, and the others try again.
    this.#server.on('error', this.#noteFailure);
    (this.#aedes as NodeJS.EventEmitter).on('error', this.#noteFailure);
    this.#options.onEvent({ kind: 'connected', sessionPresent: true });
  }

  port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : this.#options.port;
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
    return this.#server.listening;
  }

  pause(): Promise<void> {
    this.#gate.pause();
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#aedes.close(resolve);
    });
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    // Also who connected but never said CONNECT: Aedes knows nothing of them.
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  readonly #noteFailure = (error?: Error | null): void => {
    if (error instanceof Error && !this.#aedes.closed) {
      this.#options.onEvent({ kind: 'refused', detail: error.message });
    }
  };
}

function listen(server: Server, { host, port }: EmbeddedBrokerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const why =
        cause.code === 'EADDRINUSE'
          ? `Another program already listens on ${host}:${String(port)}. Set BROKER_PORT to a free port, or MQTT_URL=mqtt://${host}:${String(port)} to use that broker.`
          : `The embedded broker cannot listen on ${host}:${String(port)}: ${cause.message}`;
      reject(new AppError('PORT_IN_USE', why, { retryable: false, cause }));
    };
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}
