import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLastGood } from '../../../ingest/onboarding/last-good.ts';
import { PROFILE_BYTES_MAX, ProfileFolder } from '../../../ingest/onboarding/profile-folder.ts';
import { openJournal } from '../../../ingest/journal.ts';

const profile = (name: string, unit = 'kW') => `profile: ${name}
format: json
match: { topic: 'acme/{device}/state' }
meter: '{device}'
fields:
  - { path: /power, to: activePowerW, unit: ${unit} }
samples:
  - topic: acme/7/state
    receivedAt: '2026-03-02T09:15:04Z'
    payload: { power: 1.5 }
    expect: [{ meter: '7', activePowerW: 1500 }]
`;

describe("an installation's own profiles", () => {
  let dataDir: string;
  let folder: string;
  let journal: ReturnType<typeof openJournal>;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'bluewatt-profiles-'));
    folder = join(dataDir, 'profiles');
    journal = openJournal(dataDir);
  });
  afterEach(() => {
    journal.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const save = (file: string, text: string): void => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const open = () => new ProfileFolder({ folder, lastGood: createLastGood(journal) });
  const unitOf = (own: ProfileFolder, name: string) =>
    own.profiles.find((each) => each.name === name)?.spec.messages[0]?.fields[0]?.unit;

  it('are none while there is no folder, and those of a folder made later', () => {
    const own = open();
    const bundled = own.profiles;
    expect(bundled.length).toBeGreaterThan(10);
    expect([own.problems, own.follow()]).toEqual([[], false]);
    expect(own.profiles).toBe(bundled);
    save('acme.yaml', profile('acme'));
    expect(own.follow()).toBe(true);
    expect(own.profiles.map(({ name }) => name)).toContain('acme');
    expect(own.profiles.length).toBe(bundled.length + 1);
  });

  it('take the place of a bundled one of the same name, and say so', () => {
    save('mine.yaml', profile('tasmota'));
    const own = open();
    expect(own.replaced).toEqual(['tasmota']);
    expect(own.profiles.filter(({ name }) => name === 'tasmota')).toHaveLength(1);
    expect(unitOf(own, 'tasmota')).toBe('kW');
  });

  it('are followed: a change counts, a file that goes takes its profile along', () => {
    save('acme.yaml', profile('acme'));
    const own = open();
    save('acme.yaml', profile('acme', 'MW'));
    expect(own.follow()).toBe(true);
    expect(unitOf(own, 'acme')).toBe('MW');
    rmSync(join(folder, 'acme.yaml'));
    expect(own.follow()).toBe(true);
    expect(unitOf(own, 'acme')).toBeUndefined();
  });

  it('stay as they were when a file is broken, told with line, place, unit and what was found', () => {
    save('acme.yaml', profile('acme'));
    const own = open();
    save('acme.yaml', profile('acme', 'kWh'));
    expect(own.follow()).toBe(true);
    expect(own.problems).toEqual([
      `${join(folder, 'acme.yaml')}:6: /fields/0/unit: found the text "kWh": kWh measures energy, but activePowerW is active power: use one of mW, W, daW, kW, MW (what the file said before stays in force)`,
    ]);
    expect(unitOf(own, 'acme')).toBe('kW');
    save('acme.yaml', profile('acme', 'W'));
    expect(own.follow()).toBe(true);
    expect([own.problems, unitOf(own, 'acme')]).toEqual([[], 'W']);
  });

  it('stay as they were over a restart, too', () => {
    save('acme.yaml', profile('acme'));
    open();
    save('acme.yaml', 'profile: [');
    const restarted = open();
    expect(unitOf(restarted, 'acme')).toBe('kW');
    expect(restarted.problems[0]).toMatch(/acme\.yaml: .* at line 1/);
    rmSync(join(folder, 'acme.yaml'));
    restarted.follow();
    expect(unitOf(open(), 'acme')).toBeUndefined();
  });

  it('of one name count once: the one that had it first', () => {
    save('b.yaml', profile('acme', 'MW'));
    const own = open();
    save('a.yaml', profile('acme', 'W'));
    own.follow();
    expect(unitOf(own, 'acme')).toBe('MW');
    expect(own.problems).toEqual(['a.yaml: profile acme is already in b.yaml; that one counts']);
  });

  it('are no reason to fail when they are huge, no text, a folder, or an editor’s copy', () => {
    save('huge.yaml', `#${'x'.repeat(PROFILE_BYTES_MAX)}`);
    save('.#acme.yaml', 'profile: [');
    save('deep.yaml', '['.repeat(50_000));
    save('bytes.yaml', '\u0000\u0001');
    mkdirSync(join(folder, 'folder.yaml'));
    const own = open();
    expect(own.problems.map((each) => /(\w+)\.yaml/.exec(each)?.[1])).toEqual(
      expect.arrayContaining(['bytes', 'deep', 'folder', 'huge']),
    );
    expect(own.problems.join()).not.toContain('.#acme');
    expect(own.profiles.length).toBeGreaterThan(10);
  });

  it.skipIf(process.getuid?.() === 0)('stay in force while the folder cannot be read', () => {
    save('acme.yaml', profile('acme'));
    const own = open();
    chmodSync(folder, 0);
    own.follow();
    chmodSync(folder, 0o700);
    expect(unitOf(own, 'acme')).toBe('kW');
    expect(own.problems[0]).toMatch(/cannot be read/);
  });
});
