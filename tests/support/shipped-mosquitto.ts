/** Mosquitto on the configuration and access list that deploy/ ships, with camps' users as the command writes them; only places change. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CampRef } from '#lib/registry/camp-topics.ts';
import type { DeviceSource } from '#lib/registry/types.ts';
import { askCredentials } from '#lib/server/broker/credential-store.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { certify } from './certificate.ts';
import { runScript, type CommandOutcome } from './command.ts';
import { freePorts } from './free-port.ts';
import { startServer, temporaryFolder, type ServerProcess } from './server-process.ts';

const SHIPPED = join(import.meta.dirname, '..', '..', 'deploy', 'mosquitto');
const SERVICES = ['bluewatt-worker', 'bluewatt-web'] as const;

export interface ShippedMosquitto extends ServerProcess {
  readonly port: number;
  readonly tlsPort: number;
  /** where its files are */
  readonly folder: string;
  readonly caFile: string;
  /** where the registry and the credentials are */
  readonly dataDir: string;
  /** of worker, dashboard, and each camp's first user */
  readonly passwords: ReadonlyMap<string, string>;
  /** runs `npm run broker -- acl`, and has Mosquitto read what it wrote */
  follow(): Promise<CommandOutcome>;
}

/** @param camps each gets a user, `<mission>.<camp>.1` */
export async function startShippedMosquitto(
  camps: readonly CampRef[],
  sources: readonly DeviceSource[] = [],
): Promise<ShippedMosquitto> {
  const [port = 0, tlsPort = 0] = await freePorts(2);
  const folder = await temporaryFolder('shipped-mosquitto');
  const dataDir = join(folder, 'data');
  register(dataDir, camps, sources);
  copyFileSync(join(SHIPPED, 'acl'), join(folder, 'acl'));
  const passwords = new Map<string, string>(SERVICES.map((user) => [user, `${user}-secret`]));
  const passwordFile = join(folder, 'passwords');
  writeFileSync(passwordFile, '');
  for (const [user, password] of passwords)
    execFileSync('mosquitto_passwd', ['-b', passwordFile, user, password]);
  chmodSync(passwordFile, 0o600);
  for (const camp of camps) {
    const signature = { author: 'test', reason: 'its gateway', madeAt: Date.now() };
    const { credential, password } = askCredentials(dataDir, (store) => store.issue(camp, signature));
    passwords.set(credential.username, password);
  }
  const write = () => runScript('ingest/cli/broker.ts', ['acl', '--into', folder], { DATA_DIR: dataDir });
  const written = await write();
  if (written.code !== 0) throw new Error(written.stderr);
  mkdirSync(join(folder, 'certs'));
  const { certFile } = certify(join(folder, 'certs'), 'server');
  const config = readFileSync(join(SHIPPED, 'mosquitto.conf'), 'utf8')
    .replaceAll('/etc/mosquitto/', `${folder}/`)
    .replace('/var/lib/mosquitto/', `${folder}/`)
    .replace(/^listener 1883 127\.0\.0\.1$/m, `listener ${String(port)} 127.0.0.1`)
    .replace(/^listener 8883$/m, `listener ${String(tlsPort)} 127.0.0.1`);
  // Root stays root, who alone may write there.
  const user = process.getuid?.() === 0 ? 'user root\n' : '';
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(file, `${config}${user}`);
  const server = await startServer(
    { name: 'mosquitto', command: 'mosquitto', args: ['-c', file], port },
    folder,
  );
  return {
    ...{ port, tlsPort, folder, dataDir, passwords, caFile: certFile },
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: () => server.restart(),
    async follow() {
      const outcome = await write();
      process.kill(server.pid, 'SIGHUP');
      return outcome;
    },
  };
}

function register(dataDir: string, camps: readonly CampRef[], sources: readonly DeviceSource[]): void {
  const store = openRegistryStore(dataDir);
  const missions = Object.fromEntries(
    camps.map(({ mission }) => [
      mission,
      {
        ...{ name: mission, zone: 'UTC', targets: [], grid: [] },
        camps: Object.fromEntries(
          camps
            .filter((each) => each.mission === mission)
            .map(({ camp }) => [camp, { name: camp, headcount: [], meters: {} }]),
        ),
      },
    ]),
  );
  const registry = { missions, pledges: [], sources };
  store.save(registry, { author: 'test', reason: 'test', savedAt: Date.now() });
  store.close();
}
