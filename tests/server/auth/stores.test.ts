import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { createAttempts } from '#lib/server/auth/attempts.ts';
import { ACCESS_FILE, openAccessDatabase } from '#lib/server/auth/database.ts';
import { endsWithAccess } from '#lib/server/auth/ends-with-access.ts';
import { createPeopleStore, type PeopleStore } from '#lib/server/auth/people-store.ts';
import { namesSomebody, openAccessSystem, plainTextWarning } from '#lib/server/auth/system.ts';
import { createTokenStore, MAX_TOKENS, type TokenStore } from '#lib/server/auth/token-store.ts';
import { readSettings, type Settings } from '#lib/server/settings.ts';
import { temporaryFolder } from '../../support/server-process.ts';

let folder: string;
let database: DatabaseSync;
let people: PeopleStore;
let tokens: TokenStore;
beforeEach(async () => {
  folder = await temporaryFolder('access');
  database = openAccessDatabase(folder);
  people = createPeopleStore(database);
  tokens = createTokenStore(database);
});
afterEach(async () => {
  vi.useRealTimers();
  database.close();
  await rm(folder, { recursive: true, force: true });
});

const DAY_MS = 86_400_000;
const ADMIN = [{ role: 'administrator', mission: '*' }] as const;
const ada = () => people.invite({ name: 'Ada', email: 'ada@example.org', grants: ADMIN }, 'test');

function settingsOf(environment: Record<string, string>): Settings {
  const result = readSettings(environment);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.settings;
}

describe('access.db', () => {
  it('is readable by its own user only, with all that SQLite keeps beside it', () => {
    for (const name of ['', '-wal', '-shm'])
      expect(statSync(join(folder, `${ACCESS_FILE}${name}`)).mode & 0o777, name).toBe(0o600);
  });

  it('has the tables that the library of accounts wants, and lacks nothing it would add', async () => {
    const { toBeCreated, toBeAdded } = await getMigrations(
      betterAuth({ database, secret: 'x'.repeat(32), baseURL: 'http://127.0.0.1' }).options,
    );
    expect({ toBeCreated, toBeAdded }).toEqual({ toBeCreated: [], toBeAdded: [] });
  });

  it('keeps what happened: neither changed nor deleted', () => {
    ada();
    expect(people.events(10)).toMatchObject([
      { actor: 'test', action: 'invited', subject: 'ada@example.org', after: 'administrator' },
    ]);
    expect(() => database.exec('DELETE FROM access_event')).toThrow(/never deleted/);
    expect(() => database.exec("UPDATE access_event SET actor = 'x'")).toThrow(/never changed/);
  });
});

describe('people', () => {
  it('always keep somebody who administers', () => {
    const { id } = ada();
    expect(people.setGrants(id, [], 'test')).toBe(false);
    expect(people.remove(id, 'test')).toBe(false);
    expect(people.grantsOf(id)).toEqual(ADMIN);
    expect(people.events(10)).toHaveLength(1);
    const { id: other } = people.invite({ name: 'B', email: 'b@example.org', grants: ADMIN }, 'test');
    expect(people.remove(id, 'test')).toBe(true);
    expect(people.list().map((person) => person.id)).toEqual([other]);
  });

  it('get in by a link once, within a day, and by the newest only', () => {
    vi.useFakeTimers({ now: 0 });
    const person = ada();
    const old = people.makeLink(person, 'test');
    const link = people.makeLink(person, 'test');
    expect(people.linked(old)).toBeUndefined();
    expect(people.linked(link)).toEqual({ person });
    expect(people.useLink(link)).toBe(true);
    expect(people.useLink(link)).toBe(false);
    const late = people.makeLink(person, 'test');
    vi.setSystemTime(DAY_MS);
    expect(people.linked(late)).toBeUndefined();
    expect(people.useLink(late)).toBe(false);
  });

  it('take text as text, whatever it looks like', () => {
    const name = `x'); DROP TABLE "user"; --`;
    const { id } = people.invite({ name, email: `'@example.org`, grants: [] }, name);
    expect(people.find(id)?.name).toBe(name);
    expect(people.linked(`' OR 1=1 --`)).toBeUndefined();
    expect(tokens.check(`bluewatt_' OR '1'='1`)).toBeUndefined();
  });
});

