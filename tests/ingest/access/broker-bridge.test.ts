/**
 * A camp's own Mosquitto, with the lines that the credentials page shows for a Victron GX, at the worker as it is shipped: values come in, the
 * keep-alive goes out, and nothing else passes either way. And a Sparkplug host's state, which the worker says itself.
 */
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deviceSettings } from '#lib/registry/device-settings.ts';
import { askCredentials } from '#lib/server/broker/credential-store.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { freePort } from '../../support/free-port.ts';
import { startMosquitto, type Mosquitto } from '../../support/mosquitto.ts';
import { describeWith } from '../../support/requires.ts';
import { startVictronGx, type VictronGx } from '../../support/victron-gx.ts';
import { startWorkerProcess, type WorkerProcess } from '../../support/worker.ts';

const PORTAL = 'c0619ab12345';
const JUBA = { mission: 'unmiss', camp: 'juba' };
const BOR = { mission: 'unmiss', camp: 'bor' };

function register(dataDir: string): void {
  const store = openRegistryStore(dataDir);
  const camp = (name: string) => ({ name, headcount: [], meters: {} });
  const camps = {
    juba: {
      ...camp('Juba'),
      meters: { 'genset-40': { source: 'diesel', ownership: 'un-owned', expectedIntervalS: 60, events: [] } },
    },
    bor: camp('Bor'),
  } as const;
  const unmiss = { name: 'UNMISS', zone: 'UTC', targets: [], grid: [], camps };
  const sources = [
    { profile: 'victron-gx', topic: `N/${PORTAL}`, ...JUBA, meter: '{service}-{instance}' },
    { profile: 'sparkplug', topic: 'spBv1.0/bor', ...BOR, meter: '{node}' },
  ];
  store.save(
    { missions: { unmiss }, pledges: [], sources },
    { author: 'test', reason: 'test', savedAt: Date.now() },
  );
  store.close();
}

describeWith(['mosquitto'], 'a worker whose broker asks for credentials', () => {
  let worker: WorkerProcess;
  let bridge: Mosquitto;
  let gx: VictronGx;
  let brokerPort = 0;
  const issue = (camp: typeof JUBA) =>
    askCredentials(worker.dataDir, (store) =>
      store.issue(camp, { author: 'test', reason: 'test', madeAt: Date.now() }),
    );

  beforeAll(async () => {
    brokerPort = await freePort();
    worker = await startWorkerProcess({
      settings: { BROKER_PORT: brokerPort, BROKER_ACCESS: 'credentials', SPARKPLUG_HOST_ID: 'bluewatt' },
      fill: register,
    });
    const { credential, password } = issue(JUBA);
    const { victron } = deviceSettings({
      ...{
        ...JUBA,
        host: '127.0.0.1',
        port: brokerPort,
        tls: false,
        username: credential.username,
        password,
      },
      ...{ meter: 'genset-40', portals: [PORTAL], now: Date.now() },
    });
    bridge = await startMosquitto({ config: `allow_anonymous true\n${victron}\n` });
    gx = await startVictronGx({
      ...{ brokerUrl: bridge.url, portal: PORTAL, values: { 'genset/40/Ac/Power': 4_491 }, heartbeatMs: 500 },
    });
  });
  afterAll(async () => {
    await gx.stop();
    await bridge.stop();
    await worker.stop();
  });

  it('asks a GX behind a bridge to speak, and stores what it says', async () => {
    const committed = () => worker.metric('bluewatt_readings_committed_total');
    await expect.poll(committed, { timeout: 60_000, interval: 200 }).toBeGreaterThan(0);
    expect(gx.keepAlives.length).toBeGreaterThan(0);
    expect(await worker.metric('bluewatt_broker_publishes_refused_total')).toBe(0);
    expect(await worker.metric('bluewatt_broker_logins_refused_total')).toBe(0);
    expect(await worker.metric('bluewatt_broker_subscriptions_refused_total')).toBe(0);
    // The GX is asked every half minute, and its bridge may just have missed one.
  }, 90_000);

  it('announces a Sparkplug host to the nodes that wait for it, whose state nobody else can say', async () => {
    const { credential, password } = issue(BOR);
    const node = await connectAsync(`mqtt://127.0.0.1:${String(brokerPort)}`, {
      ...{ username: credential.username, password, reconnectPeriod: 0, protocolVersion: 4 },
    });
    const heard: string[] = [];
    node.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
    await node.subscribeAsync(['spBv1.0/STATE/bluewatt', 'STATE/bluewatt']);
    await expect.poll(() => heard.length).toBe(2);
    expect(heard.join()).toMatch(/"online":true[\s\S]*STATE\/bluewatt ONLINE|ONLINE[\s\S]*"online":true/);
    await node.publishAsync('STATE/bluewatt', 'OFFLINE', { qos: 1, retain: true });
    expect(await worker.metric('bluewatt_broker_publishes_refused_total')).toBe(1);
    expect(heard).toHaveLength(2);
    await node.endAsync();
  });
});
