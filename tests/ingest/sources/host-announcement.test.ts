/** A Sparkplug host's state as edge nodes hear it, at a real broker: sentences of the specification, one by one. */
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { announced } from '../../../ingest/sources/host-announcement.ts';
import type { Source } from '../../../ingest/sources/source.ts';
import { startMosquitto, type Mosquitto } from '../../support/mosquitto.ts';
import { describeWith } from '../../support/requires.ts';
import { until } from './until.ts';

interface Word {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  readonly qos: number;
}
interface State {
  readonly online: boolean;
  readonly timestamp: number;
}
const V3 = 'spBv1.0/STATE/bluewatt';
const V2 = 'STATE/bluewatt';

/** A source whose connection the test decides about. */
class SwitchedSource implements Source {
  isUp = false;
  start = (): Promise<void> => Promise.resolve();
  pause = (): Promise<void> => Promise.resolve();
  close = (): Promise<void> => Promise.resolve();
  subscribe = (): void => undefined;
  publish = (): void => undefined;
  isConnected = (): boolean => this.isUp;
}

describeWith(['mosquitto'], 'A Sparkplug host', () => {
  let broker: Mosquitto;
  let edge: MqttClient;
  const words: Word[] = [];
  const cleanUps: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    broker = await startMosquitto();
    cleanUps.push(() => broker.stop());
    words.length = 0;
    edge = await listen();
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function listen(into: Word[] = words): Promise<MqttClient> {
    const client = await mqtt.connectAsync(broker.url, { reconnectPeriod: 100 });
    cleanUps.push(() => client.endAsync(true));
    client.on('message', (topic, payload, { retain, qos }) => {
      into.push({ topic, payload: payload.toString(), retain, qos });
    });
    await client.subscribeAsync([V3, V2], { qos: 1 });
    return client;
  }
  async function host() {
    const plain = new SwitchedSource();
    const { source, noteSource } = announced(plain, {
      url: broker.url,
      hostId: 'bluewatt',
      clientId: 'worker',
    });
    cleanUps.push(() => source.close());
    await source.start();
    const set = (isUp: boolean): void => {
      plain.isUp = isUp;
      noteSource();
    };
    return { source, set };
  }
  const said = (topic: string): string[] =>
    words.filter((word) => word.topic === topic).map(({ payload }) => payload);
  const states = (): State[] => said(V3).map((payload) => JSON.parse(payload) as State);
  const online = (): boolean[] => states().map((state) => state.online);

  it('tells its birth once it hears, in both forms, at QoS 1 and retained, with a time of now', async () => {
    const before = Date.now();
    const { set } = await host();
    set(true);
    await until('the host says so', () => states().length > 0 && said(V2).length > 0);
    expect(said(V2)).toEqual(['ONLINE']);
    expect(Object.keys(states()[0] ?? {})).toEqual(['online', 'timestamp']);
    expect(states()[0]?.online).toBe(true);
    expect(states()[0]?.timestamp).toBeGreaterThanOrEqual(before - 1);
    expect(states()[0]?.timestamp).toBeLessThanOrEqual(Date.now());
    // Whoever comes later is told as well: it is retained.
    const later: Word[] = [];
    await listen(later);
    await until('the host says so', () => later.length === 2);
    expect(later.map(({ retain, qos }) => [retain, qos])).toEqual([
      [true, 1],
      [true, 1],
    ]);
  });

  it('says nothing of being online while it hears nothing, and takes its word back when it stops hearing', async () => {
    const { set } = await host();
    set(true);
    await until('the host says so', () => online().includes(true));
    set(false);
    await until('the host says so', () => online().includes(false) && said(V2).includes('OFFLINE'));
    set(true);
    await until('the host says so', () => online().length === 3);
    expect(online()).toEqual([true, false, true]);
  });

  it('tells of its death before it disconnects by intention, with the time of its birth', async () => {
    const { set, source } = await host();
    set(true);
    await until('the host says so', () => states().length > 0 && said(V2).length > 0);
    await source.pause();
    await until('the host says so', () => states().length > 1 && said(V2).length > 1);
    expect(states().map(({ timestamp }) => timestamp)).toEqual([
      states()[0]?.timestamp,
      states()[0]?.timestamp,
    ]);
    expect([online(), said(V2)]).toEqual([
      [true, false],
      ['ONLINE', 'OFFLINE'],
    ]);
  });

  it('has a will that says so when it cannot, and a newer birth when its session is a new one', async () => {
    const { set } = await host();
    set(true);
    await until('the host says so', () => states().length > 0 && said(V2).length > 0);
    // Somebody takes its names at the broker: to the broker, its connections are dead.
    for (const form of ['v3', 'v2']) {
      const thief = await mqtt.connectAsync(broker.url, {
        clientId: `worker-state-${form}`,
        reconnectPeriod: 0,
      });
      thief.on('close', () => undefined);
      await thief.endAsync(true);
    }
    await until('the host says so', () => online().length >= 3 && said(V2).length >= 3);
    const [birth, will, rebirth] = states();
    expect([birth?.online, will?.online, rebirth?.online]).toEqual([true, false, true]);
    expect(will?.timestamp).toBe(birth?.timestamp);
    expect(rebirth?.timestamp).toBeGreaterThan(birth?.timestamp ?? Infinity);
    expect(said(V2).slice(0, 3)).toEqual(['ONLINE', 'OFFLINE', 'ONLINE']);
  });

  it('is born again when somebody says in its name that it is gone', async () => {
    const { set } = await host();
    set(true);
    await until('the host says so', () => states().length > 0 && said(V2).length > 0);
    const first = states()[0]?.timestamp ?? 0;
    await edge.publishAsync(V3, JSON.stringify({ online: false, timestamp: first }), {
      qos: 1,
      retain: true,
    });
    await edge.publishAsync(V2, 'OFFLINE', { qos: 1, retain: true });
    await until('the host says so', () => online().length === 3 && said(V2).length === 3);
    expect(states()[2]).toEqual({ online: true, timestamp: first });
    for (const odd of ['', 'null', '{"online":1}', '{', '[]']) await edge.publishAsync(V3, odd, { qos: 1 });
    await edge.publishAsync(V2, 'MAYBE', { qos: 1 });
    await until('the host says so', () => said(V2).includes('MAYBE'));
    expect(said(V3).filter((payload) => payload.includes('true'))).toHaveLength(2);
  });
});