describe('tokens', () => {
  it('are kept as a hash, read in the missions they name, and end', () => {
    vi.useFakeTimers({ now: 0 });
    const { id } = ada();
    const token = tokens.make(id, { name: 'Grafana', missions: ['cedar'], days: 2 }) ?? '';
    expect(token).toMatch(/^bluewatt_[\w-]{43}$/);
    expect(JSON.stringify(database.prepare('SELECT * FROM api_token').all())).not.toContain(token.slice(9));
    expect(tokens.check(token)).toEqual({ person: id, missions: ['cedar'] });
    vi.setSystemTime(2 * DAY_MS);
    expect(tokens.check(token)).toBeUndefined();
  });

  it('are revoked by their own person only, and go with them', () => {
    const { id } = ada();
    const { id: other } = people.invite({ name: 'B', email: 'b@example.org', grants: [] }, 'test');
    const token = tokens.make(other, { name: 'script', missions: undefined, days: 1 }) ?? '';
    const listed = tokens.ofPerson(other)[0]?.id ?? '';
    expect(tokens.revoke(id, listed)).toBeUndefined();
    expect(tokens.check(token)).toBeDefined();
    people.remove(other, 'test');
    expect(tokens.check(token)).toBeUndefined();
  });

  it('are so many and no more', () => {
    const { id } = ada();
    const make = () => tokens.make(id, { name: 't', missions: undefined, days: 1 });
    for (let i = 0; i < MAX_TOKENS; i += 1) expect(make()).toBeDefined();
    expect(make()).toBeUndefined();
  });
});

describe('guessing at one account', () => {
  it('is free a few times, then waits twice as long each time, and is forgotten after a success', () => {
    const attempts = createAttempts();
    const waits = Array.from({ length: 8 }, () => {
      attempts.failed('a', 0);
      return attempts.waitMs('a', 0);
    });
    expect(waits).toEqual([0, 0, 0, 0, 2_000, 4_000, 8_000, 16_000]);
    expect(attempts.waitMs('b', 0)).toBe(0);
    for (let i = 0; i < 100; i += 1) attempts.failed('a', 0);
    expect(attempts.waitMs('a', 0)).toBe(900_000);
    attempts.succeeded('a');
    expect(attempts.waitMs('a', 0)).toBe(0);
  });

  it('takes no more memory for more accounts', () => {
    const attempts = createAttempts();
    for (let i = 0; i < 5; i += 1) attempts.failed('first', 0);
    for (let i = 0; i < 10_000; i += 1) attempts.failed(String(i), 0);
    expect(attempts.waitMs('first', 0)).toBe(0);
  });
});

describe('a stream', () => {
  it('ends once its reader is not let in any more, and not before', async () => {
    vi.useFakeTimers();
    let holds = true;
    let isCancelled = false;
    const source = new ReadableStream({
      start: (controller) => void controller.enqueue(new TextEncoder().encode('one')),
      cancel: () => {
        isCancelled = true;
      },
    });
    const response = endsWithAccess(new Response(source), () => Promise.resolve(holds), 1_000);
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value as Uint8Array)).toBe('one');
    const next = reader?.read();
    await vi.advanceTimersByTimeAsync(3_000);
    holds = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await next)?.done).toBe(true);
    expect(isCancelled).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends when whoever reads goes away, and when nobody can tell who reads', async () => {
    vi.useFakeTimers();
    const endless = () => new ReadableStream({});
    const left = endsWithAccess(new Response(endless()), () => Promise.resolve(true), 1_000);
    await left.body?.cancel();
    expect(vi.getTimerCount()).toBe(0);
    const fault = () => Promise.reject(new Error('the disk is gone'));
    const untold = endsWithAccess(new Response(endless()), fault, 1_000);
    const read = untold.body?.getReader().read();
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await read)?.done).toBe(true);
  });
});

