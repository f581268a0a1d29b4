/** Two files that readings flow through, written by another thread all the while, as the worker writes them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { snapshotDatabases } from '../../../ingest/backup/snapshot.ts';

/**
 * Spools a number and moves it to the store in two commits, the store first; and stores a number and notes it in the
 * journal after. Either file alone is never the whole truth.
 */
const WRITER = `
const { workerData, parentPort } = require('node:worker_threads');
const { DatabaseSync } = require('node:sqlite');
const open = (name) => {
  const database = new DatabaseSync(workerData + '/' + name, { timeout: 10000 });
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS row (kind TEXT, n INTEGER, UNIQUE (kind, n))');
  return database;
};
const store = open('readings.db'), journal = open('worker.db');
const put = (database, kind, n) => database.prepare('INSERT OR IGNORE INTO row VALUES (?, ?)').run(kind, n);
let n = 0;
parentPort.postMessage('ready');
const stopAt = Date.now() + 30000;
function turn() {
  for (let i = 0; i < 20; i += 1) {
    n += 1;
    put(journal, 'spooled', n);
    if (n > 5) {
      put(store, 'spooled', n - 5);
      journal.prepare("DELETE FROM row WHERE kind = 'spooled' AND n = ?").run(n - 5);
    }
    put(store, 'stored', n);
    put(journal, 'noted', n);
  }
  if (Date.now() < stopAt) setImmediate(turn);
}
turn();
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-snapshot-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function numbers(file: string, kind: string): Set<number> {
  const database = new DatabaseSync(file);
  const rows = database.prepare('SELECT n FROM row WHERE kind = ?').all(kind);
  database.close();
  return new Set(rows.map((row) => Number(row['n'])));
}

it('copies what belongs to one moment while another thread goes on writing', async () => {
  const writer = new Worker(WRITER, { eval: true, workerData: folder });
  try {
    await new Promise((resolve) => writer.once('message', resolve));
    for (let round = 0; round < 5; round += 1) {
      const target = mkdtempSync(join(tmpdir(), 'bluewatt-snapshot-'));
      try {
        await snapshotDatabases(folder, ['readings.db', 'worker.db'], target);
        const [store, journal] = [join(target, 'readings.db'), join(target, 'worker.db')];
        const everSpooled = new Set([...numbers(store, 'spooled'), ...numbers(journal, 'spooled')]);
        expect(everSpooled.size).toBeGreaterThan(0);
        // None is missing below the last: what was on its way is in one of them.
        expect(Math.max(...everSpooled)).toBe(everSpooled.size);
        expect(numbers(journal, 'noted')).toEqual(numbers(store, 'stored'));
      } finally {
        rmSync(target, { recursive: true, force: true });
      }
    }
  } finally {
    await writer.terminate();
  }
}, 60_000);

it('says which file is no database', async () => {
  const { writeFileSync } = await import('node:fs');
  writeFileSync(join(folder, 'app.db'), 'no database at all, only words that go on for a while');
  await expect(snapshotDatabases(folder, ['app.db'], folder)).rejects.toThrow(/app\.db/);
});
