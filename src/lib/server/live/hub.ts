/**
 * The live hub: one MQTT subscription for all browsers together. Retained messages give each meter's last
 * value at once after a start; losing the broker only pauses the picture, because mqtt.js reconnects and the
 * store, not the hub, is where readings are kept.
 */
import { readFileSync } from 'node:fs';
import { connect, type IClientOptions } from 'mqtt';
import { LIVE_PREFIX, parseLiveMessage } from './live-message.ts';
import { createNewestReadings, type Listener } from './newest-readings.ts';

export interface LiveHubOptions {
  readonly brokerUrl: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM, when the broker's certificate is signed by an authority of your own */
  readonly ca?: string;
  /** path of a PEM file, read when `ca` is absent */
  readonly caFile?: string;
  /** browsers at once; further ones are told to come back */
  readonly maxWatchers?: number;
}

export interface LiveHub {
  /**
   * Hears the newest reading of each of the camp's meters at once, then each newer one, at most one a second
   * a meter. Returns the way to stop, or undefined when as many watch as may.
   */
  watch(camp: { mission: string; camp: string }, listener: Listener): (() => void) | undefined;
  /** whether the broker is connected at this moment */
  readonly connected: boolean;
  /** Hears each change of `connected`; returns the way to stop. */
  onConnection(listener: (isConnected: boolean) => void): () => void;
  readonly watchers: number;
  /** Hears that the hub ends, so that whoever follows it can end too; returns the way to stop. */
  onClose(listener: () => void): () => void;
  /** Ends every stream and the connection; may be called twice. */
  close(): Promise<void>;
}

/** Ten times the largest mission; a broker that invents meters can't fill memory. */
const MAX_METERS = 20_000;
const MAX_WATCHERS = 200;

export function createLiveHub(options: LiveHubOptions): LiveHub {
  const readings = createNewestReadings({
    meters: MAX_METERS,
    watchers: options.maxWatchers ?? MAX_WATCHERS,
    everyMs: 1_000,
  });
  const client = connect(options.brokerUrl, clientOptions(options));
  const connectionListeners = new Set<(isConnected: boolean) => void>();
  const closeListeners = new Set<() => void>();
  const tell = (isConnected: boolean): void => {
    for (const listener of connectionListeners) listener(isConnected);
  };
  client.on('message', (topic, payload) => {
    const reading = parseLiveMessage(topic, payload);
    if (reading !== undefined) readings.take(reading);
  });
  client.on('connect', () => {
    client.subscribe(`${LIVE_PREFIX}#`, { qos: 0 });
    tell(true);
  });
  client.on('close', () => {
    tell(false);
  });
  // Without a listener an unreachable broker would end the web server; it tries again by itself.
  client.on('error', () => undefined);

  const hub: LiveHub = {
    watch: (camp, listener) => readings.watch(camp, listener),
    get connected() {
      return client.connected;
    },
    onConnection(listener) {
      connectionListeners.add(listener);
      return () => connectionListeners.delete(listener);
    },
    get watchers() {
      return readings.watchers;
    },
    onClose(listener) {
      closeListeners.add(listener);
      return () => closeListeners.delete(listener);
    },
    async close() {
      for (const listener of [...closeListeners]) listener();
      readings.clear();
      if (!client.disconnecting) await client.endAsync(true);
    },
  };
  closeWithProcess(hub);
  return hub;
}

/**
 * The web server stops accepting at SIGTERM and waits for what is open. A browser's stream never ends by itself
 * and a client that reconnects keeps the process alive: without this, a restart would hang for good.
 */
function closeWithProcess(hub: LiveHub): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // Only beside the server's own handler: the first listener of all would take away Node's way to end.
    if (process.listenerCount(signal) > 0) process.once(signal, () => void hub.close());
  }
}

function clientOptions({ username, password, ca, caFile }: LiveHubOptions): IClientOptions {
  const authority = ca ?? (caFile === undefined ? undefined : readFileSync(caFile, 'utf8'));
  return {
    clientId: `bluewatt-web-${crypto.randomUUID()}`,
    clean: true,
    protocolVersion: 4,
    reconnectPeriod: 2_000,
    connectTimeout: 10_000,
    resubscribe: false,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(authority !== undefined && { ca: authority }),
  };
}
