/** Builds the dashboard when its sources have changed since the last build, and says so. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STAMP = join('build', '.sources');
const INPUTS = [
  'src',
  'static',
  'messages',
  'project.inlang/settings.json',
  'svelte.config.js',
  'vite.config.ts',
  'package-lock.json',
];
/** made by the build itself */
const GENERATED = join('src', 'lib', 'paraglide');

function* filesBelow(path: string): Generator<string> {
  if (path === GENERATED) return;
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) yield* filesBelow(join(path, name));
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const input of INPUTS) {
    for (const file of filesBelow(input)) hash.update(file).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** @throws Error when the build fails */
export function ensureBuild(): void {
  const sources = hashOfSources();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return;
  process.stdout.write('Building the dashboard (after each change of its sources; about 15 s) …\n');
  const startedAt = Date.now();
  const result = spawnSync(
    process.execPath,
    [join('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    },
  );
  if (result.status !== 0) throw new Error(`The build failed:\n${result.stdout}${result.stderr}`);
  writeFileSync(STAMP, sources);
  process.stdout.write(`The dashboard is built (${((Date.now() - startedAt) / 1000).toFixed(0)} s).\n`);
}
