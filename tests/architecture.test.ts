/**
 * Who may import whom: the same table that the editor's lint uses (tests/support/import-rules.js), held against
 * every import of src and ingest, and no cycles anywhere; imports of types count too.
 */
import { globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, matchesGlob, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importRules } from './support/import-rules.js';

interface ImportRule {
  readonly files: readonly string[];
  readonly forbidden: readonly string[];
  readonly message: string;
}

const ROOT = resolve(import.meta.dirname, '..');
const RULES: readonly ImportRule[] = importRules;
/** `import … from`, `export … from`, `import '…'` and `import('…')`, over several lines if need be. */
const IMPORT =
  /^\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

const files = ['src', 'ingest']
  .flatMap((folder) => globSync(`${folder}/**/*.{ts,js,svelte}`, { cwd: ROOT }))
  .filter((file) => !file.startsWith('src/lib/paraglide/'))
  .sort();

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? '');
}

function broken(file: string, specifiers: readonly string[]): string[] {
  return RULES.filter((rule) => rule.files.some((glob) => matchesGlob(file, glob))).flatMap((rule) =>
    specifiers
      .filter((specifier) => rule.forbidden.some((pattern) => new RegExp(pattern).test(specifier)))
      .map((specifier) => `${file} imports ${specifier}: ${rule.message}`),
  );
}

/** The file of ours that a specifier names; undefined for packages and generated modules. */
function fileOf(from: string, specifier: string): string | undefined {
  const path = specifier.startsWith('#lib/')
    ? join('src/lib', specifier.slice('#lib/'.length))
    : specifier.startsWith('.')
      ? join(dirname(from), specifier)
      : undefined;
  if (path === undefined || path.includes('paraglide') || path.includes('$types')) return undefined;
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() === true ? path : undefined;
}

/** Every cycle, as the files along it. */
function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const begin = path.indexOf(file);
    if (begin >= 0) cycles.push([...path.slice(begin), file].join(' → '));
    if (begin >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}

describe('The architecture', () => {
  it('lets each folder import only what its rule allows', () => {
    expect(files.length).toBeGreaterThan(150);
    expect(files.flatMap((file) => broken(file, importsOf(file)))).toEqual([]);
  });

  it('has a file for every glob of the rules', () => {
    const idle = RULES.flatMap(({ files: globs }) => globs).filter(
      (glob) => !files.some((file) => matchesGlob(file, glob)),
    );
    expect(idle).toEqual([]);
  });

  it('has no import cycles', () => {
    const graph = new Map(
      files.map((file) => [file, importsOf(file).flatMap((specifier) => fileOf(file, specifier) ?? [])]),
    );
    expect(cyclesIn(graph)).toEqual([]);
  });

  it('names the file and the rule when one is broken, and every file of a cycle', () => {
    expect(broken('src/lib/energy/share.ts', ['node:fs', './ledger.ts'])).toEqual([
      expect.stringMatching(/^src\/lib\/energy\/share\.ts imports node:fs: .*pure/),
    ]);
    expect(
      broken('ingest/live/live-publisher.ts', ['../deliver/spool.ts', '../decode/message.ts']),
    ).toHaveLength(1);
    expect(
      cyclesIn(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).toEqual(['b → c → b']);
  });
});
