import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LEDGER_AMOUNTS } from '#lib/energy/ledger.ts';
import { QUANTITIES } from '#lib/energy/quantity.ts';
import { meterRef } from '#lib/energy/reading.ts';
import { openStore } from '#lib/server/store/open.ts';
import { MIGRATIONS } from '#lib/server/store/sqlite/schema.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { describeStore } from '../contract.ts';
import { DAY0, entry, gensetReadings, interval, meterDay, reading, T0 } from '../samples.ts';

const ALL_TIME = { from: 0, to: Infinity };
const meter = meterRef('unmiss', 'juba', 'genset-1');

/** A small file system of its own is the honest way to fill a disk; only root of a real machine can mount one. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'bluewatt-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describeStore('embedded', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bluewatt-store-'));
  return Promise.resolve({
    open: () => openStore({ dataDir: folder }),
    cleanUp: () => rmSync(folder, { recursive: true }),
  });
});

describe('the embedded store', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bluewatt-store-'));
    file = join(folder, 'readings.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has one column per canonical quantity, in their order', async () => {
    await createSqliteStore({ file }).close();
    const database = new DatabaseSync(file);
    const columns = database.prepare('PRAGMA table_info(reading)').all();
    database.close();
    expect(columns.map((column) => column['name'])).toEqual(['meter_id', 'at', ...QUANTITIES]);
  });

  it('can be read with plain SQL', async () => {
    const store = createSqliteStore({ file });
    await store.writeReadings([reading(meter, T0, { activePowerW: 92_500 })]);
    await store.close();
    const database = new DatabaseSync(file, { readOnly: true });
    const row = database
      .prepare(
        `SELECT datetime(at / 1000, 'unixepoch') AS time, activePowerW, fuelUsedL FROM reading
         JOIN meter ON id = meter_id WHERE mission = 'unmiss' AND meter.meter = 'genset-1'`,
      )
      .get();
    database.close();
    expect({ ...row }).toEqual({ time: '2026-11-01 00:00:00', activePowerW: 92_500, fuelUsedL: null });
  });

  it('reads as empty for the dashboard until the worker has made the file, and then shows what is in it', async () => {
    const reader = createSqliteStore({ file, readOnly: true });
    expect(await reader.listMeters()).toEqual([]);
    await reader.ping();
    const writer = createSqliteStore({ file });
    await writer.writeReadings([reading(meter, T0, { activePowerW: 1 })]);
    expect(await reader.listMeters()).toHaveLength(1);
    await writer.close();
    expect(await reader.listMeters()).toHaveLength(1);
    await reader.close();
  });

  it('never writes when opened for reading only', async () => {
    await createSqliteStore({ file }).close();
    const reader = createSqliteStore({ file, readOnly: true });
    await expect(reader.writeReadings([reading(meter, T0, { activePowerW: 1 })])).rejects.toThrow(
      /reading only/,
    );
    await reader.close();
  });

  it('leaves nothing of a call that fails half-way, and takes the next one', async () => {
    const store = createSqliteStore({ file });
    const saboteur = new DatabaseSync(file);
    saboteur.exec(
      `CREATE TRIGGER sabotage BEFORE INSERT ON ledger WHEN new.energyWh = 13 BEGIN SELECT RAISE(ABORT, 'no'); END`,
    );
    const day = meterDay(meter, DAY0, { 0: interval() });
    await expect(
      store.writeAccounts([day], [entry(), entry({ source: 'wind', energyWh: 13 })]),
    ).rejects.toThrow();
    expect(await store.readMeterDay(meter, DAY0)).toBeUndefined();
    expect(await store.readLedger({ level: 'day', from: '2026-01-01', to: '2026-12-31' })).toEqual([]);
    // The meter's number was given in the transaction that failed; a number remembered from it would be nobody's.
    const other = meterRef('unmiss', 'juba', 'pv-1');
    await store.writeReadings([
      reading(other, T0, { activePowerW: 2 }),
      reading(meter, T0, { activePowerW: 1 }),
    ]);
    expect(
      (await store.listMeters()).map(({ meter: { key }, lastValues }) => [key, lastValues.activePowerW]),
    ).toEqual([
      [meter.key, 1],
      [other.key, 2],
    ]);
    saboteur.close();
    await store.close();
  });

  it('keeps working when very many different sets of quantities occur', async () => {
    const store = createSqliteStore({ file });
    const readings = Array.from({ length: 1_000 }, (_, index) =>
      reading(
        meter,
        T0 + index,
        Object.fromEntries(
          QUANTITIES.filter((_name, bit) => ((index + 1) & (1 << bit)) !== 0).map((name) => [name, index]),
        ),
      ),
    );
    await store.writeReadings(readings);
    expect(await store.readReadings(meter, ALL_TIME)).toEqual(readings);
    await store.close();
  });

  it('tells that it is locked as an outage that will pass', async () => {
    const store = createSqliteStore({ file });
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.writeReadings([reading(meter, T0, { activePowerW: 1 })])).rejects.toMatchObject({
      name: 'AppError',
      code: 'STORE_UNAVAILABLE',
      retryable: true,
    });
    other.exec('ROLLBACK');
    other.close();
    await store.writeReadings([reading(meter, T0, { activePowerW: 1 })]);
    await store.close();
  });

  it.skipIf(!canMount())(
    'tells of a full disk, loses nothing it had committed, and goes on when there is space',
    async () => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
      try {
        const store = createSqliteStore({ file });
        await store.writeReadings(gensetReadings(meter, T0, 100));
        writeFileSync(join(folder, 'ballast'), Buffer.alloc(500_000));
        await expect(
          store.writeReadings(gensetReadings(meter, T0 + 1_000_000, 20_000)),
        ).rejects.toMatchObject({
          code: 'DISK_FULL',
          retryable: true,
        });
        expect(await store.readReadings(meter, ALL_TIME)).toEqual(gensetReadings(meter, T0, 100));
        rmSync(join(folder, 'ballast'));
        await store.writeReadings(gensetReadings(meter, T0 + 1_000_000, 10));
        expect(await store.readReadings(meter, ALL_TIME)).toHaveLength(110);
        await store.close();
      } finally {
        execFileSync('umount', [folder]);
      }
    },
  );

  it('refuses a file that is no database, naming it', () => {
    writeFileSync(
      file,
      'this is a text and no database at all, long enough for a header of a hundred bytes. '.repeat(50),
    );
    expect(() => createSqliteStore({ file })).toThrow(
      expect.objectContaining({ code: 'STORE_REFUSED', retryable: false }),
    );
    expect(() => createSqliteStore({ file })).toThrow(file);
    expect(readFileSync(file, 'utf8')).toContain('this is a text');
  });

  it('refuses a file that a newer version wrote, for writing and for reading', async () => {
    await createSqliteStore({ file }).close();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 999');
    database.close();
    expect(() => createSqliteStore({ file })).toThrow(/newer/);
    const reader = createSqliteStore({ file, readOnly: true });
    await expect(reader.listMeters()).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  });

  it('brings a ledger of the first version up to date and keeps what it says', async () => {
    const database = new DatabaseSync(file);
    database.exec(MIGRATIONS[0] ?? '');
    database.exec(`INSERT INTO ledger VALUES
      ('day', 'unmiss', '2026-11-01', 'juba', 'solar', 'coe-wet', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
      PRAGMA user_version = 1`);
    database.close();
    const store = createSqliteStore({ file });
    const found = await store.readLedger({
      level: 'day',
      from: '2026-01-01',
      to: '2026-12-31',
      byContributor: true,
    });
    await store.close();
    const amounts = Object.fromEntries(LEDGER_AMOUNTS.map((name, i) => [name, i + 1]));
    expect(found).toEqual([entry({ ownership: 'coe-wet', ...amounts })]);
  });

  it('tells of damage instead of making numbers of it', async () => {
    const store = createSqliteStore({ file });
    await store.writeAccounts([meterDay(meter, DAY0, { 0: interval() })], []);
    const database = new DatabaseSync(file);
    database.exec(`UPDATE meter_day SET intervals = substr(intervals, 1, 20)`);
    database.close();
    await expect(store.readMeterDay(meter, DAY0)).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      retryable: false,
    });
    await store.close();
  });

  it('says so when it is used after it was closed', async () => {
    const store = createSqliteStore({ file });
    await store.close();
    await expect(store.listMeters()).rejects.toThrow(/closed/);
    await store.close();
  });

  it('still has every reading it acknowledged after kill -9, and no half batch', async () => {
    const writer = join(import.meta.dirname, 'endless-writer.ts');
    const child = spawn(process.execPath, [writer, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let acknowledged = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line);
      if (acknowledged >= 10_000) break;
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = createSqliteStore({ file });
    const stored = await store.readReadings(meter, ALL_TIME);
    await store.close();
    expect(acknowledged).toBeGreaterThanOrEqual(10_000);
    expect(stored.length).toBeGreaterThanOrEqual(acknowledged);
    expect(stored.length % 100).toBe(0);
    expect(stored).toEqual(gensetReadings(meter, T0, stored.length));
  });
});
