/** The embedded broker with TLS: as a device with the right authority meets it, with a bad certificate, and when it is renewed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type PeerCertificate } from 'node:tls';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { certify as certifyIn } from '../../support/certificate.ts';
import { until } from '../sources/until.ts';
import { JUBA, startRig, type Rig } from './broker-rig.ts';

const READING = 'bluewatt/unmiss/juba/genset-1/reading';

let folder: string;
let rig: Rig | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-tls-'));
});
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const certify = (name: string) => certifyIn(folder, name);
const place = (files: { certFile: string; keyFile: string }) => ({ host: '127.0.0.1', port: 0, ...files });

function shownBy(port: number): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

it('takes readings over TLS from whoever has a credential and trusts its authority', async () => {
  const files = certify('first');
  rig = await startRig({ tls: place(files) });
  const url = `mqtts://127.0.0.1:${String(rig.broker.tlsPort())}`;
  const login = { ...rig.issue(JUBA), reconnectPeriod: 0 };
  await expect(connectAsync(url, login)).rejects.toThrow(/self-signed/);
  const ca = readFileSync(files.certFile);
  await expect(connectAsync(url, { ca, reconnectPeriod: 0 })).rejects.toThrow(/not authorized/i);
  const device = await connectAsync(url, { ...login, ca });
  await device.publishAsync(READING, 'over TLS', { qos: 1 });
  await device.endAsync();
  expect(rig.taken).toEqual([`${READING} over TLS`]);
});

it('shows a renewed certificate without a restart, and goes on with the old one while the new key is missing', async () => {
  const files = certify('first');
  rig = await startRig({ tls: place(files) });
  const port = rig.broker.tlsPort() ?? 0;
  const device = await connectAsync(`mqtts://127.0.0.1:${String(port)}`, {
    ...{ ...rig.issue(JUBA), reconnectPeriod: 0, ca: readFileSync(files.certFile) },
  });
  const renewed = certify('second');
  writeFileSync(files.certFile, readFileSync(renewed.certFile));
  const { events } = rig;
  await until('the half renewal is told', () => events.some(({ kind }) => kind === 'refused'));
  expect((await shownBy(port)).subject.CN).toBe('first');
  writeFileSync(files.keyFile, readFileSync(renewed.keyFile));
  for (let tries = 0; tries < 50 && (await shownBy(port)).subject.CN !== 'second'; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await shownBy(port)).subject.CN).toBe('second');
  expect(events.filter(({ kind }) => kind === 'refused')).toHaveLength(1);
  // Whoever was there stays.
  await device.publishAsync(READING, 'still there', { qos: 1 });
  await device.endAsync();
});

it('says at the start which files it cannot use, and which settings name them', async () => {
  const files = certify('first');
  writeFileSync(files.keyFile, 'no key');
  await expect(startRig({ tls: place(files) })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('BROKER_TLS_KEY_FILE') as string,
  });
});
