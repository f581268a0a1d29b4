/** The configuration that deploy/ ships, given to the real programs that will read it. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { askCredentials } from '#lib/server/broker/credential-store.ts';
import { readSettings } from '#lib/server/settings.ts';
import { WORKER_NODE_FLAGS } from '../../ingest/node-flags.ts';
import { publish } from '../support/publish.ts';
import { describeWith } from '../support/requires.ts';
import { temporaryFolder } from '../support/server-process.ts';
import { startShippedMosquitto, type ShippedMosquitto } from '../support/shipped-mosquitto.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

const JUBA = { mission: 'unmiss', camp: 'juba-un-house' };
const BOR = { mission: 'unmiss', camp: 'bor' };
const CAMP = 'unmiss.juba-un-house.1';
const OTHER_CAMP = 'unmiss.bor.1';
type User = 'bluewatt-worker' | 'bluewatt-web' | typeof CAMP | typeof OTHER_CAMP;
const LINES = [
  { profile: 'victron-gx', topic: 'N/c0619ab12345', ...JUBA, meter: '{service}-{instance}' },
  { profile: 'tasmota', topic: 'plant/pow1', ...BOR, meter: 'pow-1' },
  // Wider than the one before, which is more specific and so Bor's own.
  { profile: 'tasmota', topic: 'plant', ...JUBA, meter: '{device}' },
  { profile: 'sparkplug', topic: 'spBv1.0/bor', ...BOR, meter: '{node}' },
];
const NATIVE = 'bluewatt/unmiss/juba-un-house/genset-1/reading';
const LIVE = 'bluewatt/live/unmiss/juba-un-house/genset-1';

describeWith(['mosquitto', 'mosquitto_pub'], 'the Mosquitto configuration', () => {
  let broker: ShippedMosquitto;
  let port: number;

  beforeAll(async () => {
    broker = await startShippedMosquitto([JUBA, BOR], LINES);
    port = broker.port;
  });
  afterAll(async () => {
    await broker.stop();
  });

  const passwordOf = (user: string): string => broker.passwords.get(user) ?? '';

  const say = (username: User, topic: string, payload: string): Promise<void> =>
    publish({ port, topic, payload, username, password: passwordOf(username) });

  /**
   * Everything `username` is given of `#` until a message with the payload `last` comes. Mosquitto routes in the order
   * it takes messages, so what has not come before `last` is not coming.
   */
  async function heardBy(username: User, last: string, send: () => Promise<void>): Promise<string[]> {
    const client = await connectAsync(`mqtt://127.0.0.1:${String(port)}`, {
      username,
      password: passwordOf(username),
      reconnectPeriod: 0,
    });
    const heard: string[] = [];
    client.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
    try {
      await client.subscribeAsync('#', { qos: 1 });
      await send();
      for (let tries = 0; tries < 2_000 && heard.at(-1)?.endsWith(` ${last}`) !== true; tries += 1)
        await pause(10);
      return heard;
    } finally {
      await client.endAsync();
    }
  }

  it('refuses a client without a name and one with a wrong password', async () => {
    await expect(publish({ port, topic: NATIVE, payload: '{}' })).rejects.toThrow(/not authori[sz]ed/i);
    const wrong = { username: CAMP, password: 'guessed' };
    await expect(publish({ port, topic: NATIVE, payload: '{}', ...wrong })).rejects.toThrow(
      /not authori[sz]ed/i,
    );
  });

  it('lets a camp publish its own meters and devices, which the worker may read', async () => {
    const device = 'site/unmiss.juba-un-house/shelly-kitchen/status/em:0';
    const heard = await heardBy('bluewatt-worker', 'second', async () => {
      await say(CAMP, device, 'first');
      await say(CAMP, NATIVE, 'second');
    });
    expect(heard).toEqual([`${device} first`, `${NATIVE} second`]);
  });

  it("drops what a camp publishes as another camp's, as a live reading, or as another user's device", async () => {
    const heard = await heardBy('bluewatt-worker', 'own', async () => {
      await say(CAMP, 'bluewatt/unmiss/bor/genset-1/reading', 'forged');
      await say(CAMP, 'bluewatt/monusco/juba-un-house/genset-1/reading', 'forged');
      await say(CAMP, LIVE, 'forged');
      await say(CAMP, 'site/unmiss.bor/shelly/status/em:0', 'forged');
      await say(CAMP, NATIVE, 'own');
    });
    expect(heard).toEqual([`${NATIVE} own`]);
  });

  it('gives each camp the topics of its lines in the registry, and the worker ears for all of them', async () => {
    const heard = await heardBy('bluewatt-worker', 'own', async () => {
      for (const topic of ['plant/pow1/SENSOR', 'spBv1.0/bor/NDATA/edge', 'spBv1.0/bor/NCMD/edge'])
        await say(CAMP, topic, 'forged');
      await say(OTHER_CAMP, 'N/c0619ab12345/genset/40/Ac/Power', 'forged');
      await say(OTHER_CAMP, 'spBv1.0/bor/NCMD/edge', 'a command');
      await say(OTHER_CAMP, 'plant/pow1/SENSOR', 'pow');
      await say(CAMP, 'plant/pow2/SENSOR', 'pow');
      await say(OTHER_CAMP, 'spBv1.0/bor/NDATA/edge', 'edge');
      await say(CAMP, 'N/c0619ab12345/genset/40/Ac/Power', 'own');
    });
    expect(heard).toEqual([
      'plant/pow1/SENSOR pow',
      'plant/pow2/SENSOR pow',
      'spBv1.0/bor/NDATA/edge edge',
      'N/c0619ab12345/genset/40/Ac/Power own',
    ]);
  });

  it('lets a camp hear what the worker asks of its devices, and nothing of another one', async () => {
    const told = async () => {
      await say('bluewatt-worker', 'R/c0619ab12345/keepalive', 'alive');
      await say('bluewatt-worker', 'spBv1.0/bor/NCMD/edge', 'rebirth');
      await say('bluewatt-worker', 'W/c0619ab12345/relay', 'switch');
      await say(CAMP, NATIVE, 'reading');
      await say(CAMP, 'site/unmiss.juba-un-house/last', 'last');
      await say(OTHER_CAMP, 'site/unmiss.bor/last', 'last');
    };
    expect(await heardBy(CAMP, 'last', told)).toEqual([
      'R/c0619ab12345/keepalive alive',
      'site/unmiss.juba-un-house/last last',
    ]);
    expect(await heardBy(OTHER_CAMP, 'last', told)).toEqual([
      'spBv1.0/bor/NCMD/edge rebirth',
      'site/unmiss.bor/last last',
    ]);
  });

  it('publishes a last will of the camp’s own, and none that is another camp’s', async () => {
    const leave = async (topic: string, payload: string): Promise<void> => {
      const device = await connectAsync(`mqtt://127.0.0.1:${String(port)}`, {
        ...{ username: CAMP, password: passwordOf(CAMP), reconnectPeriod: 0 },
        will: { topic, payload: Buffer.from(payload), qos: 1, retain: false },
      });
      device.on('error', () => undefined);
      device.stream.destroy();
    };
    const heard = await heardBy('bluewatt-worker', 'own will', async () => {
      await leave('bluewatt/unmiss/bor/genset-1/reading', 'forged');
      // So that the broker has noticed the first end before the second.
      await pause(200);
      await leave(NATIVE, 'own will');
    });
    expect(heard).toEqual([`${NATIVE} own will`]);
  });

  it('takes devices by TLS, and nobody without a password there either', async () => {
    const url = `mqtts://127.0.0.1:${String(broker.tlsPort)}`;
    const trust = { ca: readFileSync(broker.caFile), reconnectPeriod: 0 };
    await expect(connectAsync(url, trust)).rejects.toThrow(/not authorized/i);
    const heard = await heardBy('bluewatt-worker', 'by TLS', async () => {
      const device = await connectAsync(url, { ...trust, username: CAMP, password: passwordOf(CAMP) });
      await device.publishAsync(NATIVE, 'by TLS', { qos: 1 });
      await device.endAsync();
    });
    expect(heard).toEqual([`${NATIVE} by TLS`]);
  });

  it('shows out who was revoked, and lets in who was issued since, once the files are written and read', async () => {
    const signature = { author: 'test', reason: 'stolen', madeAt: Date.now() };
    const { credential: lost, password } = askCredentials(broker.dataDir, (store) =>
      store.issue(BOR, signature),
    );
    expect(await broker.follow()).toMatchObject({ code: 0, stderr: '' });
    const login = { username: lost.username, password, reconnectPeriod: 0 };
    const url = `mqtt://127.0.0.1:${String(port)}`;
    let device: Awaited<ReturnType<typeof connectAsync>> | undefined;
    for (let tries = 0; tries < 100 && device === undefined; tries += 1) {
      device = await connectAsync(url, login).catch(() => undefined);
      if (device === undefined) await pause(50);
    }
    expect(device?.connected).toBe(true);
    const closed = new Promise((resolve) =>
      device?.once('close', () => {
        resolve(undefined);
      }),
    );
    askCredentials(broker.dataDir, (store) => store.revoke(BOR, lost.id, signature));
    expect(await broker.follow()).toMatchObject({ code: 0, stderr: '' });
    await closed;
    await expect(connectAsync(url, login)).rejects.toThrow(/not authorized/i);
    // Those who were not revoked, and those written by hand, are as they were.
    await say(CAMP, NATIVE, 'still there');
    await say('bluewatt-web', LIVE, 'still there');
  });

  it('shows the dashboard live readings and nothing else', async () => {
    const heard = await heardBy('bluewatt-web', 'live', async () => {
      await say(CAMP, NATIVE, 'raw');
      await say('bluewatt-worker', LIVE, 'live');
    });
    expect(heard).toEqual([`${LIVE} live`]);
  });

  it('drops readings that the worker or the dashboard would invent', async () => {
    const heard = await heardBy('bluewatt-worker', 'own', async () => {
      await say('bluewatt-worker', NATIVE, 'invented');
      await say('bluewatt-web', NATIVE, 'invented');
      await say('bluewatt-web', LIVE, 'invented');
      await say(CAMP, NATIVE, 'own');
    });
    expect(heard).toEqual([`${NATIVE} own`]);
  });

  it('I9: hands over after a power cut what was queued for a worker that was away', async () => {
    const url = `mqtt://127.0.0.1:${String(port)}`;
    const session = {
      clientId: 'bluewatt-ingest',
      clean: false,
      username: 'bluewatt-worker',
      password: passwordOf('bluewatt-worker'),
      protocolVersion: 5 as const,
      properties: { sessionExpiryInterval: 3600 },
      reconnectPeriod: 0,
    };
    const away = await connectAsync(url, session);
    await away.subscribeAsync('bluewatt/#', { qos: 1 });
    await away.endAsync();
    // More than the 1,000 at which Mosquitto drops by default.
    // Twenty devices at once: Mosquitto then saves once for what several of them sent.
    const lines = Array.from({ length: 1_060 }, (_, index) => String(10_000 + index));
    const devices = await Promise.all(
      Array.from({ length: 20 }, () =>
        connectAsync(url, { username: CAMP, password: passwordOf(CAMP), reconnectPeriod: 0 }),
      ),
    );
    await Promise.all(
      devices.map(async (device, place) => {
        const own = lines.filter((_, index) => index % devices.length === place);
        await Promise.all(own.map((line) => device.publishAsync(NATIVE, line, { qos: 1 })));
      }),
    );
    await Promise.all(devices.map((device) => device.endAsync()));
    // The last change is saved in the turn of Mosquitto's loop that acknowledged it.
    await pause(500);
    await broker.kill();
    await broker.restart();

    const heard: string[] = [];
    const back = connect(url, { ...session, manualConnect: true });
    back.on('message', (_topic, payload) => heard.push(payload.toString()));
    back.connect();
    for (let tries = 0; tries < 6_000 && heard.length < lines.length; tries += 1) await pause(10);
    await back.endAsync();
    expect(heard.sort()).toEqual(lines);
    // Hundreds of synced writes, on a disk that may be slow.
  }, 120_000);
});

