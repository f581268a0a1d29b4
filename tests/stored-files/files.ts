/** The older files themselves: SQLite databases as they were, compressed, one for each version of each schema. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export const FOLDER = join(import.meta.dirname, 'files');

/** `worker.db`, 3 → `worker-3.db.gz` */
export function storedName(database: string, version: number): string {
  return `${database.replace(/\.db$/, '')}-${String(version)}.db.gz`;
}

export function storedNames(): string[] {
  return readdirSync(FOLDER);
}

/** Puts the older file into `dataDir`, under the name by which the system knows it. */
export function unpack(database: string, version: number, dataDir: string): string {
  const file = join(dataDir, database);
  writeFileSync(file, gunzipSync(readFileSync(join(FOLDER, storedName(database, version)))));
  return file;
}
