/**
 * Whatever stalls, the connection to the broker lives or is made anew, and nothing is lost: the worker's own rooms on
 * a real Mosquitto and a real InfluxDB, each behind a proxy, with a keepalive of a second instead of thirty.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import { inTransaction } from '#lib/server/database.ts';
import { createInfluxStore } from '#lib/server/store/influx/store.ts';
import type { Store } from '#lib/server/store/store.ts';
import { createDecoder } from '../../ingest/decode/decoder.ts';
import { systemClock } from '../../ingest/deliver/clock.ts';
import { createDeadLetters } from '../../ingest/deliver/dead-letters.ts';
import { createDelivery, DELIVERY_LIMITS, type Delivery } from '../../ingest/deliver/delivery.ts';
import { createSpool } from '../../ingest/deliver/spool.ts';
import { openJournal } from '../../ingest/journal.ts';
import { createMqttSource } from '../../ingest/sources/mqtt-source.ts';
import type { SourceEvent } from '../../ingest/sources/source.ts';
import { startInflux } from '../support/influx.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { publish } from '../support/publish.ts';
import { describeWith } from '../support/requires.ts';
import { startProxy, type Proxy } from './proxy.ts';
import { FIRST_AT } from './schedule.ts';
import { until } from './stage.ts';

const KEEPALIVE_S = 1;
/** The broker hangs up after one and a half keepalives without a word from us, MQTT.js after two without an answer. */
const STALL_MS = 4_000;
const METER = meterRef('m', 'c', 'genset-1');
const TOPIC = 'bluewatt/m/c/genset-1/reading';
/** The status line and some headers of InfluxDB's answer, and not the rest. */
const HEAD_BYTES = 60;

interface Rooms {
  readonly delivery: Delivery;
  readonly store: Store;
  readonly links: { readonly broker: Proxy; readonly influx: Proxy };
  readonly count: (kind: SourceEvent['kind']) => number;
  readonly publish: (from: number, to: number) => Promise<void>;
  /** instants in the store, from 0, one a second */
  readonly stored: () => Promise<number[]>;
}

describeWith(['mosquitto', 'mosquitto_pub', 'influxd'], 'a stall longer than the keepalive', () => {
  let rooms: Rooms;
  let cleanUps: (() => Promise<unknown> | void)[] = [];

  beforeEach(async () => {
    rooms = await openRooms((cleanUp) => cleanUps.push(cleanUp));
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
    cleanUps = [];
  });

  it('I8: of the store after its headers leaves the connection as it is, and acknowledges nothing', async () => {
    const { delivery, links, count } = rooms;
    await rooms.publish(0, 1);
    await until(() => delivery.counters.acknowledged === 1, 'the first is stored');
    links.influx.strike({ kind: 'stall', headBytes: HEAD_BYTES, forMs: STALL_MS });
    await rooms.publish(1, 60);
    await until(() => delivery.status().unacknowledged === 59, 'the others came in');
    const stalledUntil = Date.now() + STALL_MS - 500;
    while (Date.now() < stalledUntil) {
      expect(delivery.counters.acknowledged).toBe(1);
      await pause(100);
    }
    await until(() => delivery.counters.acknowledged === 60, 'all is stored');
    expect([count('connected'), count('disconnected')]).toEqual([1, 0]);
    expect(await rooms.stored()).toEqual(upTo(60));
  });

  it('I8: of a half-open link ends with the keepalive, and a new connection loses nothing', async () => {
    const { delivery, links, count } = rooms;
    await rooms.publish(0, 30);
    await until(() => delivery.counters.acknowledged === 30, 'the first are stored');
    // For longer than the test: only our own keepalive can find this out.
    links.broker.strike({ kind: 'half-open', forMs: 600_000 });
    await rooms.publish(30, 90);
    await until(() => count('disconnected') === 1, 'the keepalive ends the connection', 10_000);
    await until(() => delivery.counters.acknowledged >= 90, 'all is stored');
    expect(count('connected')).toBe(2);
    expect(count('session-lost')).toBe(0);
    expect(await rooms.stored()).toEqual(upTo(90));
  });

  it('I8: of both at once, with what was in hand redelivered, still stores each message', async () => {
    const { delivery, links } = rooms;
    await rooms.publish(0, 1);
    await until(() => delivery.counters.acknowledged === 1, 'the first is stored');
    links.influx.strike({ kind: 'stall', headBytes: HEAD_BYTES, forMs: STALL_MS });
    await rooms.publish(1, 40);
    await until(() => delivery.status().unacknowledged === 39, 'the others came in');
    links.broker.strike({ kind: 'half-open', forMs: 600_000 });
    await rooms.publish(40, 80);
    await until(async () => (await rooms.stored()).length === 80, 'all is stored');
    await until(() => delivery.status().unacknowledged === 0, 'all is settled');
    expect(await rooms.stored()).toEqual(upTo(80));
  });
});

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

