/** The embedded broker where devices need a credential: who gets in, what they may say and hear, and what attackers try. */
import { connect as connectSocket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'mqtt';
import { generate, type IConnectPacket } from 'mqtt-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { servicePassword, WEB_USER } from '#lib/server/broker/service-users.ts';
import { publish } from '../../support/publish.ts';
import { until } from '../sources/until.ts';
import { BOR, JUBA, startRig, type Rig, type RigOptions } from './broker-rig.ts';

const READING = 'bluewatt/unmiss/juba/genset-1/reading';
const OTHER = 'bluewatt/unmiss/bor/genset-1/reading';

let rigs: Rig[] = [];
afterEach(async () => {
  for (const rig of rigs.reverse()) await rig.stop();
  rigs = [];
});
async function rigged(options?: RigOptions): Promise<Rig> {
  const rig = await startRig(options);
  rigs.push(rig);
  return rig;
}

describe('getting in', () => {
  it('takes a credential that was issued while it ran, and notes when it was last used', async () => {
    const rig = await rigged();
    const { username, password } = rig.issue(JUBA);
    await publish({ port: rig.broker.port(), topic: READING, payload: 'one', username, password });
    expect(rig.taken).toEqual([`${READING} one`]);
    await until('the use is noted', () => rig.store.all()[0]?.usedAt !== null);
  });

  it('lets nobody in without a name, with a wrong one or with another’s password', async () => {
    const rig = await rigged();
    const [juba, bor] = [rig.issue(JUBA), rig.issue(BOR)];
    const tries = [
      {},
      { username: 'unmiss.juba.9', password: juba.password },
      { username: juba.username, password: bor.password },
      { username: juba.username, password: '' },
      { username: juba.username },
      { username: 'unmiss.juba.+', password: juba.password },
      { username: 'unmiss.#', password: juba.password },
      { username: 'unmiss/juba/1', password: juba.password },
      { username: '__proto__', password: 'x' },
      { username: WEB_USER, password: juba.password },
    ];
    for (const each of tries)
      await expect(rig.connect(each), JSON.stringify(each)).rejects.toThrow(/refused/i);
    expect(rig.taken).toEqual([]);
    expect(rig.refusals.counters.logins).toBe(tries.length);
    expect(rig.logged.join('') + JSON.stringify(rig.refusals.newest(100))).not.toContain(juba.password);
  });

  it('slows whoever guesses, and not the device that knows its password from elsewhere or from before', async () => {
    let now = 1_000_000;
    const rig = await rigged({ now: () => now });
    const { username, password } = rig.issue(JUBA);
    await (await rig.connect({ username, password })).endAsync();
    for (let guess = 0; guess < 8; guess += 1)
      await expect(rig.connect({ username, password: `guess ${String(guess)}` })).rejects.toThrow();
    expect(rig.refused().sort()).toEqual([`credentials-wrong ${username}`, `guesses-too-often ${username}`]);
    // Its password was worked out before: it is known without asking.
    await (await rig.connect({ username, password })).endAsync();
    const fresh = rig.issue(JUBA);
    for (let guess = 0; guess < 8; guess += 1)
      await expect(rig.connect({ username: fresh.username, password: 'guess' })).rejects.toThrow();
    await expect(rig.connect({ username: fresh.username, password: fresh.password })).rejects.toThrow(
      /unavailable/i,
    );
    now += 3_600_000;
    await rig.connect({ username: fresh.username, password: fresh.password });
  });

  it('shows out within seconds whoever is revoked while connected, and does not let them in again', async () => {
    const rig = await rigged();
    const { id, ...login } = rig.issue(JUBA);
    const will = { topic: READING, payload: Buffer.from('gone'), qos: 1 as const, retain: false };
    const device = await rig.connect({ ...login, will });
    const closed = new Promise((resolve) =>
      device.once('close', () => {
        resolve(undefined);
      }),
    );
    rig.store.revoke(JUBA, id, { author: 'Bo', reason: 'lost', madeAt: Date.now() });
    await closed;
    await expect(rig.connect(login)).rejects.toThrow(/refused/i);
    expect(rig.refused()).toContain('revoked unmiss.juba.1');
    // Nor does what they left behind speak for them.
    expect(rig.taken).toEqual([]);
  });

  it('follows what another process issues and revokes, at two brokers of one data folder', async () => {
    const first = await rigged();
    const second = await rigged({ dataDir: first.dataDir });
    const { id, ...login } = first.issue(JUBA);
    const devices = [await first.connect(login), await second.connect(login)];
    const closed = devices.map(
      (device) =>
        new Promise((resolve) =>
          device.once('close', () => {
            resolve(undefined);
          }),
        ),
    );
    second.store.revoke(JUBA, id, { author: 'Bo', reason: 'lost', madeAt: Date.now() });
    await Promise.all(closed);
  });

  it('lets everybody do everything where it is open, but holds who names an issued user to it', async () => {
    const rig = await rigged({ mode: 'open' });
    const { username, password } = rig.issue(JUBA);
    await publish({ port: rig.broker.port(), topic: OTHER, payload: 'anybody' });
    await publish({
      port: rig.broker.port(),
      topic: OTHER,
      payload: 'any name',
      username: 'tasmota',
      password: 'x',
    });
    await expect(rig.connect({ username, password: 'wrong' })).rejects.toThrow(/refused/i);
    await publish({ port: rig.broker.port(), topic: OTHER, payload: 'forged', username, password });
    expect(rig.taken).toEqual([`${OTHER} anybody`, `${OTHER} any name`]);
  });
});

describe('what a camp says', () => {
  it.each([0, 1, 2] as const)(
    'is dropped at QoS %i where it is not theirs, acknowledged so that what follows gets through, and told',
    async (qos) => {
      const rig = await rigged();
      const device = await rig.connect(rig.issue(JUBA));
      const hearing = await rig.connect(rig.issue(BOR));
      const heard: string[] = [];
      hearing.on('message', (topic) => heard.push(topic));
      await hearing.subscribeAsync('site/unmiss.bor/#');
      const forged = [
        OTHER,
        'tele/pow1/SENSOR',
        'bluewatt/live/unmiss/juba/x',
        '$SYS/x',
        'site/unmiss.bor/x',
      ];
      for (const topic of forged) await device.publishAsync(topic, 'forged', { qos, retain: true });
      await device.publishAsync('N/c0619ab12345/genset/40/Ac/Power', 'own', { qos });
      await device.publishAsync(READING, 'own', { qos });
      await until('what is theirs was taken', () => rig.taken.length >= 2);
      expect(rig.taken).toEqual(['N/c0619ab12345/genset/40/Ac/Power own', `${READING} own`]);
      expect(rig.refused().sort()).toEqual(forged.map((topic) => `publish unmiss.juba.1 ${topic}`).sort());
      expect(rig.refusals.counters.publishes).toBe(forged.length);
      // Nor was any of it remembered for those who subscribe later.
      await hearing.subscribeAsync('site/unmiss.bor/x');
      await pause(100);
      expect(heard).toEqual([]);
    },
  );

  it('grows and shrinks with the registry, without a new connection', async () => {
    const rig = await rigged();
    const device = await rig.connect(rig.issue(JUBA));
    await device.publishAsync('tele/pow2/SENSOR', 'early', { qos: 1 });
    const line = { profile: 'tasmota', topic: 'tele/pow2', ...JUBA, meter: 'pow-2' };
    rig.registry = { ...rig.registry, sources: [...rig.registry.sources, line] };
    await device.publishAsync('tele/pow2/SENSOR', 'known', { qos: 1 });
    rig.registry = { ...rig.registry, sources: [] };
    await device.publishAsync('tele/pow2/SENSOR', 'late', { qos: 1 });
    expect(rig.taken).toEqual(['tele/pow2/SENSOR known']);
  });

  it('ends with a last will of their own, and does not begin with one that is another’s', async () => {
    const rig = await rigged();
    const login = rig.issue(JUBA);
    const will = (topic: string) => ({ topic, payload: Buffer.from('gone'), qos: 1 as const, retain: true });
    await expect(rig.connect({ ...login, will: will(OTHER) })).rejects.toThrow(/refused/i);
    expect(rig.refused()).toEqual([`will unmiss.juba.1 ${OTHER}`]);
    const device = await rig.connect({ ...login, will: will(READING) });
    device.stream.destroy();
    await until('the will was taken', () => rig.taken.length > 0);
    expect(rig.taken).toEqual([`${READING} gone`]);
  });

  it('cannot be smuggled by a NUL or a wildcard in the topic', async () => {
    const rig = await rigged();
    const { username, password } = rig.issue(JUBA);
    for (const topic of [`${READING}\0/x`, 'bluewatt/unmiss/juba/+/reading', 'bluewatt/unmiss/#', '']) {
      const hello: IConnectPacket = {
        ...{
          cmd: 'connect',
          clientId: 'raw',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          keepalive: 0,
        },
        ...{ username, password: Buffer.from(password) },
      };
      const name = Buffer.from(topic);
      const body = Buffer.concat([Buffer.from([0, name.length]), name, Buffer.from('forged')]);
      const said = Buffer.concat([generate(hello), Buffer.from([0x30, body.length]), body]);
      const socket = connectSocket(rig.broker.port(), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(said);
      await Promise.race([new Promise((resolve) => socket.once('close', resolve)), pause(300)]);
      socket.destroy();
    }
    expect(rig.taken).toEqual([]);
    // The broker lives on.
    await publish({ port: rig.broker.port(), topic: READING, payload: 'own', username, password });
    expect(rig.taken).toEqual([`${READING} own`]);
  });
});

describe('what a camp hears', () => {
  it('is what its devices are asked, and nothing by a wider filter', async () => {
    const rig = await rigged();
    const device = await rig.connect(rig.issue(JUBA));
    const heard: string[] = [];
    device.on('message', (topic) => heard.push(topic));
    const refused = ['#', '+/#', 'R/#', '$SYS/#', 'bluewatt/#', 'bluewatt/live/#', READING, 'tele/#'];
    for (const filter of refused) await expect(device.subscribeAsync(filter), filter).rejects.toThrow();
    await device.subscribeAsync(['R/c0619ab12345/keepalive', 'site/unmiss.juba/#']);
    const other = await rig.connect(rig.issue(BOR));
    await other.publishAsync(OTHER, 'x', { qos: 1 });
    rig.broker.publish('bluewatt/live/unmiss/juba/x', 'live', { retain: true });
    rig.broker.publish('R/c0619ab12345/keepalive', '', { retain: false });
    await until('the keep-alive is heard', () => heard.length > 0);
    expect(heard).toEqual(['R/c0619ab12345/keepalive']);
    expect(rig.refusals.counters.subscriptions).toBe(refused.length);
  });

  it('does not wait in a session for what was refused, nor for what is theirs no more', async () => {
    const rig = await rigged();
    const session = { ...rig.issue(JUBA), clientId: 'gateway', clean: false };
    const device = await rig.connect(session);
    const granted = await device
      .subscribeAsync({
        'site/unmiss.juba/#': { qos: 1 },
        'site/unmiss.bor/#': { qos: 1 },
      })
      .catch((error: unknown) => error);
    expect(String(granted)).toMatch(/error/i);
    await device.endAsync();
    const bor = await rig.connect(rig.issue(BOR));
    await bor.publishAsync('site/unmiss.bor/secret', 'x', { qos: 1 });
    const juba = await rig.connect(rig.issue(JUBA));
    await juba.publishAsync('site/unmiss.juba/command', 'x', { qos: 1 });
    const heard: string[] = [];
    const back = connect(`mqtt://127.0.0.1:${String(rig.broker.port())}`, {
      ...session,
      reconnectPeriod: 0,
      protocolVersion: 4,
    });
    back.on('message', (topic) => heard.push(topic));
    await until('the command is heard', () => heard.length > 0);
    // The broker did not keep the one it refused, so there was nothing to refuse a second time.
    expect(rig.refusals.counters.subscriptions).toBe(1);
    await pause(100);
    expect(heard).toEqual(['site/unmiss.juba/command']);
    await back.endAsync(true);
  });

  it('ends with the line of the registry that it came by, though they stay subscribed', async () => {
    const rig = await rigged();
    const device = await rig.connect(rig.issue(JUBA));
    const heard: string[] = [];
    device.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
    await device.subscribeAsync(['R/c0619ab12345/keepalive', 'site/unmiss.juba/#'], { qos: 1 });
    const { registry } = rig;
    rig.registry = { ...registry, sources: [] };
    rig.broker.publish('R/c0619ab12345/keepalive', 'not theirs', { retain: false });
    await device.publishAsync('site/unmiss.juba/between', '', { qos: 1 });
    await until('what came in between is heard', () => heard.length > 0);
    rig.registry = registry;
    rig.broker.publish('R/c0619ab12345/keepalive', 'theirs', { retain: false });
    await until('the keep-alive is heard', () => heard.length > 1);
    expect(heard).toEqual(['site/unmiss.juba/between ', 'R/c0619ab12345/keepalive theirs']);
  });

  it('is no other user’s session, though it names the same client id', async () => {
    const rig = await rigged();
    const victim = await rig.connect({ ...rig.issue(JUBA), clientId: 'gateway', clean: false });
    let isClosed = false;
    victim.on('close', () => (isClosed = true));
    await rig.connect({ ...rig.issue(BOR), clientId: 'gateway', clean: false });
    await victim.publishAsync(READING, 'still there', { qos: 1 });
    expect(isClosed).toBe(false);
  });
});

it('shows the dashboard live readings, and takes none from it', async () => {
  const rig = await rigged();
  const password = servicePassword(rig.store.serviceSecret(), WEB_USER);
  const dashboard = await rig.connect({ username: WEB_USER, password });
  await dashboard.subscribeAsync('bluewatt/live/#');
  await expect(dashboard.subscribeAsync('bluewatt/#')).rejects.toThrow();
  const heard: string[] = [];
  dashboard.on('message', (topic) => heard.push(topic));
  await dashboard.publishAsync(READING, 'invented', { qos: 1 });
  rig.broker.publish('bluewatt/live/unmiss/juba/x', 'live', { retain: true });
  await until('a live reading is heard', () => heard.length > 0);
  expect(rig.taken).toEqual([]);
});
