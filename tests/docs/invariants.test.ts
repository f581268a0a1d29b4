/** Every invariant of delivery is the name of a test, and the decision page says of which. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGE = join(ROOT, 'docs', 'decisions', '0002-delivery.md');
const INVARIANTS = Array.from({ length: 12 }, (_, index) => `I${String(index + 1)}`);

/** Invariant → the files of tests that its row names. */
const shownBy = new Map(
  readFileSync(PAGE, 'utf8')
    .split('\n')
    .flatMap((line): [string, string[]][] => {
      const [, name] = /^\| (I\d+) +\|/.exec(line) ?? [];
      const files = [...line.matchAll(/\(\.\.\/\.\.\/(tests\/[^)]+)\)/g)].map(([, file]) => file ?? '');
      return name === undefined ? [] : [[name, files]];
    }),
);

/** The invariants that the tests of a file are named after. */
function namedIn(file: string): Set<string> {
  const text = readFileSync(join(ROOT, file), 'utf8');
  // The name is the first argument of `it(`, or of what `it.each(...)` and its kin return.
  const names = text.matchAll(/(?:\bit|\))\(\s*['"`](I\d+): /g);
  return new Set([...names].map(([, name]) => name ?? ''));
}

describe('the invariants of delivery', () => {
  it('all stand on the decision page', () => {
    expect([...shownBy.keys()]).toEqual(INVARIANTS);
  });

  it.each(INVARIANTS)('%s is the name of a test in every file its row names', (name) => {
    const files = shownBy.get(name) ?? [];
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !namedIn(file).has(name))).toEqual([]);
  });

  it('are named in no file that the page leaves out, and by no number that does not exist', () => {
    const files = readdirSync(join(ROOT, 'tests'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join('tests', file));
    const named = files.flatMap((file) => [...namedIn(file)].map((name) => `${name} in ${file}`));
    const told = [...shownBy].flatMap(([name, all]) => all.map((file) => `${name} in ${file}`));
    expect(named.sort()).toEqual(told.sort());
  });
});
