/** `npm run backup` beside a worker that goes on, and `npm run restore` after everything was lost. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_FILE, openAccessDatabase } from '#lib/server/auth/database.ts';
import { createPeopleStore } from '#lib/server/auth/people-store.ts';
import { BROKER_FILE, openCredentialStore } from '#lib/server/broker/credential-store.ts';
import { isPassword } from '#lib/server/broker/password.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import { readMessages, registerEnergyWh, sqliteReadings } from '../../fault/ledger.ts';
import { publishAll, registerMissions } from '../../fault/perform.ts';
import { startPublisher, type Message } from '../../fault/publisher.ts';
import { scheduleOf } from '../../fault/schedule.ts';
import { runScript, type CommandOutcome } from '../../support/command.ts';
import { freePort } from '../../support/free-port.ts';
import { startWorkerProcess } from '../../support/worker.ts';

const SEED = 41;
const QUIET = { strikes: [0, 0], links: [], kills: [0, 0], parts: [], spoolEvery: 0 } as const;
const ACCOUNTS = { timeout: 60_000, interval: 200 };

let folder: string;
let dataDir: string;
let backups: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-backup-'));
  dataDir = join(folder, 'data');
  backups = join(folder, 'backups');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function backup(...more: string[]): Promise<CommandOutcome> {
  return runScript('ingest/cli/backup.ts', ['--into', backups, ...more], { DATA_DIR: dataDir });
}

function restore(from: string, ...more: string[]): Promise<CommandOutcome> {
  return runScript('ingest/cli/restore.ts', [from, ...more], { DATA_DIR: dataDir });
}

function onlyBackup(): string {
  const [name, ...more] = readdirSync(backups);
  expect(more).toEqual([]);
  return join(backups, name ?? '');
}

async function solarWh(mission: string): Promise<number> {
  const store = createSqliteStore({ file: join(dataDir, DATABASE_FILE), readOnly: true });
  try {
    const entries = await store.readLedger({
      level: 'day',
      mission,
      from: '2026-01-01',
      to: '2026-01-31',
    });
    return entries.reduce((sum, { energyWh }) => sum + energyWh, 0);
  } finally {
    await store.close();
  }
}

describe('a backup of people and their access', () => {
  it('is made while the dashboard has them open, is read by their user alone, and lets them in again', async () => {
    const who = { name: 'Ada', email: 'ada@example.org', grants: [{ role: 'hq', mission: '*' }] } as const;
    const isPrivate = (file: string) => (statSync(file).mode & 0o077) === 0;
    const opened = openAccessDatabase(dataDir);
    const link = createPeopleStore(opened).makeLink(createPeopleStore(opened).invite(who, 'test'), 'test');
    expect(await backup()).toMatchObject({ code: 0, stderr: '' });
    opened.close();
    expect(isPrivate(join(onlyBackup(), ACCESS_FILE))).toBe(true);
    rmSync(dataDir, { recursive: true });
    expect(await restore(onlyBackup())).toMatchObject({ code: 0, stderr: '' });
    expect(isPrivate(join(dataDir, ACCESS_FILE))).toBe(true);
    const restored = openAccessDatabase(dataDir);
    const people = createPeopleStore(restored);
    expect(people.linked(link)?.person?.email).toBe(who.email);
    expect(people.list().map(({ grants }) => grants)).toEqual([who.grants]);
    expect(people.events(1)).toHaveLength(1);
    restored.close();
  });
});

describe("a backup of the broker's credentials", () => {
  it('is read by their user alone, lets the same devices in again, and keeps out who was revoked', async () => {
    const camp = { mission: 'unmiss', camp: 'juba' };
    const signature = { author: 'Ada', reason: 'gateway', madeAt: 1 };
    const isPrivate = (file: string) => (statSync(file).mode & 0o077) === 0;
    const opened = openCredentialStore(dataDir);
    const { credential, password } = opened.issue(camp, signature);
    const lost = opened.issue(camp, signature).credential;
    opened.revoke(camp, lost.id, signature);
    expect(await backup()).toMatchObject({ code: 0, stderr: '' });
    opened.close();
    expect(isPrivate(join(onlyBackup(), BROKER_FILE))).toBe(true);
    rmSync(dataDir, { recursive: true });
    expect(await restore(onlyBackup())).toMatchObject({ code: 0, stderr: '' });
    expect(isPrivate(join(dataDir, BROKER_FILE))).toBe(true);
    const restored = openCredentialStore(dataDir);
    const [first, second] = restored.all();
    expect(await isPassword(Buffer.from(password), first?.passwordHash ?? '')).toBe(true);
    expect([first?.username, first?.revoked]).toEqual([credential.username, null]);
    expect(second?.revoked).toEqual(signature);
    restored.close();
  });
});

describe('a backup of a running worker', () => {
  it('holds what was acknowledged before it began, and the restored worker accounts for it', async () => {
    const schedule = scheduleOf(SEED, QUIET);
    const brokerPort = await freePort();
    const settings = { BROKER_PORT: brokerPort };
    const fill = (at: string): void => {
      registerMissions(at, [SEED]);
    };
    const first = await startWorkerProcess({ settings, dataDir, fill });
    const publisher = startPublisher({ port: brokerPort, clientId: 'backup', proof: 'puback' });
    let before: readonly Message[] = [];
    try {
      const published = publishAll(publisher, schedule);
      await pause(schedule.publishMs / 2);
      before = [...publisher.acknowledged()];
      expect(await backup()).toMatchObject({ code: 0, stderr: '' });
      await published;
    } finally {
      publisher.close();
      await first.kill();
      await first.stop();
    }
    // The disk is gone, and all that came after the backup with it.
    rmSync(dataDir, { recursive: true });
    expect(await restore(onlyBackup())).toMatchObject({ code: 0, stderr: '' });

    const kept = await sqliteReadings(dataDir, schedule.mission);
    const expected = readMessages(before).readings;
    expect(expected.size).toBeGreaterThan(20);
    for (const [key, values] of expected) expect(kept.get(key)).toBe(values);
    const all = readMessages(schedule.messages).readings;
    for (const [key, values] of kept) expect(all.get(key)).toBe(values);
    const isKept = ({ topic, payload }: Message): boolean =>
      [...readMessages([{ topic, payload }]).readings.keys()].every((key) => kept.has(key));
    const energyWh = Object.values(registerEnergyWh(schedule.messages.filter(isKept))).reduce(
      (sum, wh) => sum + wh,
      0,
    );
    const second = await startWorkerProcess({ settings: { BROKER_PORT: await freePort() }, dataDir });
    try {
      await expect.poll(() => solarWh(schedule.mission), ACCOUNTS).toBe(energyWh);
    } finally {
      await second.stop();
    }
  }, 120_000);

  it('is not restored over a worker that runs', async () => {
    const running = await startWorkerProcess({
      settings: { BROKER_PORT: await freePort() },
      dataDir,
      fill: (at) => {
        registerMissions(at, [SEED]);
      },
    });
    try {
      expect((await backup()).code).toBe(0);
      const { code, stderr } = await restore(onlyBackup(), '--replace');
      expect(code).toBe(1);
      expect(stderr).toMatch(/is in use: stop worker and dashboard/);
      expect((await running.health()).broker.connected).toBe(true);
    } finally {
      await running.stop();
    }
  }, 60_000);
});

describe('a backup on disk', () => {
  beforeEach(() => {
    mkdirSync(join(dataDir, 'profiles'), { recursive: true });
    registerMissions(dataDir, [SEED]);
    writeFileSync(join(dataDir, 'profiles', 'own.yaml'), 'name: own\n');
  });

  it('moves aside what it replaces, and brings the own profiles back', async () => {
    await backup();
    const from = onlyBackup();
    writeFileSync(join(dataDir, 'profiles', 'own.yaml'), 'name: changed since\n');
    const refused = await restore(from);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toMatch(/not empty.*--replace/s);
    const { code, stdout } = await restore(from, '--replace');
    expect(code).toBe(0);
    expect(readFileSync(join(dataDir, 'profiles', 'own.yaml'), 'utf8')).toBe('name: own\n');
    const aside = /is in (\S+)\.$/m.exec(stdout)?.[1] ?? '';
    expect(readFileSync(join(aside, 'profiles', 'own.yaml'), 'utf8')).toBe('name: changed since\n');
    expect(existsSync(join(aside, 'app.db'))).toBe(true);
  });

  it('is refused when a byte of it has changed, and nothing is touched', async () => {
    await backup();
    const from = onlyBackup();
    const file = join(from, 'app.db');
    const bytes = readFileSync(file);
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const { code, stderr } = await restore(from, '--replace');
    expect(code).toBe(1);
    expect(stderr).toMatch(/damaged; nothing was restored:\s+app\.db: its contents/);
    expect(readdirSync(dataDir).filter((name) => name.includes('restor'))).toEqual([]);
  });

  it('is refused without its manifest, and with one that leads elsewhere', async () => {
    await backup();
    const from = onlyBackup();
    const manifest = join(from, 'manifest.json');
    const text = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, text.replace('"app.db"', '"../app.db"'));
    expect((await restore(from, '--replace')).stderr).toMatch(/manifest\.json cannot be read/);
    rmSync(manifest);
    expect((await restore(from, '--replace')).stderr).toMatch(/no whole backup/);
  });

  it('is refused by a system that keeps its readings elsewhere', async () => {
    await backup();
    const { code, stderr } = await runScript('ingest/cli/restore.ts', [onlyBackup(), '--replace'], {
      DATA_DIR: dataDir,
      INFLUX_URL: 'http://127.0.0.1:1/bluewatt',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/holds its readings itself, and INFLUX_URL is set/);
  });

  it('makes room for newer ones, and leaves alone what is none', async () => {
    mkdirSync(join(backups, 'bluewatt-mine'), { recursive: true });
    for (let made = 0; made < 3; made += 1) {
      expect((await backup('--keep', '2')).code).toBe(0);
      await pause(1_100);
    }
    const names = readdirSync(backups);
    expect(names).toContain('bluewatt-mine');
    expect(names).toHaveLength(3);
  });

  it('is not put inside the folder that it is of, nor made of nothing', async () => {
    backups = join(dataDir, 'backups');
    expect((await backup()).stderr).toMatch(/lies inside/);
    backups = join(folder, 'backups');
    dataDir = join(folder, 'nothing');
    expect((await backup()).stderr).toMatch(/nothing to back up/);
    expect(existsSync(backups)).toBe(false);
  });
});
