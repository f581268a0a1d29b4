/** A Sparkplug host's state at the embedded broker, where no other broker keeps it. */
import mqtt from 'mqtt';
import { afterEach, expect, it } from 'vitest';
import { createEmbeddedBroker } from '../../../ingest/sources/embedded-broker.ts';
import { announced } from '../../../ingest/sources/host-announcement.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from './until.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** As `opening.ts` puts the two together. */
async function host() {
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${String(port)}`;
  const taken: string[] = [];
  const listeners: (() => void)[] = [];
  const broker = await createEmbeddedBroker({
    ...{ host: '127.0.0.1', port },
    receive: ({ topic }, settled) => {
      taken.push(topic);
      settled();
    },
    onEvent: () => {
      for (const listener of listeners) listener();
    },
  });
  const { source, noteSource } = announced(broker, { url, hostId: 'bluewatt', clientId: 'worker' });
  listeners.push(noteSource);
  cleanUps.push(() => source.close());
  await source.start();
  return { source, url, taken };
}

async function edgeNode(url: string) {
  const heard: [string, string, boolean][] = [];
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 0 });
  cleanUps.push(() => client.endAsync(true));
  client.on('message', (topic, payload, { retain }) => heard.push([topic, payload.toString(), retain]));
  await client.subscribeAsync(['spBv1.0/STATE/#', 'STATE/#'], { qos: 1 });
  const said = (topic: string) => heard.filter(([on]) => on === topic).map(([, payload]) => payload);
  return { heard, v2: () => said('STATE/bluewatt'), v3: () => said('spBv1.0/STATE/bluewatt') };
}

it('a host is told, retained, to an edge node that comes later', async () => {
  const { url, taken } = await host();
  await until('both forms are told', () => taken.filter((topic) => topic.includes('STATE')).length === 2);
  const { heard, v2, v3 } = await edgeNode(url);
  await until('both forms are heard', () => v2().length > 0 && v3().length > 0);
  expect(heard.every(([, , retain]) => retain)).toBe(true);
  expect(v2()).toEqual(['ONLINE']);
  expect(v3().map((payload) => (JSON.parse(payload) as { online: boolean }).online)).toEqual([true]);
});

it('a host that stops says so before its broker ends, once', async () => {
  const { source, url } = await host();
  const { v2, v3 } = await edgeNode(url);
  await until('it is there', () => v2().length > 0 && v3().length > 0);
  await source.pause();
  await until('it is gone', () => v2().length > 1 && v3().length > 1);
  expect(v2()).toEqual(['ONLINE', 'OFFLINE']);
  const [born = '', gone = ''] = v3();
  const { timestamp } = JSON.parse(born) as { timestamp: number };
  expect(JSON.parse(gone)).toEqual({ online: false, timestamp });
});
