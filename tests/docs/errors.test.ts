/** docs/errors.md has a paragraph for everything that can go wrong, and for nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REJECTION_REASONS } from '../../ingest/decode/message.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');
const page = read('docs', 'errors.md');

/** Heading → its text, of the `###` beneath the `##` that begins so. */
function paragraphs(chapter: string): Map<string, string> {
  const text = page.split(/^## /m).find((part) => part.startsWith(chapter)) ?? '';
  return new Map(
    text
      .split(/^### /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n')).trim()]),
  );
}

function literalsOfType(name: string, text: string): string[] {
  const union = new RegExp(`type ${name} =([^;]+);`).exec(text)?.[1] ?? '';
  return [...union.matchAll(/'([^']+)'/g)].map(([, code]) => code ?? '').sort();
}

function filesBelow(...path: string[]): string[] {
  return readdirSync(join(ROOT, ...path), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => read(...path, file));
}

describe('docs/errors.md', () => {
  it('explains every code of an AppError', () => {
    const codes = literalsOfType('ErrorCode', read('src', 'lib', 'server', 'errors.ts'));
    expect(codes).toContain('STORE_UNAVAILABLE');
    expect([...paragraphs('Faults of operation').keys()].sort()).toEqual(codes);
  });

  it('explains every reason for which a message is rejected', () => {
    expect([...paragraphs('Messages that were not taken').keys()].sort()).toEqual(
      [...REJECTION_REASONS].sort(),
    );
  });

  it('explains every code with which the API refuses a request', () => {
    const parameters = filesBelow('src', 'lib', 'server', 'queries').flatMap((text) =>
      literalsOfType('ParameterCode', text),
    );
    expect(parameters).toContain('DATE_INVALID');
    const routes = filesBelow('src', 'routes', 'api').flatMap((text) =>
      [...text.matchAll(/'([A-Z]+_[A-Z_]+)'/g)].map(([, code]) => code ?? ''),
    );
    const access = literalsOfType('AccessCode', read('src', 'lib', 'server', 'auth', 'guard.ts'));
    expect(access).toContain('SIGN_IN_NEEDED');
    const codes = [...new Set([...parameters, ...routes, ...access])].sort();
    expect([...paragraphs('Requests the API refuses').keys()].sort()).toEqual(codes);
  });

  it('says in every paragraph about faults and rejections what to do', () => {
    const all = [...paragraphs('Faults of operation'), ...paragraphs('Messages that were not taken')];
    const silent = all.filter(([, text]) => !/\*\*Do:\*\*\s\S/.test(text)).map(([name]) => name);
    expect(silent).toEqual([]);
  });
});
