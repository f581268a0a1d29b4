/**
 * The embedded broker: meters publish straight to the worker, with nothing else to install.
 *
 * Aedes acknowledges a message before it hands it on and keeps sessions in memory, so the commit happens
 * inside its `authorizePublish` hook, which runs before the PUBACK (QoS 1) and the PUBREC (QoS 2): the
 * device's acknowledgement means *stored*. Storing is idempotent, so QoS 2's "exactly once" adds nothing
 * and costs nothing here. Packets of one read are offered together, so they share one commit.
 */
import { createServer, type Server } from 'node:net';
import { Aedes, type AedesPublishPacket } from 'aedes';
import { AppError } from '#lib/server/errors.ts';
import type { Receive, Source, SourceEvent } from './source.ts';

const LIVE_PREFIX = 'bluewatt/live/';

export interface EmbeddedBrokerOptions {
  readonly host: string;
  /** 0 takes a free port, see {@link EmbeddedBroker.port} */
  readonly port: number;
  readonly receive: Receive;
  readonly onEvent: (event: SourceEvent) => void;
}

export interface EmbeddedBroker extends Source {
  /** the port it listens on, once started */
  port(): number;
}

export async function createEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  let isPaused = false;
  const broker = await Aedes.createBroker({
    // One read's worth of packets is handled together; a larger read window means fewer, larger commits.
    concurrency: 1_000,
    drainTimeout: 60_000,
    authorizePublish(client, packet, done) {
      if (isPaused) {
        // Closing without an answer keeps the message on the device's side.
        done(new Error('the worker is stopping'));
        return;
      }
      if (client === null || packet.topic.startsWith('$') || packet.topic.startsWith(LIVE_PREFIX)) {
        done(
          packet.topic.startsWith(LIVE_PREFIX) && client !== null
            ? new Error('bluewatt/live is read-only')
            : null,
        );
        return;
      }
      const { payload } = packet;
      options.receive(
        {
          topic: packet.topic,
          payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
          // A broker marks as retained what it remembered. What a device publishes with the flag set is new.
          retain: false,
          receivedAt: Date.now(),
        },
        () => {
          done(null);
        },
      );
    },
  });
  const server: Server = createServer(broker.handle);

  return {
    async start() {
      await listen(server, options);
      options.onEvent({ kind: 'connected', sessionPresent: true });
    },
    port() {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : options.port;
    },
    subscribe() {
      // Every message that devices publish here comes to us.
    },
    publish(topic, payload, { retain }) {
      const packet = {
        cmd: 'publish',
        topic,
        payload: Buffer.from(payload),
        qos: 0,
        retain,
        dup: false,
      } as const;
      broker.publish(packet as AedesPublishPacket, noteFailure);
    },
    isConnected: () => server.listening,
    pause() {
      isPaused = true;
      return Promise.resolve();
    },
    async close() {
      await new Promise<void>((resolve) => {
        broker.close(resolve);
      });
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };

  function noteFailure(error?: Error | null): void {
    if (error instanceof Error && !broker.closed) options.onEvent({ kind: 'refused', detail: error.message });
  }
}

function listen(server: Server, { host, port }: EmbeddedBrokerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE'
          ? `Another program already listens on ${host}:${String(port)}. Set BROKER_PORT to a free port, or MQTT_URL=mqtt://${host}:${String(port)} to use that broker.`
          : `The embedded broker cannot listen on ${host}:${String(port)}: ${cause.message}`;
      reject(new AppError('PORT_IN_USE', why, { retryable: false, cause }));
    });
    server.listen(port, host, resolve);
  });
}
