/**
 * The state of a Sparkplug primary host (`SPARKPLUG_HOST_ID`), for edge nodes that publish only while theirs is there, and
 * keep what they measure meanwhile. Each form of the message has a session of its own, because a session has one will:
 * clean, as the specification wants it, and apart from the persistent one that readings come by.
 *
 * The host is online while readings come in: after the source has subscribed, and not while it is away or stopping. Its
 * end is a will when the process dies, and told beforehand when it stops.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { hostStateForms, type HostStateForm } from './host-state.ts';
import type { Source } from './source.ts';

const RECONNECT_MS = 1_000;
/** How long a broker that does not answer may take for our goodbye. */
const GOODBYE_MS = 300;

export interface AnnouncementOptions {
  readonly url: string;
  readonly hostId: string;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly caFile?: string;
}

/** `source`, with the host's state announced while it is connected. */
export function announced(
  source: Source,
  options: AnnouncementOptions,
): { source: Source; noteSource: () => void } {
  const forms = hostStateForms(options.hostId).map((form) => new StateSession(form, options));
  const tell = (): void => {
    for (const form of forms) form.tell(source.isConnected());
  };
  const end = (): Promise<unknown> => Promise.all(forms.map((form) => form.close()));
  return {
    noteSource: tell,
    source: {
      async start() {
        await source.start();
        for (const form of forms) form.connect();
        tell();
      },
      // Before the last messages: what an edge node says from now on it had better keep. And before the source: the
      // embedded broker takes nobody's word once it pauses, ours neither.
      async pause() {
        await end();
        await source.pause();
      },
      async close() {
        await end();
        await source.close();
      },
      subscribe: (filters) => {
        source.subscribe(filters);
      },
      publish: (topic, payload, how) => {
        source.publish(topic, payload, how);
      },
      isConnected: () => source.isConnected(),
    },
  };
}

class StateSession {
  readonly #form: HostStateForm;
  readonly #client: MqttClient;
  #sessionAt = Date.now();
  #isOnline = false;
  #isClosing = false;

  constructor(form: HostStateForm, options: AnnouncementOptions) {
    this.#form = form;
    this.#client = mqtt.connect(options.url, { ...sessionOptions(form, options), will: this.#will() });
    this.#client.on('reconnect', () => {
      // Each session's birth and will tell the same time, and one that is newer than those of the session before.
      this.#sessionAt = Math.max(Date.now(), this.#sessionAt + 1);
      this.#client.options.will = this.#will();
    });
    this.#client.on('connect', () => {
      this.#client.subscribe(form.topic, { qos: 1 });
      if (this.#isOnline) this.#say();
    });
    this.#client.on('message', (_, payload) => {
      // The will of a session of ours that the broker noticed too late, or somebody else's mistake: we are here.
      if (form.isOnline(payload.toString()) === false && this.#isOnline && !this.#isClosing) this.#say();
    });
    // It tries again by itself; whether the broker is there, readings tell.
    this.#client.on('error', () => undefined);
  }

  connect(): void {
    this.#client.connect();
  }

  tell(isOnline: boolean): void {
    if (isOnline === this.#isOnline || this.#isClosing) return;
    this.#isOnline = isOnline;
    this.#say();
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    // With a DISCONNECT, or the broker would publish the will as well.
    const leave = async (): Promise<void> => {
      await new Promise<void>((told) => {
        this.#publish(false, told);
      });
      await this.#client.endAsync();
    };
    if (this.#client.connected) await Promise.race([leave(), pause(GOODBYE_MS, undefined, { ref: false })]);
    await this.#client.endAsync(true);
  }

  #say(): void {
    if (this.#client.connected) this.#publish(this.#isOnline);
  }

  #publish(isOnline: boolean, done: () => void = () => undefined): void {
    const { topic, payload } = this.#form;
    this.#client.publish(topic, payload(isOnline, this.#sessionAt), { qos: 1, retain: true }, done);
  }

  #will(): NonNullable<IClientOptions['will']> {
    const payload = Buffer.from(this.#form.payload(false, this.#sessionAt));
    return { topic: this.#form.topic, payload, qos: 1, retain: true };
  }
}

function sessionOptions(form: HostStateForm, options: AnnouncementOptions): IClientOptions {
  const { clientId, username, password, caFile } = options;
  return {
    manualConnect: true,
    protocolVersion: 4,
    clean: true,
    clientId: `${clientId}-state-${form.name}`,
    reconnectPeriod: RECONNECT_MS,
    connectTimeout: 10_000,
    resubscribe: false,
    queueQoSZero: false,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(caFile !== undefined && { ca: readFileSync(caFile) }),
  };
}
