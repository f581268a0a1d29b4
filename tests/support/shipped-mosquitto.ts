/** Mosquitto on the configuration and access list that deploy/ ships; only places change. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { startServer, temporaryFolder, type ServerProcess } from './server-process.ts';

const SHIPPED = join(import.meta.dirname, '..', '..', 'deploy', 'mosquitto');

/** Each of `users` gets in with {@link passwordOf}. */
export async function startShippedMosquitto(
  users: readonly string[],
): Promise<ServerProcess & { readonly port: number }> {
  const port = await freePort();
  const folder = await temporaryFolder('shipped-mosquitto');
  copyFileSync(join(SHIPPED, 'acl'), join(folder, 'acl'));
  const passwords = join(folder, 'passwords');
  writeFileSync(passwords, '');
  for (const user of users) execFileSync('mosquitto_passwd', ['-b', passwords, user, passwordOf(user)]);
  chmodSync(passwords, 0o600);
  const config = readFileSync(join(SHIPPED, 'mosquitto.conf'), 'utf8')
    .replaceAll('/etc/mosquitto/', `${folder}/`)
    .replace('/var/lib/mosquitto/', `${folder}/`)
    .replace(/^listener 1883$/m, `listener ${String(port)} 127.0.0.1`);
  // Root stays root, who alone may write there.
  const user = process.getuid?.() === 0 ? 'user root\n' : '';
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(file, `${config}${user}`);
  const server = await startServer(
    { name: 'mosquitto', command: 'mosquitto', args: ['-c', file], port },
    folder,
  );
  return Object.assign(server, { port });
}

export function passwordOf(user: string): string {
  return `${user}-secret`;
}
