/** A backup: one folder with all that is ours, made while everything runs, whole or not there at all. */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { Settings } from '#lib/server/settings.ts';
import { describeFile, MANIFEST, manifestOf, readManifest, type Manifest } from './manifest.ts';
import { snapshotDatabases } from './snapshot.ts';

/** What is copied as a database, and checked as one. */
export const DATABASE = /\.db$/;
/** Beside a database while it is open; their contents are in its copy. */
const OF_A_DATABASE = /\.db-(wal|shm|journal)$/;
/** The installation's own device profiles, which may lie outside the data folder. */
export const PROFILES = 'profiles';
const PREFIX = 'bluewatt-';
const UNFINISHED = '.unfinished';

export interface BackupOptions {
  readonly settings: Pick<Settings, 'dataDir' | 'profilesDir' | 'influx'>;
  /** the folder that backups are put into, each in a folder of its own */
  readonly into: string;
  /** of Bluewatt */
  readonly version: string;
  /** epoch ms */
  readonly now: number;
}

/**
 * Makes a backup and resolves to its folder.
 * @throws Error when there is nothing to back up, or the target lies inside the data folder
 * @throws AppError when a database cannot be read or the disk takes no more; nothing is left behind then
 */
export async function makeBackup({ settings, into, version, now }: BackupOptions): Promise<string> {
  const { dataDir, profilesDir } = settings;
  const names = existsSync(dataDir) ? fileNames(dataDir) : [];
  if (names.length === 0)
    throw new Error(`There is nothing to back up in ${dataDir} (DATA_DIR): it is empty, or not there.`);
  if (`${resolve(into)}${sep}`.startsWith(`${resolve(dataDir)}${sep}`))
    throw new Error(
      `${into} lies inside ${dataDir} (DATA_DIR), which it is to be a backup of: name another folder.`,
    );
  const folder = join(
    into,
    `${PREFIX}${new Date(now)
      .toISOString()
      .replaceAll(':', '-')
      .replace(/\.\d+Z/, 'Z')}`,
  );
  if (existsSync(folder)) throw new Error(`${folder} is there already.`);
  const unfinished = `${folder}${UNFINISHED}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  try {
    const databases = names.filter((name) => DATABASE.test(name));
    await snapshotDatabases(dataDir, databases, unfinished);
    // Who may not read a file must not read its copy either, nor what is restored from it.
    for (const name of databases) chmodSync(join(unfinished, name), statSync(join(dataDir, name)).mode);
    for (const name of names)
      if (!databases.includes(name)) copyPlain(join(dataDir, name), join(unfinished, name));
    const profiles = existsSync(profilesDir) ? fileNames(profilesDir) : [];
    for (const name of profiles) copyPlain(join(profilesDir, name), join(unfinished, PROFILES, name));
    await finish(unfinished, {
      files: [...names, ...profiles.map((name) => `${PROFILES}/${name}`)],
      about: { version, madeAt: new Date(now).toISOString(), store: settings.influx ? 'influxdb' : 'sqlite' },
    });
    renameSync(unfinished, folder);
    syncPath(into);
    return folder;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** Plain files of a folder, without those that belong to an open database. */
function fileNames(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !OF_A_DATABASE.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

function copyPlain(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

async function finish(
  folder: string,
  { files, about }: { files: readonly string[]; about: Pick<Manifest, 'version' | 'madeAt' | 'store'> },
): Promise<void> {
  const described = [];
  for (const name of files) {
    syncPath(join(folder, name));
    described.push(await describeFile(folder, name));
  }
  const manifest = manifestOf({ ...about, files: described });
  writeFileSync(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
  syncPath(join(folder, MANIFEST));
  syncPath(folder);
}

/** To the disk, not only to the system's memory: a backup is for the day of the power cut. */
export function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Removes all but the newest `keep` whole backups of a folder; what is no whole backup of ours is left alone. Returns the
 * removed ones.
 */
export function pruneBackups(into: string, keep: number): string[] {
  const whole = readdirSync(into)
    .filter((name) => name.startsWith(PREFIX) && !name.endsWith(UNFINISHED))
    .filter((name) => {
      try {
        readManifest(join(into, name));
        return true;
      } catch {
        return false;
      }
    })
    .sort();
  const removed = whole.slice(0, Math.max(0, whole.length - keep)).map((name) => join(into, name));
  for (const folder of removed) rmSync(folder, { recursive: true });
  return removed;
}
