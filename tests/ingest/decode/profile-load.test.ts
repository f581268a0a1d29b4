import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '#lib/server/errors.ts';
import { BUNDLED_PROFILES, loadProfiles, parseProfile } from '../../../ingest/decode/profile-load.ts';

const GOOD = `profile: own
format: json
match: { topic: 'x/{device}' }
meter: '{device}'
time: { path: /t, format: unix-s }
expireAfter: 10m
fields:
  - { path: /p, to: activePowerW, unit: kW }
samples:
  - { topic: x/y, receivedAt: '2026-03-02T09:15:04Z', payload: { p: 1 }, expect: [{ meter: y, activePowerW: 1000 }] }
`;

function problemsOf(text: string): readonly string[] {
  const parsed = parseProfile(text, 'own.yaml');
  return parsed.ok ? [] : parsed.problems;
}

describe('a profile file', () => {
  it('that is right compiles', () => {
    const parsed = parseProfile(GOOD, 'own.yaml');
    expect(parsed.ok && parsed.profile.expireAfterMs).toBe(600_000);
  });

  it.each([
    [
      'a unit of the wrong dimension',
      'unit: kW',
      'unit: V',
      'own.yaml:8: /fields/0/unit',
      'V measures voltage, but activePowerW is active power: use one of mW, W',
    ],
    ['an unknown unit', 'unit: kW', 'unit: horsepower', 'own.yaml:8: /fields/0/unit', 'horsepower'],
    [
      'an unknown quantity',
      'to: activePowerW',
      'to: power',
      'own.yaml:8: /fields/0/to',
      'found the text "power"',
    ],
    ['a misspelt key', 'unit: kW', 'units: kW', 'own.yaml:8: /fields/0', 'units'],
    ['an unknown format', 'format: json', 'format: xml', 'own.yaml:2: /format', 'found the text "xml"'],
    ['a path that is none', 'path: /p', 'path: p', 'own.yaml:8: /fields/0/path', 'begins with /'],
    ['a field without a path', 'path: /p, ', '', 'own.yaml:8: /fields/0', 'either a path or a sum'],
    [
      'a meter that nothing captures',
      "meter: '{device}'",
      "meter: '{serial}'",
      'own.yaml:4: /meter',
      '{serial}',
    ],
    ['a topic that is none', 'x/{device}', 'x/#', 'own.yaml:3: /match/topic', '"#"'],
    ['a time pattern that is none', 'format: unix-s', 'format: HH:mm', 'own.yaml:5: /time/format', 'HH:mm'],
    [
      'a policy for what does not count up',
      'unit: kW',
      'register: persistent',
      'own.yaml:8: /fields/0/register',
      'does not count up',
    ],
    [
      'a duration that is none',
      'expireAfter: 10m',
      'expireAfter: soon',
      'own.yaml:6: /expireAfter',
      'such as 90s',
    ],
    [
      'a condition on a capture that is none',
      'unit: kW',
      'when: { key: a }',
      'own.yaml:8: /fields/0/when/key',
      'captures no {key}',
    ],
  ])('with %s is refused with line, place and what is expected', (_, from, to, place, expected) => {
    const text = GOOD.replace(from, to);
    expect(text).not.toBe(GOOD);
    const [problem = 'none', ...more] = problemsOf(text);
    expect(more).toEqual([]);
    expect(problem).toContain(place);
    expect(problem).toContain(expected);
  });

  it('tells each mistake’s line and column, for who shows the text beside it', () => {
    const text = GOOD.replace('unit: kW', 'unit: V');
    const parsed = parseProfile(text, 'own.yaml');
    const [mistake, ...more] = parsed.ok ? [] : parsed.mistakes;
    expect(more).toEqual([]);
    const { line = null, column = null } = mistake ?? {};
    expect(text.split('\n')[(line ?? 0) - 1]?.slice((column ?? 0) - 1)).toMatch(/^V/);
    const broken = parseProfile('profile: a\nfields: [1, 2', 'own.yaml');
    expect(broken.ok ? [] : broken.mistakes).toMatchObject([{ line: 2, column: 14 }]);
  });

  it('tells all its mistakes at once', () => {
    const text = GOOD.replace('unit: kW', 'unit: V')
      .replace('format: json', 'format: xml')
      .replace('10m', 'x');
    expect(problemsOf(text)).toHaveLength(3);
  });

  it.each(['', '[]', '42', 'a: b: c', 'fields: 3', '&a [*a]', '\u0000', 'profile: *none'])(
    'that holds only %j is refused, not thrown',
    (text) => {
      expect(problemsOf(text).length).toBeGreaterThan(0);
    },
  );
});

describe('profile directories', () => {
  const made: string[] = [];
  afterEach(() => {
    for (const directory of made.splice(0)) rmSync(directory, { recursive: true });
  });
  function directory(files: Readonly<Record<string, string>>): string {
    const path = mkdtempSync(join(tmpdir(), 'profiles-'));
    made.push(path);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    return path;
  }

  it('add to the bundled profiles, and replace one of the same name', () => {
    const own = directory({
      'a.yaml': GOOD,
      'b.yaml': GOOD.replace('profile: own', 'profile: mbmd'),
      'c.txt': 'x',
    });
    const loaded = loadProfiles([BUNDLED_PROFILES, own]);
    expect(loaded.find((profile) => profile.name === 'own')).toBeDefined();
    expect(loaded.find((profile) => profile.name === 'mbmd')?.spec.format).toBe('json');
  });

  it('report the mistakes of all files together', () => {
    const own = directory({
      'a.yaml': GOOD.replace('kW', 'V'),
      'b.yaml': GOOD.replace('json', 'xml'),
      'c.yaml': GOOD,
      'd.yaml': GOOD,
    });
    const error = thrownBy(() => loadProfiles([own]));
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'PROFILE_INVALID', retryable: false });
    for (const file of ['a.yaml:8', 'b.yaml:2', 'd.yaml'])
      expect((error as AppError).message).toContain(file);
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
