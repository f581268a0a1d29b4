/** Puts a backup back: checked whole before anything is touched, and what was there is moved aside, never deleted. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Row } from '#lib/server/database.ts';
import type { Settings } from '#lib/server/settings.ts';
import { DATABASE, PROFILES, syncPath } from './backup.ts';
import { damagesOf, readManifest, type Manifest } from './manifest.ts';

const ASIDE = 'before-restore-';
const INCOMING = '.restoring';

export interface RestoreOptions {
  readonly settings: Pick<Settings, 'dataDir' | 'profilesDir' | 'influx'>;
  readonly folder: string;
  /** whether what is in the data folder may be moved aside */
  readonly mayReplace: boolean;
  /** epoch ms */
  readonly now: number;
}

export interface Restored {
  readonly manifest: Manifest;
  /** where what was there before is now; undefined when there was nothing */
  readonly aside: string | undefined;
}

/**
 * @throws Error that says what is wrong with the backup, or why the data folder cannot take it; nothing was changed then
 */
export async function restoreBackup({
  settings,
  folder,
  mayReplace,
  now,
}: RestoreOptions): Promise<Restored> {
  const { dataDir } = settings;
  const manifest = readManifest(folder);
  const damages = await damagesOf(folder, manifest);
  if (damages.length > 0)
    throw new Error(`${folder} is damaged; nothing was restored:\n  ${damages.join('\n  ')}`);
  if ((manifest.store === 'influxdb') !== (settings.influx !== undefined))
    throw new Error(
      manifest.store === 'influxdb'
        ? 'This backup is of a system on InfluxDB: set INFLUX_URL, and restore that database by its own means.'
        : 'This backup holds its readings itself, and INFLUX_URL is set: unset it, or the readings would not be seen.',
    );
  const present = existsSync(dataDir)
    ? readdirSync(dataDir).filter((name) => name !== INCOMING && !name.startsWith(ASIDE))
    : [];
  assertNotInUse(dataDir, present);
  if (present.length > 0 && !mayReplace)
    throw new Error(
      `${dataDir} (DATA_DIR) is not empty. With --replace what is there is moved into a folder beside, not deleted.`,
    );
  takeIn(settings, folder, manifest);
  const aside = present.length === 0 ? undefined : moveAside(dataDir, present, now);
  putInPlace(settings, manifest);
  return { manifest, aside };
}

/** A database can leave its write-ahead log only while nobody else has it open: that tells a running worker or dashboard. */
function assertNotInUse(dataDir: string, names: readonly string[]): void {
  for (const name of names.filter((each) => DATABASE.test(each))) {
    const database = new DatabaseSync(join(dataDir, name), { timeout: 0 });
    try {
      const { journal_mode: mode } = database.prepare('PRAGMA journal_mode = DELETE').get() as Row;
      if (mode === 'delete') continue;
      throw new Error('it stays open');
    } catch (cause) {
      throw new Error(
        `${join(dataDir, name)} is in use: stop worker and dashboard (and whatever else reads it), then restore.`,
        { cause },
      );
    } finally {
      database.close();
    }
  }
}

/** Copies everything beside its place first: a disk that is full, or a copy that went wrong, then changes nothing. */
function takeIn({ dataDir }: RestoreOptions['settings'], folder: string, { files }: Manifest): void {
  const incoming = join(dataDir, INCOMING);
  rmSync(incoming, { recursive: true, force: true });
  try {
    for (const { name } of files) {
      const to = join(incoming, name);
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(join(folder, name), to);
      syncPath(to);
      if (DATABASE.test(name)) assertSound(to, name);
    }
  } catch (error) {
    rmSync(incoming, { recursive: true, force: true });
    throw error;
  }
}

function assertSound(file: string, name: string): void {
  const database = new DatabaseSync(file);
  try {
    const [first] = database.prepare('PRAGMA quick_check(1)').all() as Row[];
    const found = first?.['quick_check'];
    if (found !== 'ok') throw new Error(`${name} is damaged inside: ${String(found)}; nothing was restored.`);
  } finally {
    database.close();
  }
}

function moveAside(dataDir: string, names: readonly string[], now: number): string {
  const aside = join(dataDir, `${ASIDE}${String(now)}`);
  mkdirSync(aside);
  for (const name of names) renameSync(join(dataDir, name), join(aside, name));
  return aside;
}

function putInPlace({ dataDir, profilesDir }: RestoreOptions['settings'], { files }: Manifest): void {
  const incoming = join(dataDir, INCOMING);
  for (const { name } of files) {
    const isProfile = name.startsWith(`${PROFILES}/`);
    const to = isProfile ? join(profilesDir, name.slice(PROFILES.length + 1)) : join(dataDir, name);
    mkdirSync(dirname(to), { recursive: true });
    if (isProfile) copyFileSync(join(incoming, name), to);
    else renameSync(join(incoming, name), to);
  }
  rmSync(incoming, { recursive: true, force: true });
  syncPath(dataDir);
}
