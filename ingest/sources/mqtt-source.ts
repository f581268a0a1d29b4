/**
 * A broker somebody runs (Mosquitto, EMQX, HiveMQ, ...), consumed with one persistent session.
 *
 * MQTT.js would acknowledge each message by itself, or hold its whole inbound pump until we let it. Neither
 * fits: we acknowledge after the write and must go on reading meanwhile. So each QoS 1 packet is taken out
 * of its hands in 'packetreceive', where lowering `packet.qos` keeps it from acknowledging, and the PUBACK is
 * written by us (see acknowledger.ts). tests/ingest/sources/mqtt-contract.test.ts holds the pinned version to this.
 */
import { readFileSync } from 'node:fs';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { createAcknowledger, type Acknowledger } from './acknowledger.ts';
import type { Receive, Source, SourceEvent } from './source.ts';

const SESSION_EXPIRY_S = 7 * 24 * 60 * 60;
const REFUSED_PROTOCOL_V4 = 1;
const REFUSED_PROTOCOL_V5 = 132;

export interface MqttSourceOptions {
  readonly url: string;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly caFile?: string;
  /** how many unacknowledged messages the broker may have under way to us */
  readonly receiveMaximum: number;
  readonly receive: Receive;
  readonly onEvent: (event: SourceEvent) => void;
}

export function createMqttSource(options: MqttSourceOptions): Source {
  let filters: readonly string[] = [];
  let isClosing = false;
  let isPaused = false;
  let hasConnected = false;
  let acknowledger: Acknowledger | undefined;
  let isAnswered = false;
  let protocolVersion: 4 | 5 = 5;
  let client: MqttClient;

  function createClient(): MqttClient {
    const created = mqtt.connect(options.url, clientOptions(options, protocolVersion));

    created.on('packetreceive', (packet) => {
      if (packet.cmd !== 'publish') return;
      const { messageId, qos } = packet;
      const current = acknowledger;
      // From here on the packet looks like QoS 0 to MQTT.js: it neither acknowledges nor waits.
      packet.qos = 0;
      if (isPaused) return;
      options.receive(
        {
          topic: packet.topic,
          payload: packet.payload as Uint8Array,
          retain: packet.retain,
          receivedAt: Date.now(),
        },
        qos === 0 || messageId === undefined || current === undefined
          ? ignore
          : () => {
              current.acknowledge(messageId);
            },
      );
    });

    created.on('connect', (connack) => {
      isAnswered = true;
      const stream = created.stream;
      acknowledger = createAcknowledger((bytes) => stream.write(bytes));
      options.onEvent({ kind: 'connected', sessionPresent: connack.sessionPresent });
      if (hasConnected && !connack.sessionPresent) options.onEvent({ kind: 'session-lost' });
      hasConnected = true;
      subscribeNow(filters);
    });

    created.on('close', () => {
      acknowledger?.retire();
      acknowledger = undefined;
      if (isClosing) return;
      options.onEvent({ kind: 'disconnected' });
      // Hung up on before any answer, and not for want of a listener: some brokers do so to a version they don't know.
      if (!isAnswered) switchProtocol();
      isAnswered = hasConnected;
    });

    created.on('error', (error) => {
      isAnswered = true;
      const code = 'code' in error ? error.code : undefined;
      if (protocolVersion === 5 && (code === REFUSED_PROTOCOL_V5 || code === REFUSED_PROTOCOL_V4)) {
        switchProtocol();
        return;
      }
      options.onEvent({ kind: 'refused', detail: error.message });
    });
    return created;
  }

  /** MQTT 5 first; a broker that speaks only 3.1.1 then keeps our session for as long as it decides. */
  function switchProtocol(): void {
    protocolVersion = protocolVersion === 5 ? 4 : 5;
    isAnswered = false;
    const old = client;
    old.removeAllListeners();
    old.on('error', ignore);
    old.end(true);
    client = createClient();
    client.connect();
  }

  function subscribeNow(wanted: readonly string[]): void {
    if (wanted.length === 0) return;
    client.subscribe([...wanted], { qos: 1, rh: 1, nl: true }, (error, grants) => {
      const refused = (grants ?? []).filter(({ qos }) => qos >= 128).map(({ topic }) => topic);
      if (refused.length > 0) options.onEvent({ kind: 'subscription-refused', filters: refused });
      else if (error !== null && !isClosing) options.onEvent({ kind: 'refused', detail: error.message });
    });
  }

  client = createClient();

  return {
    start() {
      client.connect();
      return Promise.resolve();
    },
    subscribe(wanted) {
      const added = wanted.filter((filter) => !filters.includes(filter));
      const dropped = filters.filter((filter) => !wanted.includes(filter));
      filters = [...wanted];
      if (!client.connected) return;
      subscribeNow(added);
      if (dropped.length > 0) client.unsubscribe(dropped);
    },
    publish(topic, payload, { retain }) {
      // While disconnected MQTT.js would queue these in memory: the next reading replaces them anyway.
      if (client.connected) client.publish(topic, payload, { qos: 0, retain });
    },
    isConnected: () => client.connected,
    pause() {
      // Messages that arrive from now on stay unacknowledged: the broker hands them over again next time.
      isPaused = true;
      return Promise.resolve();
    },
    async close() {
      isClosing = true;
      acknowledger?.flush();
      await client.endAsync(!client.connected);
    },
  };
}

function ignore(): void {
  // QoS 0 asks for no answer.
}

function clientOptions(options: MqttSourceOptions, protocolVersion: 4 | 5): IClientOptions {
  return {
    manualConnect: true,
    protocolVersion,
    clientId: options.clientId,
    clean: false,
    keepalive: 30,
    reconnectPeriod: 1_000,
    connectTimeout: 10_000,
    reconnectOnConnackError: true,
    resubscribe: false,
    queueQoSZero: false,
    ...(options.username !== undefined && { username: options.username }),
    ...(options.password !== undefined && { password: options.password }),
    ...(options.caFile !== undefined && { ca: readFileSync(options.caFile) }),
    ...(protocolVersion === 5 && {
      properties: { sessionExpiryInterval: SESSION_EXPIRY_S, receiveMaximum: options.receiveMaximum },
    }),
  };
}
