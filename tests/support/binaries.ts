/** The programs beside Node that tests speak to, where Debian packs them, and whether they are here. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Program → Debian package. */
export const PACKAGES = {
  mosquitto: 'mosquitto',
  mosquitto_pub: 'mosquitto-clients',
  influxd: 'influxdb',
  chromium: 'chromium',
} as const;

export type Binary = keyof typeof PACKAGES;

/** Folders that a user's PATH may leave out. */
const ALSO = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin'];

/** The program's full path, or undefined when it is not installed. */
export function findBinary(name: Binary): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...ALSO].filter(
    (folder) => folder !== '',
  );
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

export function missingBinaries(names: readonly Binary[]): Binary[] {
  return names.filter((name) => findBinary(name) === undefined);
}

/** The command that installs what is missing, for a person to type. */
export function installCommand(missing: readonly Binary[]): string {
  const packages = [...new Set(missing.map((name) => PACKAGES[name]))];
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
