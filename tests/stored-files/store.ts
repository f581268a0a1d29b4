/**
 * `node tests/stored-files/store.ts`: stores a file of each schema version that has none yet. To be run, and its files
 * committed, with every migration that is added; files that are there are never made again.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { DATABASES } from './databases.ts';
import { FOLDER, storedName, storedNames } from './files.ts';

mkdirSync(FOLDER, { recursive: true });
const stored = new Set(storedNames());
const folder = mkdtempSync(join(tmpdir(), 'bluewatt-stored-'));
try {
  for (const [name, { migrations, rows }] of Object.entries(DATABASES)) {
    for (const [index] of migrations.entries()) {
      const version = index + 1;
      const target = storedName(name, version);
      if (stored.has(target)) continue;
      const file = join(folder, `${String(version)}-${name}`);
      const database = new DatabaseSync(file);
      for (const [before, script] of migrations.slice(0, version).entries()) {
        database.exec(script);
        database.exec(rows[before + 1] ?? '');
      }
      database.exec(`PRAGMA user_version = ${String(version)}; VACUUM`);
      database.close();
      writeFileSync(join(FOLDER, target), gzipSync(readFileSync(file), { level: 9 }));
      process.stdout.write(`stored ${target}\n`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
