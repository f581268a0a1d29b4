/**
 * A publisher that costs as little as it can: MQTT 3.1.1 packets straight onto a socket, a fixed number of
 * unacknowledged messages, and nothing else, so that what is measured is the other side.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { generate } from 'mqtt-packet';

export interface RawMessage {
  readonly topic: string;
  readonly payload: string;
}

export interface RawPublisherOptions {
  readonly port: number;
  readonly clientId: string;
  /** unacknowledged messages at most */
  readonly inFlight: number;
  /** the next message, or undefined when there is none now: call {@link RawPublisher.pump} when there is again */
  readonly next: () => RawMessage | undefined;
  /** one more message, in the order they were taken, was acknowledged */
  readonly onAcknowledged: () => void;
}

export interface RawPublisher {
  pump(): void;
  close(): void;
}

const CONNACK_BYTES = 4;
const PUBACK_BYTES = 4;
const PUBACK = 0x40;
const MAX_ID = 65_535;

/** Connects and begins to send. @throws Error when the broker refuses or hangs up */
export async function startRawPublisher(options: RawPublisherOptions): Promise<RawPublisher> {
  const socket = connect(options.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setNoDelay(true);
  socket.write(
    generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: options.clientId,
      keepalive: 0,
    }),
  );
  const [first] = (await once(socket, 'data')) as [Buffer];
  if (first.length !== CONNACK_BYTES || first[3] !== 0) throw new Error('the broker refuses the publisher');
  let unacknowledged = 0;
  let nextId = 1;
  let partial = 0;
  let isClosed = false;

  function pump(): void {
    socket.cork();
    while (unacknowledged < options.inFlight) {
      const message = options.next();
      if (message === undefined) break;
      unacknowledged += 1;
      socket.write(
        generate({ cmd: 'publish', ...message, qos: 1, messageId: nextId, dup: false, retain: false }),
      );
      nextId = nextId === MAX_ID ? 1 : nextId + 1;
    }
    socket.uncork();
  }

  socket.on('data', (chunk: Buffer) => {
    for (
      let offset = (PUBACK_BYTES - partial) % PUBACK_BYTES;
      offset < chunk.length;
      offset += PUBACK_BYTES
    ) {
      if (chunk[offset] !== PUBACK) throw new Error('the broker answers something else than a PUBACK');
    }
    const bytes = partial + chunk.length;
    partial = bytes % PUBACK_BYTES;
    for (let count = (bytes - partial) / PUBACK_BYTES; count > 0; count -= 1) {
      unacknowledged -= 1;
      options.onAcknowledged();
    }
    pump();
  });
  socket.on('close', () => {
    if (!isClosed) throw new Error('the broker hung up on the publisher');
  });
  pump();
  return {
    pump,
    close() {
      isClosed = true;
      socket.destroy();
    },
  };
}
