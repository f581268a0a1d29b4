/** Credentials of the broker at rest: issued once, revoked for good, seen by every process, read by nobody else. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  BROKER_FILE,
  openCredentialStore,
  type CredentialStore,
} from '#lib/server/broker/credential-store.ts';
import { hashPassword, isPassword, newPassword } from '#lib/server/broker/password.ts';

const JUBA = { mission: 'unmiss', camp: 'juba' };
const BOR = { mission: 'unmiss', camp: 'bor' };
const by = (author: string, reason: string, madeAt = 1_000) => ({ author, reason, madeAt });

let folder: string;
let store: CredentialStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-credentials-'));
  store = openCredentialStore(folder);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

it('issues a user of the camp with a password that only its hash remembers', async () => {
  const { credential, password } = store.issue(JUBA, by('Ada', 'gateway'));
  expect(credential).toMatchObject({ ...JUBA, username: 'unmiss.juba.1', revoked: null, usedAt: null });
  expect(credential).toMatchObject(by('Ada', 'gateway'));
  expect(store.all()).toEqual([credential]);
  expect(JSON.stringify(store.all())).not.toContain(password);
  expect(await isPassword(Buffer.from(password), credential.passwordHash)).toBe(true);
  expect(await isPassword(Buffer.from(`${password}x`), credential.passwordHash)).toBe(false);
});

it('gives no name twice, though its first bearer was revoked', () => {
  const { credential } = store.issue(JUBA, by('Ada', 'gateway'));
  store.issue(BOR, by('Ada', 'gateway'));
  store.revoke(JUBA, credential.id, by('Bo', 'lost'));
  expect(store.issue(JUBA, by('Ada', 'gateway')).credential.username).toBe('unmiss.juba.2');
  expect(store.all().map(({ username }) => username)).toEqual([
    'unmiss.juba.1',
    'unmiss.bor.1',
    'unmiss.juba.2',
  ]);
});

it('revokes once, in the camp it is of, with who and why', () => {
  const { credential } = store.issue(JUBA, by('Ada', 'gateway'));
  expect(() => store.revoke(BOR, credential.id, by('Bo', 'lost'))).toThrow('has no credential');
  expect(() => store.revoke(JUBA, credential.id, by('Bo', ' '))).toThrow('needs a reason');
  expect(store.revoke(JUBA, credential.id, by('Bo', 'lost', 2_000)).revoked).toEqual(by('Bo', 'lost', 2_000));
  expect(() => store.revoke(JUBA, credential.id, by('Bo', 'lost'))).toThrow('revoked already');
});

it('notices at once what another process wrote', () => {
  const other = openCredentialStore(folder);
  expect(other.all()).toEqual([]);
  const { credential } = store.issue(JUBA, by('Ada', 'gateway'));
  expect(other.all()).toEqual([credential]);
  other.noteUses(new Map([[credential.id, 120_000]]));
  other.noteUses(new Map([[credential.id, 60_000]]));
  expect(store.all()[0]?.usedAt).toBe(120_000);
  const unchanged = store.all();
  expect(store.all()).toBe(unchanged);
  expect(other.serviceSecret()).toBe(store.serviceSecret());
  other.close();
});

it('lets nobody but its owner read the file, and nobody rewrite what happened', () => {
  store.issue(JUBA, by('Ada', 'gateway'));
  for (const beside of ['', '-wal', '-shm'])
    expect(statSync(join(folder, BROKER_FILE + beside)).mode & 0o777, beside).toBe(0o600);
  const database = new DatabaseSync(join(folder, BROKER_FILE));
  expect(() => {
    database.exec("UPDATE credential SET password_hash = 'mine'");
  }).toThrow('never changed');
  expect(() => {
    database.exec('DELETE FROM credential');
  }).toThrow('never deleted');
  database.close();
});

it('makes passwords that differ, and hashes that say nothing of being alike', () => {
  const made = new Set(Array.from({ length: 200 }, newPassword));
  expect(made.size).toBe(200);
  expect([...made].filter((password) => !/^[a-hjkmnp-z2-9]{26}$/.test(password))).toEqual([]);
  expect(hashPassword('same')).not.toBe(hashPassword('same'));
});

it.each(['', 'plain', '$6$salt$hash', '$7$0$c2FsdA==$aGFzaA==', '$7$1$$'])(
  'takes no password for the hash %j',
  async (stored) => {
    expect(await isPassword(Buffer.from(stored), stored)).toBe(false);
    expect(await isPassword(Buffer.alloc(0), stored)).toBe(false);
  },
);
