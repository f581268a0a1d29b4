/** The documents lead to files that are there. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGES = [
  ...readdirSync(ROOT),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => join('docs', file)),
].filter((file) => file.endsWith('.md'));
const PATH_IN_TEXT = /`((?:ingest|src|tests|scripts|deploy|docs|messages)\/[\w./[\]+-]+)`/g;

/** Headings as GitHub and others turn them into anchors. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  it('links to files and headings that exist', () => {
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
      expect(existsSync(file), target).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(readFileSync(file, 'utf8')), target).toContain(anchor);
    }
  });

  it('names source files that exist', () => {
    const missing = [...text.matchAll(PATH_IN_TEXT)]
      .map(([, path = '']) => path)
      .filter((path) => !/[*{]/.test(path) && !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
  });
});

describe('the screenshots', () => {
  const folder = join(ROOT, 'docs', 'screenshots');

  it.each(readdirSync(folder))('%s is small enough for a slow link, and shown somewhere', (name) => {
    expect(statSync(join(folder, name)).size).toBeLessThan(250 * 1024);
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`docs/screenshots/${name}`);
  });
});
