/** `npm run profile` as people type it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../../ingest/journal.ts';
import { createGroupFile } from '../../../ingest/onboarding/group-file.ts';
import { TopicGroups } from '../../../ingest/onboarding/topic-groups.ts';

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
