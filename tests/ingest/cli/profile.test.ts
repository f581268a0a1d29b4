/** `npm run profile` as people type it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meterRef, type Reading } from '#lib/energy/reading.ts';
import type { Registry } from '#lib/registry/types.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { profileRulesOf } from '../../../ingest/decode/profile-rules.ts';
import { openJournal } from '../../../ingest/journal.ts';
import { createGroupFile } from '../../../ingest/onboarding/group-file.ts';
import { TopicGroups } from '../../../ingest/onboarding/topic-groups.ts';
import { booksOf, campOf, meter, Rig } from '../account/rig.ts';

const CLI = resolve(import.meta.dirname, '../../../ingest/cli/profile.ts');

describe('npm run profile', () => {
  let dataDir: string;
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [CLI, ...args], {
      encoding: 'utf8',
      env: { ...process.env, DATA_DIR: dataDir },
    });

  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'bluewatt-profile-'));
    const groups = new TopicGroups();
    const payload = Buffer.from('{"power_kw":1.5,"energy":12}');
    groups.note({ topic: 'acme/pv-7/state', payload, retain: false, receivedAt: Date.now() }, true);
    const journal = openJournal(dataDir);
    createGroupFile(journal).write(groups.takeChanges(Date.now()));
    journal.close();
  });
  afterAll(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('suggests a profile for what was heard, with reasons and questions beside it, that then tries well', () => {
    const asked = run('suggest', 'acme/pv-7/state');
    expect(asked.stderr).toContain('/power_kw → activePowerW in kW: its name tells the unit');
    expect(asked.stderr).toContain('--answer "unit /energy=kWh"');
    expect(asked.status).toBe(0);
    const answered = run('suggest', 'acme/pv-9/state', '--answer', 'unit /energy=kWh');
    const file = join(dataDir, 'acme.yaml');
    writeFileSync(file, answered.stdout);
    const tried = run('try', file);
    expect(tried.stdout).toMatch(/pv-7 \S+ \{"activePowerW":1500,"energyForwardWh":12000\}/);
    expect(tried.stdout).toContain('1 samples, 0 not as expected');
    const own = run('try', file, '--topic', 'acme/x/state', '--payload', '{"power_kw":2,"energy":1}');
    expect(own.stdout).toContain('"activePowerW":2000');
  });

  it('says what was heard when the topic is another', () => {
    const none = run('suggest', 'other/topic');
    expect(none.status).toBe(1);
    expect(none.stderr).toContain('acme/+/state');
  });
});

describe('npm run profile -- effect', () => {
  const HOUR = 3_600_000;
  /** Juba's midnight before 1 March 2026 */
  const FIRST = Date.UTC(2026, 1, 28, 22);
  const registry: Registry = {
    ...campOf({
      'genset-1': meter('diesel', { expectedIntervalS: 3_600 }),
      'pv-1': meter('solar', { expectedIntervalS: 3_600 }),
    }),
    sources: [{ profile: 'own', topic: 'x/+', mission: 'unmiss', camp: 'juba', meter: 'pv-1' }],
  };
  const profileOf = (register: string): string => `profile: own
format: json
match: { topic: 'x/{device}' }
meter: '{device}'
fields: [{ path: /wh, to: energyForwardWh, register: ${register} }]
samples: [{ topic: x/a, receivedAt: '2026-03-02T09:15:04Z', payload: { wh: 5 }, expect: [{ meter: a, energyForwardWh: 5 }] }]
`;

  it('tells which months another register policy would restate, and for which meters, and writes nothing', async () => {
    const persistent = { own: { energyForwardWh: 'persistent' as const } };
    const rig = await Rig.open({ registry, profiles: persistent, profileRulesOf });
    const store = openRegistryStore(rig.folder);
    store.save(registry, { author: 'a', reason: 'r', savedAt: 0 });
    store.close();
    // The panel's counter begins anew every day.
    const readings = ['genset-1', 'pv-1'].flatMap((slug, i) =>
      Array.from({ length: 24 * 4 + 1 }, (_, n): Reading => ({
        meter: meterRef('unmiss', 'juba', slug),
        at: FIRST + n * HOUR,
        values: { energyForwardWh: i === 0 ? n * 3_000 : ((n % 24) + 1) * 1_000 },
      })),
    );
    await rig.deliver(readings);
    await rig.flush();
    const profilesDir = join(rig.folder, 'profiles');
    mkdirSync(profilesDir);
    writeFileSync(join(profilesDir, 'own.yaml'), profileOf('persistent'));
    const file = join(rig.folder, 'new.yaml');
    writeFileSync(file, profileOf('volatile'));
    const before = await booksOf(rig.store);
    const env = { ...process.env, DATA_DIR: rig.folder };
    const { stdout, stderr, status } = spawnSync(process.execPath, [CLI, 'effect', file], {
      encoding: 'utf8',
      env,
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').slice(0, -2)).toEqual([
      'own, against the profile in force:',
      'Would read differently:',
      expect.stringMatching(/^ {2}UNMISS March 2026: 24\.2 % → 25\.0 % renewable \(of 380 kWh → 384 kWh\)$/),
      'Accounted anew from readings:',
      expect.stringMatching(/^ {2}unmiss\/juba\/pv-1: 5 days, 2026-02-28 to 2026-03-04 \(UTC\)$/),
      'Ledger rebuilt:',
      expect.stringMatching(/^ {2}unmiss\/juba: \d days between 2026-02-28 and 2026-03-\d\d$/),
    ]);
    expect(await booksOf(rig.store)).toEqual(before);
    writeFileSync(file, profileOf('persistent'));
    const same = spawnSync(process.execPath, [CLI, 'effect', file], { encoding: 'utf8', env });
    expect(same.stdout).toContain('Nothing on record would change');
    await rig.close();
  });
});