describe('the environment files', () => {
  const variables = (name: string): Record<string, string> =>
    Object.fromEntries(
      read('deploy', 'env', name)
        .split('\n')
        .map((line) => line.replace(/^# (?=[A-Z_]+=)/, ''))
        .filter((line) => /^[A-Z_]+=/.test(line))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );

  /** Read by SvelteKit's Node server itself. */
  const BODY_LIMIT = 'BODY_SIZE_LIMIT';

  it.each(['worker.env.example', 'web.env.example', 'bluewatt.env.example'])(
    '%s holds settings that are known and valid',
    (name) => {
      const values = variables(name);
      const known = read('src', 'lib', 'server', 'settings.ts');
      const ours = Object.keys(values).filter((key) => !(name === 'web.env.example' && key === BODY_LIMIT));
      expect(ours.filter((key) => !known.includes(`  ${key}: variable(`))).toEqual([]);
      expect(readSettings(values)).toMatchObject({ ok: true });
    },
  );

  it('give worker and dashboard the database that InfluxDB creates, with its users', () => {
    const influx = variables('influxdb.env.example');
    const credentials = (name: string): string[] => {
      const url = new URL(variables(name)['INFLUX_URL'] ?? '');
      return [url.username, url.password, url.pathname];
    };
    const path = `/${influx['INFLUXDB_DB'] ?? ''}`;
    expect(credentials('worker.env.example')).toEqual([
      influx['INFLUXDB_USER'],
      influx['INFLUXDB_USER_PASSWORD'],
      path,
    ]);
    expect(credentials('web.env.example')).toEqual([
      influx['INFLUXDB_READ_USER'],
      influx['INFLUXDB_READ_USER_PASSWORD'],
      path,
    ]);
  });
});

interface Service {
  readonly image?: string;
  readonly build?: { context: string; dockerfile: string };
  readonly command?: string[];
  readonly ports?: string[];
  readonly env_file?: string;
  readonly environment?: Record<string, string>;
  readonly volumes: string[];
  readonly healthcheck: { test: string[] };
  readonly depends_on?: Record<string, { condition: string }>;
  readonly cap_drop?: string[];
}

describe('compose.yaml', () => {
  const file = parse(read('compose.yaml'), { merge: true }) as {
    services: Record<'mosquitto' | 'influxdb' | 'worker' | 'web', Service>;
    volumes: Record<string, unknown>;
  };
  const services = Object.entries(file.services);

  it('runs broker, store, worker and dashboard, each watched by a health check', () => {
    expect(services.map(([name]) => name)).toEqual(['mosquitto', 'influxdb', 'worker', 'web']);
    for (const [, { healthcheck }] of services) expect(healthcheck.test.length).toBeGreaterThan(1);
  });

  it('names only files and volumes that are there', () => {
    for (const [name, { volumes, env_file: secrets, build, command }] of services) {
      for (const volume of volumes) {
        const from = volume.split(':')[0] ?? '';
        expect(from.startsWith('.') ? existsSync(join(ROOT, from)) : from in file.volumes, volume).toBe(true);
      }
      if (secrets !== undefined) expect(existsSync(join(ROOT, `${secrets}.example`)), name).toBe(true);
      if (build === undefined) continue;
      expect(existsSync(join(ROOT, build.dockerfile))).toBe(true);
      // The dashboard is built in the image; the worker runs from source.
      const script = command?.slice(1).find((word) => !word.startsWith('--')) ?? '';
      expect(script === 'build/index.js' || existsSync(join(ROOT, script))).toBe(true);
    }
  });

  it('opens the plain listener to the other containers alone, by a change of the shipped configuration', async () => {
    const { command = [], ports = [] } = file.services.mosquitto;
    // Compose puts variables in wherever it sees the sign.
    expect(command.join(' ')).not.toContain('$');
    expect(ports.map((each) => each.split(':')[1])).toEqual(['8883']);
    const [sed = ''] = /sed '[^']+'/.exec(command.at(-1) ?? '') ?? [];
    const folder = await temporaryFolder('compose');
    writeFileSync(join(folder, 'mosquitto.conf'), read('deploy', 'mosquitto', 'mosquitto.conf'));
    const { stdout } = spawnSync('sh', ['-c', `${sed} ${join(folder, 'mosquitto.conf')}`], {
      encoding: 'utf8',
    });
    expect(stdout.split('\n').filter((line) => line.startsWith('listener'))).toEqual([
      'listener 1883',
      'listener 8883',
    ]);
  });

  it('keeps passwords out of itself', () => {
    for (const [, { environment = {} }] of services) {
      expect(Object.keys(environment).filter((key) => /PASSWORD|TOKEN|INFLUX_URL/.test(key))).toEqual([]);
    }
  });

  it('gives worker and dashboard settings that are valid, and the same data folder', () => {
    for (const service of [file.services.worker, file.services.web]) {
      expect(readSettings(service.environment ?? {})).toMatchObject({ ok: true });
      expect(service.volumes).toEqual(['data:/data']);
      expect(service.cap_drop).toEqual(['ALL']);
    }
    expect(read('deploy', 'docker', 'Dockerfile')).toContain('DATA_DIR=/data');
  });

  it('builds its image from files that the ignore file lets through', () => {
    const ignored = read('deploy', 'docker', 'Dockerfile.dockerignore').split('\n');
    const copied = [...read('deploy', 'docker', 'Dockerfile').matchAll(/^COPY --from=build \/app\/(\S+)/gm)];
    const fromSource = copied
      .map(([, path]) => path ?? '')
      .filter((path) => !/^(node_modules|build)$/.test(path));
    expect(fromSource).toEqual(['package.json', 'src/lib', 'ingest']);
    expect(fromSource.filter((path) => ignored.includes(path.split('/')[0] ?? ''))).toEqual([]);
    expect(ignored).toContain('**/*.env');
  });
});

describe('the systemd units', () => {
  const folder = join(ROOT, 'deploy', 'systemd');
  const units = readdirSync(folder);
  const services = units.filter((unit) => unit.endsWith('.service'));
  const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;

  it('are the two services, and the nightly backup', () => {
    expect(units.sort()).toEqual([
      'bluewatt-backup.service',
      'bluewatt-backup.timer',
      'bluewatt-web.service',
      'bluewatt-worker.service',
    ]);
  });

  it.each(services)(
    '%s runs as its own user, sees the system read-only and comes back after a fault',
    (unit) => {
      const lines = read('deploy', 'systemd', unit).split('\n');
      for (const line of [
        'User=bluewatt',
        'ProtectSystem=strict',
        'NoNewPrivileges=yes',
        // A backup that failed is not tried at once again, but the next night.
        unit === 'bluewatt-backup.service' ? 'Type=oneshot' : 'Restart=on-failure',
        'StateDirectory=bluewatt',
      ]) {
        expect(lines).toContain(line);
      }
      const started = (lines.find((line) => line.startsWith('ExecStart=')) ?? '').split(' ');
      const [command, ...words] = started;
      const script = words.find((word) => !word.startsWith('--')) ?? '';
      expect(command).toBe('ExecStart=/opt/bluewatt/node_modules/.bin/node');
      const flags = words.slice(0, words.indexOf(script));
      expect(flags).toEqual(script === 'ingest/main.ts' ? WORKER_NODE_FLAGS : []);
      expect(script === 'build/index.js' || existsSync(join(ROOT, script))).toBe(true);
    },
  );

  it('runs the worker in containers with the flags it has everywhere', () => {
    const words = ['node', ...WORKER_NODE_FLAGS, 'ingest/main.ts'];
    expect(read('deploy', 'docker', 'Dockerfile')).toContain(
      `CMD [${words.map((word) => `"${word}"`).join(', ')}]`,
    );
    expect(read('compose.yaml')).toContain(`command: [${words.map((word) => `'${word}'`).join(', ')}]`);
  });

  it.runIf(hasAnalyze).each(units)('%s says nothing that systemd does not understand', async (unit) => {
    const place = await temporaryFolder('units');
    // systemd looks whether the program is there: here any is.
    const text = read('deploy', 'systemd', unit).replace(
      '/opt/bluewatt/node_modules/.bin/node',
      process.execPath,
    );
    writeFileSync(join(place, unit), text);
    const { stdout, stderr, status } = spawnSync(
      'systemd-analyze',
      ['verify', '--man=no', join(place, unit)],
      {
        encoding: 'utf8',
      },
    );
    const aboutUs = `${stdout}${stderr}`.split('\n').filter((line) => line.includes(unit));
    expect({ status, aboutUs }).toEqual({ status: 0, aboutUs: [] });
  });
});
