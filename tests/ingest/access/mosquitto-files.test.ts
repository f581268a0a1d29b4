/** The files for Mosquitto: what was written by hand stays, and no text of the registry or of a person becomes a line of its own. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Registry } from '#lib/registry/types.ts';
import { openCredentialStore, type CredentialStore } from '#lib/server/broker/credential-store.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { accessFile, BEGINS_HERE, passwordFile } from '../../../ingest/access/mosquitto-files.ts';
import { loadProfiles } from '../../../ingest/decode/profile-load.ts';
import { runScript } from '../../support/command.ts';

const JUBA = { mission: 'unmiss', camp: 'juba' };
const by = (reason: string) => ({ author: 'Ada', reason, madeAt: 1_000 });

let folder: string;
let store: CredentialStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-mosquitto-'));
  store = openCredentialStore(join(folder, 'data'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function registryWith(...topics: readonly string[]): Registry {
  const camps = { juba: { name: 'Juba', headcount: [], meters: {} } };
  return {
    missions: { unmiss: { name: 'UNMISS', zone: 'UTC', targets: [], grid: [], camps } },
    pledges: [],
    sources: topics.map((topic) => ({ profile: 'tasmota', topic, ...JUBA, meter: 'x' })),
  };
}
const parts = (registry: Registry) => ({
  ...{ registry, profiles: loadProfiles(), credentials: store.all(), worker: 'bluewatt-worker' },
});

it('puts users in and takes them out by name, and leaves those alone that it never issued', () => {
  const first = store.issue(JUBA, by('gateway')).credential;
  const written = passwordFile('bluewatt-worker:$7$1$a$b\nunmiss.juba.7:$7$1$a$b\n', store.all());
  expect(written.split('\n')).toEqual([
    'bluewatt-worker:$7$1$a$b',
    'unmiss.juba.7:$7$1$a$b',
    `unmiss.juba.1:${first.passwordHash}`,
    '',
  ]);
  expect(passwordFile(written, store.all())).toBe(written);
  store.revoke(JUBA, first.id, by('lost'));
  expect(passwordFile(written, store.all())).not.toContain('unmiss.juba.1');
});

it('replaces its own part of the access list and keeps what stands above it', () => {
  store.issue(JUBA, by('gateway'));
  const above = '# by hand\nuser bluewatt-worker\ntopic read bluewatt/#';
  const once = accessFile(above, parts(registryWith('tele/pow1')));
  expect(once).toBe(
    [
      `${above}\n\n${BEGINS_HERE}`,
      'user bluewatt-worker\ntopic read tele/pow1/#',
      '# gateway\nuser unmiss.juba.1\ntopic write bluewatt/unmiss/juba/+/reading\ntopic write tele/pow1/#\ntopic write site/unmiss.juba/#\ntopic read site/unmiss.juba/#\n',
    ].join('\n\n'),
  );
  expect(accessFile(once, parts(registryWith('tele/pow1')))).toBe(once);
  expect(accessFile(once, parts(registryWith()))).not.toContain('tele');
});

it.each(['a\nuser root\ntopic write #', 'a\r/b', 'a/b\u2028'])(
  'writes nothing for a registry with the topic %j, and says which line to mend',
  (topic) => {
    store.issue(JUBA, by('gateway'));
    expect(() => accessFile('', parts(registryWith(topic)))).toThrow(JSON.stringify(`${topic}/#`));
  },
);

it('keeps what a person typed on one line, as a comment', () => {
  store.issue(JUBA, by('gateway\ntopic write #\u2028x'));
  const lines = accessFile('', parts(registryWith())).split('\n');
  expect(lines.filter((line) => line.includes('write #'))).toEqual(['# gateway topic write # x']);
});

it('changes neither file when one of them cannot be made, and leaves rights and owner as they were', async () => {
  const registry = openRegistryStore(join(folder, 'data'));
  registry.save(registryWith('a\nuser root'), { author: 'x', reason: 'x', savedAt: 1 });
  store.issue(JUBA, by('gateway'));
  const [acl, passwords] = [join(folder, 'acl'), join(folder, 'passwords')];
  writeFileSync(passwords, 'by-hand:x\n', { mode: 0o640 });
  const run = () =>
    runScript('ingest/cli/broker.ts', ['acl', '--into', folder], { DATA_DIR: join(folder, 'data') });
  expect(await run()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('copy deploy/mosquitto/acl') as string,
  });
  writeFileSync(acl, 'user by-hand\n', { mode: 0o600 });
  expect(await run()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('control character') as string,
  });
  expect([readFileSync(acl, 'utf8'), readFileSync(passwords, 'utf8')]).toEqual([
    'user by-hand\n',
    'by-hand:x\n',
  ]);
  registry.save(registryWith('tele/pow1'), { author: 'x', reason: 'x', savedAt: 2 });
  registry.close();
  expect(await run()).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(passwords, 'utf8')).toMatch(/^by-hand:x\nunmiss\.juba\.1:\$7\$1000\$\S+\n$/);
  expect([statSync(acl).mode & 0o777, statSync(passwords).mode & 0o777]).toEqual([0o600, 0o640]);
});

it('changes and makes nothing where DATA_DIR is not the worker’s folder', async () => {
  const [acl, elsewhere] = [join(folder, 'acl'), join(folder, 'elsewhere')];
  writeFileSync(acl, 'user by-hand\n');
  const outcome = await runScript('ingest/cli/broker.ts', ['acl', '--into', folder], { DATA_DIR: elsewhere });
  expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('set DATA_DIR') as string });
  expect(readFileSync(acl, 'utf8')).toBe('user by-hand\n');
  expect(existsSync(elsewhere)).toBe(false);
});

it('lists who has a credential, without secrets', async () => {
  openRegistryStore(join(folder, 'data')).close();
  const { password, credential } = store.issue(JUBA, by('gateway'));
  store.revoke(JUBA, store.issue(JUBA, by('old one')).credential.id, by('lost'));
  const { stdout, code } = await runScript('ingest/cli/broker.ts', [], { DATA_DIR: join(folder, 'data') });
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /unmiss\.juba\.1 +"gateway" not used yet\nunmiss\.juba\.2 +"old one" revoked \S+ by Ada\n/,
  );
  for (const secret of [password, credential.passwordHash]) expect(stdout).not.toContain(secret);
});
