/**
 * A Victron GX as its own broker behaves, on a real broker: silent until somebody publishes to
 * `R/<portal>/keepalive`, then everything once and what changes, with a heartbeat; silent again when nobody does so
 * for as long as its patience lasts (60 seconds on Venus OS). Nothing is retained, everything is QoS 0.
 */
import mqtt from 'mqtt';

export interface VictronGx {
  /** A value changes; it is published while somebody listens. */
  readonly set: (path: string, value: number | null) => void;
  /** A device leaves the D-Bus: every topic of it says so. */
  readonly remove: (device: string) => void;
  /** The payloads of the keep-alives that came in. */
  readonly keepAlives: readonly string[];
  /** Cuts its power. */
  readonly stop: () => Promise<void>;
}

export async function startVictronGx(options: {
  readonly brokerUrl: string;
  readonly portal: string;
  /** by path, such as `genset/40/Ac/Power` */
  readonly values: Readonly<Record<string, number | null>>;
  readonly heartbeatMs?: number;
  readonly patienceMs?: number;
}): Promise<VictronGx> {
  const { portal, heartbeatMs = 3_000, patienceMs = 60_000 } = options;
  const values = new Map(Object.entries(options.values));
  const keepAlives: string[] = [];
  const client = await mqtt.connectAsync(options.brokerUrl, { reconnectPeriod: 0 });
  let awakeUntil = 0;
  const say = (path: string, payload: string): void => {
    if (Date.now() < awakeUntil) client.publish(`N/${portal}/${path}`, payload);
  };
  const tell = (path: string, value: number | null): void => {
    say(path, JSON.stringify({ value }));
  };
  client.on('message', (_, body) => {
    const asked = body.toString();
    keepAlives.push(asked);
    awakeUntil = Date.now() + patienceMs;
    if (asked.includes('suppress-republish')) return;
    for (const [path, value] of values) tell(path, value);
    tell('full_publish_completed', Math.floor(Date.now() / 1000));
  });
  await client.subscribeAsync(`R/${portal}/keepalive`);
  const heart = setInterval(() => {
    tell('heartbeat', Math.floor(Date.now() / 1000));
  }, heartbeatMs);
  return {
    keepAlives,
    set(path, value) {
      values.set(path, value);
      tell(path, value);
    },
    remove(device) {
      for (const path of [...values.keys()].filter((each) => each.startsWith(`${device}/`))) {
        values.delete(path);
        say(path, '');
      }
    },
    async stop() {
      clearInterval(heart);
      await client.endAsync(true);
    },
  };
}
