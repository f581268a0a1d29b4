import { describe, expect, it } from 'vitest';
import { parseRegistry } from '#lib/registry/parse.ts';
import { versionProblems } from '#lib/registry/parse-factors.ts';
import { stringifyRegistry } from '#lib/registry/stringify.ts';

const LINE =
  '{ version: defra-2027, from: 2027-01-01, source: DESNZ, vintage: 2027, gwp: IPCC AR5, dieselKgCo2PerL: 2.5, dieselKgCo2ePerL: 2.54 }';
const read = (...lines: readonly string[]) => {
  const list = lines.map((line) => `  - ${line}`);
  return parseRegistry(['missions: {}', ...(list.length === 0 ? [] : ['factors:', ...list])].join('\n'));
};
function registryOf(...lines: readonly string[]) {
  const parsed = read(...lines);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.registry;
}

describe('emission factors in the registry file', () => {
  it('are read in the order of their dates, and written as they were', () => {
    const later = LINE.replace('defra-2027', 'defra-2028').replace('2027-01-01', '2028-01-01');
    const registry = registryOf(later, LINE);
    expect(registry.factors?.map(({ version }) => version)).toEqual(['defra-2027', 'defra-2028']);
    expect(parseRegistry(stringifyRegistry(registry))).toMatchObject({ ok: true, registry });
  });

  it('are absent where none are registered, so that a file from before reads as it did', () => {
    expect(registryOf()).toEqual({ missions: {}, pledges: [], sources: [] });
  });

  it.each([
    ['a value in grams', LINE.replace('dieselKgCo2PerL: 2.5', 'dieselKgCo2PerL: 2500'), 'dieselKgCo2PerL'],
    ['less CO₂e than CO₂', LINE.replace('2.54', '2.4'), 'dieselKgCo2ePerL'],
    ['the IPCC’s own version', LINE.replace('defra-2027', 'ipcc-2006-ar5'), 'version'],
    ['a version with spaces', LINE.replace('defra-2027', 'DEFRA 2027'), 'version'],
    ['warming potentials nobody knows', LINE.replace('IPCC AR5', 'IPCC AR9'), 'gwp'],
    ['no source', LINE.replace('source: DESNZ, ', ''), 'source'],
    ['a date that is none', LINE.replace('2027-01-01', '2027-02-30'), 'from'],
  ])('are refused with %s', (_, line, field) => {
    const parsed = read(line);
    expect(parsed.ok ? [] : parsed.problems.map(({ path }) => path)).toContainEqual(
      expect.stringMatching(new RegExp(`^factors\\[0\\](\\.${field})?$`)),
    );
  });

  it('are refused when two have one version or one date', () => {
    expect(read(LINE, LINE.replace('2027-01-01', '2028-01-01')).ok).toBe(false);
    expect(read(LINE, LINE.replace('defra-2027', 'other')).ok).toBe(false);
  });

  it('keep the values of a version once it was saved; another version is another name', () => {
    const before = registryOf(LINE);
    const after = registryOf(LINE.replace('2.54', '2.55'));
    expect(versionProblems(before, after)).toMatchObject([
      { path: 'factors[0]', message: expect.stringContaining('defra-2027') as string },
    ]);
    expect(versionProblems(before, before)).toEqual([]);
    expect(versionProblems(before, registryOf())).toEqual([]);
    const added = LINE.replace('defra-2027', 'defra-2028').replace('from: 2027', 'from: 2028');
    expect(versionProblems(before, registryOf(LINE, added))).toEqual([]);
  });
});
