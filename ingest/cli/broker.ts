/** `npm run broker`: who has a credential of the broker, and the files by which a Mosquitto takes the same ones. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { askCredentials, BROKER_FILE, type Credential } from '#lib/server/broker/credential-store.ts';
import { WORKER_USER } from '#lib/server/broker/service-users.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import type { Settings } from '#lib/server/settings.ts';
import { accessFile, passwordFile } from '../access/mosquitto-files.ts';
import { readIfThere, replaceFile } from '../access/replace-file.ts';
import { installationProfiles } from '../decode/profile-load.ts';
import { knownSettings, Refused, runCommand } from '../history/opened.ts';

const USAGE = `Usage:
  npm run broker                                     who has a credential: camp, device, last use
  npm run broker -- acl --into /etc/mosquitto        writes Mosquitto's passwords and acl there, from the credentials
                                                     in force and the registry; users written by hand stay
  --worker NAME   the worker's user there (default: MQTT_USERNAME, else ${WORKER_USER})`;

const OPTIONS = { into: { type: 'string' }, worker: { type: 'string' } } as const;
const USER = /^[^\s:#]{1,200}$/;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** @throws Refused */
function parse(args: string[]) {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    const [command, ...more] = positionals;
    if (more.length === 0 && (command === undefined || command === 'acl')) return { command, ...values };
    throw new Error(`There is no such command: ${positionals.join(' ')}`);
  } catch (error) {
    throw new Refused(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 2);
  }
}

function list(credentials: readonly Credential[]): void {
  if (credentials.length === 0) say('No credential was issued yet.');
  for (const { username, reason, usedAt, revoked } of credentials) {
    const used = usedAt === null ? 'not used yet' : `last used ${new Date(usedAt).toISOString()}`;
    const state =
      revoked === null ? used : `revoked ${new Date(revoked.madeAt).toISOString()} by ${revoked.author}`;
    // JSON keeps what somebody typed from writing to the terminal.
    say(`${username.padEnd(32)} ${JSON.stringify(reason)} ${state}`);
  }
}

/** @throws Refused */
function write(
  settings: Settings,
  credentials: readonly Credential[],
  options: { into: string; worker: string },
) {
  const { dataDir, profilesDir, mqtt } = settings;
  if (!USER.test(options.worker))
    throw new Refused(`--worker: ${JSON.stringify(options.worker)} is no user name.`, 2);
  const files = { passwords: join(options.into, 'passwords'), acl: join(options.into, 'acl') };
  if (!existsSync(files.acl))
    throw new Refused(`There is no acl in ${options.into}: copy deploy/mosquitto/acl there first.`);
  const registryStore = openRegistryStore(dataDir);
  try {
    const { registry } = registryStore.current();
    const parts = {
      registry,
      credentials,
      worker: options.worker,
      profiles: installationProfiles(profilesDir),
    };
    const host = mqtt.sparkplugHostId;
    // Both are made before either is written: a list that cannot be made leaves the two as they were, and fitting.
    const acl = accessFile(readIfThere(files.acl), {
      ...parts,
      ...(host !== undefined && { sparkplugHostId: host }),
    });
    const passwords = passwordFile(readIfThere(files.passwords), credentials);
    // Rights first: a user who gets in and may do nothing yet is better than one with the rights of before.
    replaceFile(files.acl, acl);
    replaceFile(files.passwords, passwords);
  } catch (error) {
    throw new Refused(
      `Nothing to go by was written: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    registryStore.close();
  }
  const count = credentials.filter(({ revoked }) => revoked === null).length;
  say(`Wrote ${options.into}/passwords and acl: ${String(count)} credentials in force.`);
  say('Have Mosquitto read them (systemctl reload mosquitto); whoever was revoked is out then.');
}

function main(args: string[]): Promise<number> {
  const { command, into, worker } = parse(args);
  const settings = knownSettings();
  const { dataDir } = settings;
  // Nothing is made in a folder that is not the worker's: it would be of whoever runs this, and the rights of nobody.
  if (!existsSync(join(dataDir, 'app.db')))
    throw new Refused(
      `There is no registry in ${dataDir}: set DATA_DIR to the worker's folder. Nothing was changed.`,
    );
  const hasAny = existsSync(join(dataDir, BROKER_FILE));
  const credentials = hasAny ? askCredentials(dataDir, (store) => store.all()) : [];
  if (command === undefined) {
    list(credentials);
    return Promise.resolve(0);
  }
  if (into === undefined) throw new Refused(`--into: which folder?\n${USAGE}`, 2);
  write(settings, credentials, { into, worker: worker ?? settings.mqtt.username ?? WORKER_USER });
  return Promise.resolve(0);
}

await runCommand(main);
