/** Files of every earlier version, as they lie on somebody's disk, brought forward by the version that is here now. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JOURNAL_MIGRATIONS, openJournal } from '../../ingest/journal.ts';
import { createSpool } from '../../ingest/deliver/spool.ts';
import { meterRef } from '../../src/lib/energy/reading.ts';
import { openDatabase } from '../../src/lib/server/database.ts';
import { openCorrectionStore } from '../../src/lib/server/registry/correction-store.ts';
import { openFuelRecordStore } from '../../src/lib/server/registry/fuel-record-store.ts';
import { openNoteStore } from '../../src/lib/server/registry/note-store.ts';
import { openRegistryStore } from '../../src/lib/server/registry/registry-store.ts';
import { createSqliteStore } from '../../src/lib/server/store/sqlite/store.ts';
import { AT, DATABASES, type StoredDatabase } from './databases.ts';
import { storedName, storedNames, unpack } from './files.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'bluewatt-stored-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

type Cells = Record<string, unknown>;

function tablesOf(database: DatabaseSync): string[] {
  const found = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all();
  return found.map(({ name }) => String(name)).filter((name) => !name.startsWith('sqlite_'));
}

function schemaOf(file: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true });
  const schema = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();
  database.close();
  return schema.map(({ type, name, sql }) => ({ type, name, sql }));
}

function rowsOf(file: string): Map<string, Cells[]> {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = new Map(
    tablesOf(database).map((table): [string, Cells[]] => [
      table,
      database.prepare(`SELECT * FROM "${table}"`).all() as Cells[],
    ]),
  );
  database.close();
  return rows;
}

/** The cells of the columns that both know. */
function inCommon(rows: readonly Cells[], others: readonly Cells[]): Cells[] {
  const known = new Set(others.flatMap((row) => Object.keys(row)));
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => known.has(name))));
}

const everyFile = Object.entries(DATABASES).flatMap(([name, database]) =>
  database.migrations.map((_, index): [string, number, StoredDatabase] => [name, index + 1, database]),
);

describe('an older file', () => {
  it('is stored for every version of every schema (node tests/stored-files/store.ts stores what is missing)', () => {
    const needed = everyFile.map(([name, version]) => storedName(name, version));
    expect(storedNames().sort()).toEqual(needed.sort());
  });

  it.each(everyFile)(
    '%s %i is what the migrations made then, and none was changed since',
    (name, version, database) => {
      const stored = unpack(name, version, dataDir);
      const made = join(dataDir, 'made.db');
      openDatabase({ file: made, migrations: database.migrations.slice(0, version) }).close();
      expect(schemaOf(stored)).toEqual(schemaOf(made));
    },
  );

  it.each(everyFile)('%s %i comes forward whole', async (name, version, { migrations, bringUpToDate }) => {
    const file = unpack(name, version, dataDir);
    const before = rowsOf(file);
    expect([...before.values()].some((rows) => rows.length > 0)).toBe(true);
    await bringUpToDate(dataDir);
    const fresh = mkdtempSync(join(dataDir, 'fresh-'));
    await bringUpToDate(fresh);
    expect(schemaOf(file)).toEqual(schemaOf(join(fresh, name)));
    const after = rowsOf(file);
    for (const [table, rows] of before) {
      const now = after.get(table) ?? [];
      expect({ table, rows: inCommon(now, rows) }).toEqual({ table, rows: inCommon(rows, now) });
    }
    const database = new DatabaseSync(file, { readOnly: true });
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length });
    database.close();
  });

  it.each(everyFile)(
    '%s %i stays as it was when a migration fails half way',
    (name, version, { migrations }) => {
      const file = unpack(name, version, dataDir);
      const before = { schema: schemaOf(file), rows: rowsOf(file) };
      const broken = [...migrations, 'CREATE TABLE half (done INTEGER); INSERT INTO nowhere VALUES (1)'];
      expect(() => openDatabase({ file, migrations: broken })).toThrow(/nowhere/);
      expect({ schema: schemaOf(file), rows: rowsOf(file) }).toEqual(before);
    },
  );
});

describe('what an older file says', () => {
  const versionsOf = (name: string): number[] =>
    (DATABASES[name]?.migrations ?? []).map((_, index) => index + 1);
  const METER = meterRef('unmiss', 'juba', 'pv-1');

  it.each(versionsOf('readings.db'))('readings and ledger of version %i are read', async (version) => {
    const store = createSqliteStore({ file: unpack('readings.db', version, dataDir) });
    const readings = await store.readReadings(METER, { from: 0, to: AT * 2 });
    const ledger = await store.readLedger({
      level: 'day',
      from: '2024-10-01',
      to: '2024-10-04',
      byContributor: true,
    });
    await store.close();
    expect(readings.map(({ at, values }) => [at - AT, values])).toEqual([
      [0, { activePowerW: 1000, energyForwardWh: 500 }],
      [60_000, { activePowerW: 2000, energyForwardWh: 525.5 }],
    ]);
    expect(ledger).toMatchObject([
      { period: '2024-10-04', source: 'solar', ownership: 'coe-wet', coveredWs: 11 },
    ]);
  });

  it.each(versionsOf('worker.db'))(
    'the spool of version %i drains, and holds back what is older',
    (version) => {
      unpack('worker.db', version, dataDir);
      const journal = openJournal(dataDir);
      const spool = createSpool(journal, 1_000_000);
      const spooled = { meter: METER, at: AT, values: { activePowerW: 3_000 } };
      expect(spool.holds(spooled)).toBe(true);
      expect(spool.holds({ ...spooled, at: AT + 60_001 })).toBe(false);
      expect(spool.oldest()).toMatchObject({ throughId: 7, readings: [{ at: AT }, { at: AT + 60_000 }] });
      journal.close();
    },
  );

  it.each(versionsOf('app.db'))('registry, corrections, fuel and notes of version %i are read', (version) => {
    unpack('app.db', version, dataDir);
    const stores = [
      openRegistryStore(dataDir),
      openCorrectionStore(dataDir),
      openFuelRecordStore(dataDir),
      openNoteStore(dataDir),
    ] as const;
    const [registry, corrections, fuel, notes] = stores;
    expect(registry.current()).toMatchObject({
      version: 3,
      registry: { missions: { unmiss: { name: 'UNMISS' } } },
    });
    expect(corrections.history()).toHaveLength(version >= 2 ? 1 : 0);
    expect(fuel.history()).toHaveLength(version >= 3 ? 2 : 0);
    expect(notes.history()).toHaveLength(version >= 4 ? 1 : 0);
    for (const store of stores) store.close();
  });

  it('is not asked of a file that a newer version wrote', () => {
    unpack('worker.db', JOURNAL_MIGRATIONS.length, dataDir);
    const file = join(dataDir, 'worker.db');
    const bytes = readFileSync(file);
    expect(() => openDatabase({ file, migrations: JOURNAL_MIGRATIONS.slice(0, -1) })).toThrow(
      /newer Bluewatt/,
    );
    expect(readFileSync(file).subarray(100).equals(bytes.subarray(100))).toBe(true);
  });
});
