/**
 * A device with a ledger of its own: raw MQTT 3.1.1 at QoS 1, every message sent again on each new connection
 * until the broker has acknowledged it. Nothing of MQTT.js, which may drop a publish when it reconnects.
 *
 * Mosquitto sends a PUBACK first and saves its file later, at the end of the same turn of its loop, or at the next change when
 * it handed the message straight to a subscriber (docs/decisions/0006): a SIGKILL between the two loses what it has
 * acknowledged. So to Mosquitto a message counts as acknowledged only once it certainly has saved: after the PUBACK comes
 * an UNSUBSCRIBE, which is a change, and after its answer a PINGREQ, which is answered in a later turn, all on the same
 * connection. The embedded broker gets no such allowance: there a PUBACK means stored.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { generate, parser, type IPublishPacket, type Packet } from 'mqtt-packet';

export interface Message {
  readonly topic: string;
  readonly payload: string;
}

export interface Publisher {
  /** Queues a message; it is sent until it is acknowledged. */
  send(message: Message): void;
  /** messages given to {@link send} that are not acknowledged yet */
  pending(): number;
  acknowledged(): readonly Message[];
  /** how many packets were sent, repetitions included */
  sent(): number;
  /** Resolves in the very turn in which the next acknowledgement comes. */
  nextAcknowledgement(): Promise<void>;
  close(): void;
}

export interface PublisherOptions {
  readonly port: number;
  readonly clientId: string;
  /** what counts as an acknowledgement */
  readonly proof: 'puback' | 'saved';
  readonly username?: string;
  readonly password?: string;
}

const RECONNECT_MS = 100;
const PING_MS = 40;
/** Below the 100 that a default Mosquitto takes of one client at a time. */
const MAX_IN_FLIGHT = 50;
/** Apart from those of publishes. */
const PROOF_ID = 65_535;

export function startPublisher(options: PublisherOptions): Publisher {
  const queue: Message[] = [];
  const acknowledged: Message[] = [];
  let wakers: (() => void)[] = [];
  let sent = 0;
  let isClosed = false;
  let socket: Socket | undefined;

  function acknowledge(messages: readonly Message[]): void {
    acknowledged.push(...messages);
    if (messages.length === 0) return;
    for (const wake of wakers) wake();
    wakers = [];
  }

  function onePacket(to: Socket, packet: Packet): void {
    if (to.writable) to.write(generate(packet));
  }

  /** One connection, from CONNECT to its end. What it had under way goes back to the queue. */
  function converse(): Promise<void> {
    const stream = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    socket = stream;
    const packets = parser({ protocolVersion: 4 });
    const inFlight = new Map<number, Message>();
    /** PUBACK has come, the broker's next sign of life has not */
    let unproven: Message[] = [];
    let proving: Message[] | undefined;
    let nextId = 0;
    let isConnected = false;

    function sendMore(): void {
      while (isConnected && inFlight.size < MAX_IN_FLIGHT) {
        const message = queue.shift();
        if (message === undefined) return;
        nextId = (nextId % (PROOF_ID - 1)) + 1;
        inFlight.set(nextId, message);
        sent += 1;
        const packet: IPublishPacket = {
          cmd: 'publish',
          messageId: nextId,
          qos: 1,
          dup: false,
          retain: false,
          topic: message.topic,
          payload: message.payload,
        };
        onePacket(stream, packet);
      }
    }

    function prove(): void {
      if (proving !== undefined || unproven.length === 0) return;
      proving = unproven;
      unproven = [];
      onePacket(stream, { cmd: 'unsubscribe', messageId: PROOF_ID, unsubscriptions: ['never/subscribed'] });
    }

    packets.on('packet', (packet: Packet) => {
      if (packet.cmd === 'connack') isConnected = packet.returnCode === 0;
      if (packet.cmd === 'puback' && packet.messageId !== undefined) {
        const message = inFlight.get(packet.messageId);
        inFlight.delete(packet.messageId);
        if (message !== undefined && options.proof === 'puback') acknowledge([message]);
        else if (message !== undefined) unproven.push(message);
      }
      if (packet.cmd === 'unsuback') onePacket(stream, { cmd: 'pingreq' });
      if (packet.cmd === 'pingresp') {
        acknowledge(proving ?? []);
        proving = undefined;
      }
      sendMore();
    });
    const beat = setInterval(() => {
      sendMore();
      prove();
    }, PING_MS);
    stream.on('connect', () => {
      onePacket(stream, {
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: options.clientId,
        keepalive: 60,
        ...(options.username !== undefined && { username: options.username }),
        ...(options.password !== undefined && { password: Buffer.from(options.password) }),
      });
    });
    stream.on('data', (chunk: Buffer) => packets.parse(chunk));
    stream.on('error', () => undefined);
    return new Promise((resolve) => {
      stream.on('close', () => {
        clearInterval(beat);
        // In the order in which they were first sent, and before what is new.
        queue.unshift(...(proving ?? []), ...unproven, ...inFlight.values());
        resolve();
      });
    });
  }

  async function converseForEver(): Promise<void> {
    while (!isClosed) {
      await converse();
      await pause(RECONNECT_MS);
    }
  }
  let handedOver = 0;
  void converseForEver();

  return {
    send(message) {
      handedOver += 1;
      queue.push(message);
    },
    pending: () => handedOver - acknowledged.length,
    acknowledged: () => acknowledged,
    sent: () => sent,
    nextAcknowledgement: () =>
      new Promise((resolve) => {
        wakers.push(resolve);
      }),
    close() {
      isClosed = true;
      socket?.destroy();
    },
  };
}
