/** A broker somebody runs (Mosquitto, EMQX, HiveMQ, ...), consumed with one persistent session. */
import mqtt, { type MqttClient } from 'mqtt';
import { clientOptions, type ConnectionOptions, type ProtocolVersion } from './connection-options.ts';
import { MqttIntake } from './mqtt-intake.ts';
import type { Receive, Source, SourceEvent, Subscriptions } from './source.ts';

const REFUSED_PROTOCOL_V4 = 1;
const REFUSED_PROTOCOL_V5 = 132;
const REFUSED_SUBSCRIPTION = 128;
const RECONNECT_MS = 1_000;
/** How long a broker that does not answer may take for our goodbye. */
const CLOSE_WITHIN_MS = 2_000;

export interface MqttSourceOptions extends ConnectionOptions {
  readonly receive: Receive;
  readonly onEvent: (event: SourceEvent) => void;
  /** what former lives asked this broker for; absent where nobody remembers */
  readonly subscriptions?: Subscriptions;
}

export function createMqttSource(options: MqttSourceOptions): Source {
  return new MqttSource(options);
}

class MqttSource implements Source {
  readonly #options: MqttSourceOptions;
  readonly #intake: MqttIntake;
  #client: MqttClient;
  #protocolVersion: ProtocolVersion = 5;
  #switching: NodeJS.Timeout | undefined;
  #filters: readonly string[];
  /** no longer wanted, and not yet confirmed to be gone */
  readonly #dropped = new Set<string>();
  #isStarted = false;
  #hasConnected = false;
  /** whether anything but silence came back since we last began to connect */
  #isAnswered = false;
  #isClosing = false;

  constructor(options: MqttSourceOptions) {
    this.#options = options;
    this.#filters = options.subscriptions?.standing() ?? [];
    this.#intake = new MqttIntake({
      receive: options.receive,
      window: options.receiveMaximum,
      onSession: (isPresent) => {
        this.#noteSession(isPresent);
      },
    });
    this.#client = this.#createClient();
  }

  start(): Promise<void> {
    this.#isStarted = true;
    this.#client.connect();
    return Promise.resolve();
  }

  subscribe(wanted: readonly string[]): void {
    this.#options.subscriptions?.note(wanted);
    const added = wanted.filter((filter) => !this.#filters.includes(filter));
    for (const filter of this.#filters) this.#dropped.add(filter);
    for (const filter of wanted) this.#dropped.delete(filter);
    this.#filters = [...wanted];
    if (!this.#client.connected) return;
    this.#subscribeNow(added);
    this.#unsubscribeDropped();
  }

  publish(topic: string, payload: string | Uint8Array, { retain }: { retain: boolean }): void {
    // While disconnected MQTT.js would queue these in memory: the next reading replaces them anyway.
    const body = typeof payload === 'string' ? payload : Buffer.from(payload);
    if (this.#client.connected) this.#client.publish(topic, body, { qos: 0, retain });
  }

  isConnected(): boolean {
    return this.#client.connected;
  }

  pause(): Promise<void> {
    // Messages that arrive from now on stay unacknowledged: the broker hands them over again next time.
    this.#intake.pause();
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#switching);
    if (!this.#isStarted) return;
    this.#intake.flush();
    const client = this.#client;
    // A connection whose other end vanished would take our goodbye for ever.
    const cut = setTimeout(() => client.stream.destroy(), CLOSE_WITHIN_MS);
    await client.endAsync(!client.connected);
    clearTimeout(cut);
  }

  #createClient(): MqttClient {
    const { url } = this.#options;
    const client = mqtt.connect(url, clientOptions(this.#options, this.#protocolVersion, RECONNECT_MS));
    this.#intake.attach(client, this.#protocolVersion);
    client.on('connect', () => {
      this.#subscribeNow(this.#filters);
      this.#unsubscribeDropped();
    });
    client.on('close', () => {
      this.#noteClose();
    });
    client.on('error', (error) => {
      this.#noteError(error);
    });
    return client;
  }

  #noteSession(sessionPresent: boolean): void {
    this.#isAnswered = true;
    this.#options.onEvent({ kind: 'connected', sessionPresent });
    if (this.#hasConnected && !sessionPresent) this.#options.onEvent({ kind: 'session-lost' });
    this.#hasConnected = true;
  }

  #noteClose(): void {
    if (this.#isClosing) return;
    this.#options.onEvent({ kind: 'disconnected' });
    // Hung up on before any answer, and not for want of a listener: some brokers do so to a version they don't know.
    if (!this.#isAnswered) this.#switchProtocol();
    this.#isAnswered = this.#hasConnected;
  }

  #noteError(error: Error): void {
    this.#isAnswered = true;
    const code = 'code' in error ? error.code : undefined;
    const isProtocol = code === REFUSED_PROTOCOL_V5 || code === REFUSED_PROTOCOL_V4;
    if (this.#protocolVersion === 5 && isProtocol) this.#switchProtocol();
    else if (!this.#isClosing) this.#options.onEvent({ kind: 'refused', detail: error.message });
  }

  /** MQTT 5 first; a broker that speaks only 3.1.1 then keeps our session for as long as it decides. */
  #switchProtocol(): void {
    const isFirst = this.#protocolVersion === 5;
    this.#protocolVersion = isFirst ? 4 : 5;
    const old = this.#client;
    old.removeAllListeners();
    old.on('error', ignore);
    old.end(true);
    this.#intake.close();
    const connect = (): void => {
      this.#isAnswered = false;
      this.#client = this.#createClient();
      this.#client.connect();
    };
    // A listener that takes connections and drops them all must not be knocked at without a pause.
    this.#switching = setTimeout(connect, isFirst ? 0 : RECONNECT_MS);
  }

  /** After the subscriptions, so that a filter which covers an old one misses nothing in between. */
  #unsubscribeDropped(): void {
    const filters = [...this.#dropped];
    if (filters.length === 0) return;
    this.#client.unsubscribe(filters, (error) => {
      // Without an answer they stay dropped, and are asked again with the next connection.
      if (error) return;
      const gone = filters.filter((filter) => this.#dropped.delete(filter));
      if (gone.length === 0) return;
      this.#options.subscriptions?.forget(gone);
      this.#options.onEvent({ kind: 'unsubscribed', filters: gone });
    });
  }

  #subscribeNow(wanted: readonly string[]): void {
    if (wanted.length === 0) return;
    this.#client.subscribe([...wanted], { qos: 1, rh: 1, nl: true }, (error, _asked, answer) => {
      const { onEvent } = this.#options;
      const codes = answer?.granted ?? [];
      const refused = wanted.filter((_, index) => Number(codes[index] ?? 0) >= REFUSED_SUBSCRIPTION);
      if (refused.length > 0) onEvent({ kind: 'subscription-refused', filters: refused });
      else if (error !== null && !this.#isClosing) onEvent({ kind: 'refused', detail: error.message });
    });
  }
}

function ignore(): void {
  // The client was given up; what becomes of its connection is of no interest.
}
