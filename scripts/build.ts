/**
 * Builds the dashboard when its sources have changed since the last build, and says so. Whoever needs the build
 * asks here: `npm start`, `npm run demo`, `npm test` and each browser test. Two builds never run at once.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '..');
const STAMP = join('build', '.sources');
const LOCK = join('.svelte-kit', 'build.lock');
const LOCK_POLL_MS = 200;
const SQLITE_BUSY = 5;
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

function* filesBelow(root: string, path: string): Generator<string> {
  const whole = join(root, path);
  if (path === GENERATED || !existsSync(whole)) return;
  if (!statSync(whole).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(whole).sort()) yield* filesBelow(root, join(path, name));
}

function hashOfSources(root: string): string {
  const hash = createHash('sha256');
  for (const input of INPUTS) {
    for (const file of filesBelow(root, input)) {
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(root, file)));
    }
  }
  return hash.digest('hex');
}

/**
 * Runs `work` while no other process does. The lock is SQLite's own on an empty database: the operating system
 * lets go of it however its holder ends, so that a killed build keeps nobody waiting.
 */
async function holdingLock(root: string, work: () => Promise<void>): Promise<void> {
  mkdirSync(join(root, '.svelte-kit'), { recursive: true });
  const lock = new DatabaseSync(join(root, LOCK), { timeout: 0 });
  try {
    while (!tryLock(lock)) await pause(LOCK_POLL_MS);
    await work();
  } finally {
    lock.close();
  }
}

function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false;
    throw error;
  }
}

async function viteBuild(root: string): Promise<void> {
  // Vitest's own mark would make the configuration leave out the plugins.
  const { VITEST: _, ...environment } = process.env;
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    env: { ...environment, NODE_ENV: 'production' },
  });
}

function wordsOf(error: unknown): string {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
  const told = `${stdout}${stderr}`;
  return told === '' ? String(error) : told;
}

/** @throws Error when the build fails, with what the build said */
export async function ensureBuild({
  root = ROOT,
  build = viteBuild,
  tell = (line: string) => void process.stdout.write(`${line}\n`),
} = {}): Promise<void> {
  await holdingLock(root, async () => {
    const stamp = join(root, STAMP);
    const sources = hashOfSources(root);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
    tell('Building the dashboard (after each change of its sources; about 15 s) …');
    const startedAt = Date.now();
    await build(root).catch((error: unknown) => {
      throw new Error(`The build failed:\n${wordsOf(error)}`, { cause: error });
    });
    // Of the sources as they were before: what changed meanwhile is built the next time.
    writeFileSync(stamp, sources);
    tell(`The dashboard is built (${((Date.now() - startedAt) / 1000).toFixed(0)} s).`);
  });
}
