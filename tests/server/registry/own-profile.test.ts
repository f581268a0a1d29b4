import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveOwnProfile } from '#lib/server/registry/own-profile.ts';

describe('saving a profile into the installation’s folder', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'bluewatt-own-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('makes the folder, writes the file whole, and leaves nothing beside it', () => {
    const folder = join(dataDir, 'profiles');
    expect(saveOwnProfile(folder, 'acme', 'profile: acme\n')).toBe(true);
    expect(readFileSync(join(folder, 'acme.yaml'), 'utf8')).toBe('profile: acme\n');
    expect(readdirSync(folder)).toEqual(['acme.yaml']);
  });

  it('never overwrites another one, and takes the same a second time', () => {
    saveOwnProfile(dataDir, 'acme', 'one');
    expect(saveOwnProfile(dataDir, 'acme', 'two')).toBe(false);
    expect(saveOwnProfile(dataDir, 'acme', 'one')).toBe(true);
    expect(readFileSync(join(dataDir, 'acme.yaml'), 'utf8')).toBe('one');
  });

  it('says what cannot be written', () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    expect(() => saveOwnProfile(file, 'acme', 'x')).toThrow(/acme\.yaml cannot be written/);
  });
});