describe('who gets in without being told', () => {
  const modeOf = (environment: Record<string, string>) => settingsOf(environment).access;

  it('is everybody on this machine’s own address, and nobody anywhere else', () => {
    expect(modeOf({})).toBe('open');
    for (const HOST of ['127.0.0.1', 'localhost', '::1', '127.8.8.8'])
      expect(modeOf({ HOST }), HOST).toBe('open');
    for (const HOST of ['0.0.0.0', '::', '10.0.0.1', 'localhost.example'])
      expect(modeOf({ HOST }), HOST).toBe('accounts');
  });

  it('is nobody behind a proxy on the same machine', () => {
    expect(modeOf({ HOST: '127.0.0.1', ORIGIN: 'https://bluewatt.example' })).toBe('accounts');
    expect(modeOf({ HOST: '127.0.0.1', ORIGIN: 'http://localhost:3000' })).toBe('open');
  });

  it('is what ACCESS says where it says something', () => {
    expect(modeOf({ HOST: '0.0.0.0', ACCESS: 'open' })).toBe('open');
    expect(modeOf({ ACCESS: 'accounts' })).toBe('accounts');
    expect(readSettings({ ACCESS: 'maybe' })).toMatchObject({ ok: false, problems: [{ name: 'ACCESS' }] });
  });

  it('needs all of an organisation’s sign-in or none, and never repeats its secret', () => {
    const given = { OIDC_ISSUER: 'https://login.example', OIDC_CLIENT_ID: 'bluewatt' };
    expect(readSettings(given)).toMatchObject({ ok: false, problems: [{ name: 'OIDC_CLIENT_SECRET' }] });
    expect(settingsOf({ ...given, OIDC_CLIENT_SECRET: 's' }).oidc?.name).toBe('login.example');
  });

  it('is warned about where passwords can be read on the way', () => {
    expect(plainTextWarning(settingsOf({ HOST: '0.0.0.0' }))).toMatch(/without TLS/);
    expect(plainTextWarning(settingsOf({ HOST: '0.0.0.0', ORIGIN: 'https://b.example' }))).toBeUndefined();
    expect(plainTextWarning(settingsOf({}))).toBeUndefined();
  });

  it('is nobody’s business of the access where no cookie and no token of ours comes along', () => {
    const headers = (fields: Record<string, string>) => namesSomebody(new Headers(fields));
    expect(headers({ authorization: 'Basic cHJveHk6c2VjcmV0', cookie: 'theme=dark' })).toBe(false);
    expect(headers({ authorization: 'Bearer x' })).toBe(true);
    expect(headers({ cookie: 'a=b; __Secure-bluewatt.session_token=x' })).toBe(true);
  });

  it('is not a desk of the demo where people must sign in, by session or token', async () => {
    const { id } = people.invite({ name: 'Desk', email: 'desk@demo.invalid', grants: ADMIN }, 'demo');
    database.prepare('INSERT INTO demo_desk (person, place) VALUES (?, 0)').run(id);
    const token = tokens.make(id, { name: 't', missions: undefined, days: 1 }) ?? '';
    const DATA_DIR = folder;
    for (const [ACCESS, isIn] of [
      ['open', true],
      ['accounts', false],
    ] as const) {
      const system = openAccessSystem(settingsOf({ DATA_DIR, ACCESS }));
      const entered = await system.accounts.takeDesk({ cookie: null, client: '1' }, id);
      expect(entered.ok, ACCESS).toBe(isIn);
      const found = await system.identify(new Headers({ authorization: `Bearer ${token}` }));
      expect(found !== undefined, ACCESS).toBe(isIn);
      expect(system.people.hasAdministrator()).toBe(false);
    }
  });
});