async function openRooms(onEnd: (cleanUp: () => Promise<unknown> | void) => void): Promise<Rooms> {
  const folder = mkdtempSync(join(tmpdir(), 'bluewatt-keepalive-'));
  onEnd(() => {
    rmSync(folder, { recursive: true });
  });
  const broker = await startMosquitto();
  onEnd(() => broker.stop());
  const influx = await startInflux();
  onEnd(() => influx.stop());
  const links = { broker: await startProxy(broker), influx: await startProxy(influx) };
  onEnd(() => links.broker.close());
  onEnd(() => links.influx.close());
  const journal = openJournal(folder);
  onEnd(() => {
    journal.close();
  });
  const store = createInfluxStore({ url: `http://127.0.0.1:${String(links.influx.port)}/bluewatt` });
  const decoder = createDecoder({ registry: { missions: {}, pledges: [], sources: [] }, profiles: [] });
  const delivery = createDelivery({
    decode: (message) => decoder.decode(message),
    writeReadings: (readings) => store.writeReadings(readings),
    inJournal: (work) => {
      inTransaction(journal, work);
    },
    letters: createDeadLetters(journal, 1_000_000),
    spool: createSpool(journal, 1_000_000),
    marks: { needed: () => [], write: () => undefined, recount: () => undefined },
    onStored: () => undefined,
    onDecoded: () => undefined,
    onFault: () => undefined,
    clock: systemClock,
    limits: DELIVERY_LIMITS,
  });
  onEnd(() => {
    delivery.stop();
  });
  const events: SourceEvent[] = [];
  const source = createMqttSource({
    url: `mqtt://127.0.0.1:${String(links.broker.port)}`,
    clientId: 'bluewatt-keepalive',
    keepaliveS: KEEPALIVE_S,
    receiveMaximum: DELIVERY_LIMITS.receiveMaximum,
    receive: (message, settled) => {
      delivery.receive(message, settled);
    },
    onEvent: (event) => events.push(event),
  });
  onEnd(() => source.close());
  source.subscribe(decoder.filters);
  await source.start();
  await until(() => source.isConnected(), 'the worker connects');
  // Until it is subscribed, the broker has nobody to keep messages for.
  await pause(300);
  return {
    delivery,
    store,
    links,
    count: (kind) => events.filter((event) => event.kind === kind).length,
    publish: (from, to) =>
      publish({ port: broker.port, topic: TOPIC, payload: upTo(to).slice(from).map(payloadOf) }),
    async stored() {
      // Past the proxy: what is in the store, whatever the link to it does.
      const readings = await createInfluxStore({ url: influx.url }).readReadings(METER, {
        from: FIRST_AT,
        to: FIRST_AT + 3_600_000,
      });
      return readings.map(({ at }) => (at - FIRST_AT) / 1_000);
    },
  };
}

function payloadOf(index: number): string {
  return JSON.stringify({ at: FIRST_AT + index * 1_000, activePowerW: index });
}
