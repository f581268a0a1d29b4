/**
 * The real servers that tests speak to. On Debian, as root, what is missing is installed from the
 * distribution; anywhere else this says what to install, and the tests that need it are skipped.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { installCommand, missingBinaries, PACKAGES, type Binary } from '../tests/support/binaries.ts';

export interface Services {
  /** programs that could not be had; tests that need them are skipped, or fail under CI=true */
  readonly missing: readonly Binary[];
}

/** Debian asks this script before a package may start its daemon; 101 means no. */
const POLICY_FILE = '/usr/sbin/policy-rc.d';
const ALL = Object.keys(PACKAGES) as Binary[];

/** Installs what is missing where it can. Never throws: without servers the other tests still run. */
export async function ensureServices(): Promise<Services> {
  const missing = missingBinaries(ALL);
  if (missing.length === 0) return { missing };
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) {
    tell(`Missing: ${missing.join(', ')}. The tests that need them are skipped. To install:`);
    tell(`  ${installCommand(missing)}`);
    return { missing };
  }
  tell(`Installing ${missing.join(', ')} from Debian (once; this takes a minute or two)`);
  const installed = await withoutDaemons(async () => {
    const packages = [...new Set(missing.map((name) => PACKAGES[name]))];
    return (
      (await aptGet(['update'])) && (await aptGet(['install', '-y', '--no-install-recommends', ...packages]))
    );
  });
  const still = missingBinaries(ALL);
  if (!installed || still.length > 0) {
    tell(`Still missing: ${still.join(', ') || 'nothing'}. The tests that need them are skipped. By hand:`);
    tell(`  ${installCommand(missing)}`);
  }
  return { missing: still };
}

/** Runs `work` while packages may not start servers: tests start their own, on their own ports. */
async function withoutDaemons<T>(work: () => Promise<T>): Promise<T> {
  if (existsSync(POLICY_FILE)) return work();
  // Left behind, the file would keep every later package from starting its service: remove it however we end.
  const remove = (): void => rmSync(POLICY_FILE, { force: true });
  const interrupt = (): void => process.exit(130);
  writeFileSync(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  process.once('exit', remove).once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await work();
  } finally {
    remove();
    process.off('exit', remove).off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** Whether `apt-get` succeeded; its steps are told as they come. */
async function aptGet(args: readonly string[]): Promise<boolean> {
  const child = spawn(
    'apt-get',
    ['-q', '-o', 'Acquire::Retries=2', '-o', 'Acquire::http::Timeout=20', ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    },
  );
  const spawned = once(child, 'close') as Promise<[number | null]>;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (/^(Get:|Fetched|Need to get|Unpacking|Setting up|E:|W:)/.test(line)) tell(`  ${line}`);
  });
  try {
    const [code] = await spawned;
    if (code !== 0) tell(`apt-get ${String(args[0])} ended with ${String(code)}`);
    return code === 0;
  } catch (error) {
    tell(`apt-get can't be run: ${String(error)}`);
    return false;
  }
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
