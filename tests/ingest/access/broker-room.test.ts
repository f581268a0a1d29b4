/** What the worker says and does about its own broker, by its settings. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EMPTY_REGISTRY } from '#lib/registry/lookup.ts';
import { openCredentialStore, type CredentialStore } from '#lib/server/broker/credential-store.ts';
import { readSettings } from '#lib/server/settings.ts';
import { openBrokerRoom } from '../../../ingest/broker-room.ts';

let folder: string;
let credentials: CredentialStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-room-'));
  credentials = openCredentialStore(folder);
});
afterEach(() => {
  credentials.close();
  rmSync(folder, { recursive: true, force: true });
});

function opened(environment: Record<string, string>) {
  const read = readSettings(environment);
  if (!read.ok) throw new Error('the settings are not valid');
  const logged: string[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  const parts = { settings: read.settings, credentials, profiles: () => [], registry: () => EMPTY_REGISTRY };
  return { room: openBrokerRoom({ ...parts, log }), logged };
}
const stranger = { username: undefined, password: undefined, address: '10.1.2.3' };

it.each([
  [{}, { ok: true }, ''],
  [{ BROKER_HOST: '0.0.0.0' }, { ok: false, why: 'credentials-needed' }, 'without TLS'],
  [{ BROKER_HOST: '0.0.0.0', BROKER_ACCESS: 'open' }, { ok: true }, 'asks nobody for a password'],
])(
  'with %j somebody without a name gets %j, and the log warns: %j',
  async (environment, admission, warning) => {
    const { room, logged } = opened(environment);
    expect(await room.access?.admit(stranger)).toMatchObject(admission);
    if (warning === '') expect(logged).toEqual([]);
    else expect(logged.join()).toContain(warning);
  },
);

it('has nothing to say of a broker that is somebody else’s', () => {
  const { room, logged } = opened({ MQTT_URL: 'mqtt://broker.example', BROKER_HOST: '0.0.0.0' });
  expect([room.access, logged]).toEqual([undefined, []]);
});
