import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { expect, it } from 'vitest';
import { installCommand, missingBinaries } from './binaries.ts';
import { launchBrowser } from './chromium.ts';
import { freePorts } from './free-port.ts';
import { startInflux } from './influx.ts';
import { startMosquitto } from './mosquitto.ts';
import { publish } from './publish.ts';
import { describeWith } from './requires.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(isTrue: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 200 && !isTrue(); tries += 1) await pause(25);
  return isTrue();
}

describeWith(['mosquitto', 'mosquitto_pub'], 'the broker that tests start', () => {
  it('delivers what mosquitto_pub sends, line by line and whole, and keeps what is retained', async () => {
    const broker = await startMosquitto();
    const client = await connectAsync(broker.url);
    const received: string[] = [];
    client.on('message', (topic, payload) => received.push(`${topic} ${payload.toString()}`));
    await client.subscribeAsync('t/#', { qos: 1 });
    await publish({ port: broker.port, topic: 't/lines', payload: ['1', '2', '3'] });
    await publish({ port: broker.port, topic: 't/whole', payload: 'a\nb', retain: true });
    await until(() => received.length >= 4);
    expect(received).toEqual(['t/lines 1', 't/lines 2', 't/lines 3', 't/whole a\nb']);
    await client.endAsync();
    await broker.stop();
    expect(existsSync(broker.folder)).toBe(false);
  });

  it('comes back on the same port with its data after a kill', async () => {
    const broker = await startMosquitto();
    await publish({ port: broker.port, topic: 'kept', payload: '1', retain: true });
    await pause(1_500);
    const before = broker.pid;
    await broker.kill();
    expect(isAlive(before)).toBe(false);
    await broker.restart();
    expect(broker.pid).not.toBe(before);
    const client = await connectAsync(broker.url);
    const retained = new Promise((resolve) =>
      client.on('message', (_, payload) => resolve(payload.toString())),
    );
    await client.subscribeAsync('kept');
    expect(await retained).toBe('1');
    await client.endAsync();
    await broker.stop();
  });

  it('says why it did not start', async () => {
    await expect(startMosquitto({ config: 'no_such_option true\n' })).rejects.toThrow(/no_such_option/);
  });

  it('does not outlive a test run that is killed, nor does its folder', async () => {
    const run = spawn(process.execPath, [join(import.meta.dirname, 'killed-run.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: run.stdout }), 'line')) as [string];
    const [pid = '', folder = ''] = line.split(' ');
    expect(isAlive(Number(pid))).toBe(true);
    run.kill('SIGKILL');
    expect(await until(() => !isAlive(Number(pid)))).toBe(true);
    expect(await until(() => !existsSync(folder))).toBe(true);
  });
});

describeWith(['influxd'], 'the InfluxDB that tests start', () => {
  it('keeps its data over a kill and a restart on the same port', async () => {
    const influx = await startInflux();
    const created = await fetch(`${influx.httpUrl}/query?q=CREATE+DATABASE+bluewatt`, { method: 'POST' });
    // The status comes before the work; only the body says that it is done.
    expect(await created.text()).not.toContain('error');
    await influx.kill();
    await expect(fetch(`${influx.httpUrl}/ping`)).rejects.toThrow();
    await influx.restart();
    const answer = await fetch(`${influx.httpUrl}/query?q=SHOW+DATABASES`);
    expect(await answer.text()).toContain('bluewatt');
    await influx.stop();
  });
});

describeWith(['chromium'], 'the browser that tests start', () => {
  it('shows a page', async () => {
    const browser = await launchBrowser();
    const page = await browser.newPage();
    await page.setContent('<h1>Solar</h1>');
    expect(await page.textContent('h1')).toBe('Solar');
    await browser.close();
  });
});

it('hands out ports that differ', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
});

it('tells how to install what is missing, each package once', () => {
  expect(installCommand(['influxd', 'mosquitto', 'mosquitto_pub', 'influxd'])).toMatch(
    / influxdb mosquitto mosquitto-clients$/,
  );
  expect(missingBinaries([])).toEqual([]);
});
