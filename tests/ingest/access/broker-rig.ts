/** An embedded broker that asks for credentials, with two camps, their devices and what the broker took and refused. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import type { DeviceSource, Registry } from '#lib/registry/types.ts';
import { openCredentialStore, type CredentialStore } from '#lib/server/broker/credential-store.ts';
import { createBrokerGuests } from '../../../ingest/access/broker-guests.ts';
import { createRefusalLog, type RefusalLog } from '../../../ingest/access/refusal-log.ts';
import { loadProfiles } from '../../../ingest/decode/profile-load.ts';
import {
  createEmbeddedBroker,
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
} from '../../../ingest/sources/embedded-broker.ts';
import type { SourceEvent } from '../../../ingest/sources/source.ts';

const PROFILES = loadProfiles();
const LINES: readonly DeviceSource[] = [
  {
    ...{ profile: 'victron-gx', topic: 'N/c0619ab12345', mission: 'unmiss', camp: 'juba' },
    meter: '{service}-{instance}',
  },
  { profile: 'tasmota', topic: 'tele/pow1', mission: 'unmiss', camp: 'bor', meter: 'pow-1' },
];

export const JUBA = { mission: 'unmiss', camp: 'juba' };
export const BOR = { mission: 'unmiss', camp: 'bor' };

export interface Rig {
  readonly broker: EmbeddedBroker;
  readonly store: CredentialStore;
  readonly dataDir: string;
  readonly refusals: RefusalLog;
  readonly taken: string[];
  readonly events: SourceEvent[];
  readonly logged: string[];
  registry: Registry;
  /** a user of the camp */
  issue(camp: typeof JUBA): { id: number; username: string; password: string };
  connect(options?: IClientOptions): Promise<MqttClient>;
  /** what was refused, as `what guest topic` */
  refused(): string[];
  stop(): Promise<void>;
}

export interface RigOptions extends Partial<Pick<EmbeddedBrokerOptions, 'tls'>> {
  readonly mode?: 'open' | 'credentials';
  /** of another rig */
  readonly dataDir?: string;
  readonly now?: () => number;
}

function registryOf(): Registry {
  const camp = (name: string) => ({ name, headcount: [], meters: {} });
  const camps = { juba: camp('Juba'), bor: camp('Bor') };
  const unmiss = { name: 'UNMISS', zone: 'Africa/Juba', targets: [], grid: [], camps };
  return { missions: { unmiss }, pledges: [], sources: LINES };
}

export async function startRig({
  mode = 'credentials',
  tls,
  now,
  ...options
}: RigOptions = {}): Promise<Rig> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'bluewatt-broker-'));
  const store = openCredentialStore(dataDir);
  const [taken, events, logged]: [string[], SourceEvent[], string[]] = [[], [], []];
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  const refusals = createRefusalLog(log);
  const clients: MqttClient[] = [];
  let registry = registryOf();
  const access = createBrokerGuests({
    ...{ mode, store, log, profiles: () => PROFILES, registry: () => registry },
    ...(now && { now }),
    noteRefused: (refusal) => {
      refusals.note(refusal);
    },
  });
  const broker = await createEmbeddedBroker({
    ...{ host: '127.0.0.1', port: 0, access, ...(tls && { tls }) },
    receive: ({ topic, payload }, settled) => {
      taken.push(`${topic} ${Buffer.from(payload).toString()}`);
      settled();
    },
    onEvent: (event) => events.push(event),
  });
  await broker.start();
  return {
    ...{ broker, store, dataDir, refusals, taken, events, logged },
    get registry() {
      return registry;
    },
    set registry(other) {
      registry = other;
    },
    issue(camp) {
      const { credential, password } = store.issue(camp, {
        author: 'Ada',
        reason: 'test',
        madeAt: Date.now(),
      });
      return { id: credential.id, username: credential.username, password };
    },
    async connect(more = {}) {
      const client = await connectAsync(`mqtt://127.0.0.1:${String(broker.port())}`, {
        ...{ reconnectPeriod: 0, protocolVersion: 4, ...more },
      });
      client.on('error', () => undefined);
      clients.push(client);
      return client;
    },
    refused: () =>
      refusals.newest(100).map(({ what, guest, topic }) => [what, guest, topic ?? ''].join(' ').trim()),
    async stop() {
      for (const client of clients) await client.endAsync(true);
      await broker.close();
      store.close();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
