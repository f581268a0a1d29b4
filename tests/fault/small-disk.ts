/**
 * A disk that can be filled to the last byte and emptied again: a small file system of its own where this process
 * may mount one, otherwise a limit on the size of the worker's files, which fails the same writes with another
 * error.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly folder: string;
  /** Leaves nothing free, for the process `pid` at least. */
  fill(pid: number): void;
  makeRoom(pid: number): void;
  remove(): void;
}

/** Room for the worker's files as they are after its start, and for some megabytes more. */
const SIZE = '6m';

/** Undefined where neither way is open. */
export function smallDisk(): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'bluewatt-disk-'));
  const disk = mounted(folder) ?? limited(folder);
  if (disk === undefined) rmSync(folder, { recursive: true });
  return disk;
}

function mounted(folder: string): SmallDisk | undefined {
  if (!succeeds('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder])) return undefined;
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill() {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize, 1));
    },
    makeRoom() {
      rmSync(ballast);
    },
    remove() {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

function limited(folder: string): SmallDisk | undefined {
  const limit = (pid: number, bytes: number | 'unlimited'): readonly string[] => [
    '--pid',
    String(pid),
    // The soft limit alone: that may be raised again without being root.
    `--fsize=${String(bytes)}:`,
  ];
  if (!succeeds('prlimit', ['--version'])) return undefined;
  return {
    folder,
    fill(pid) {
      execFileSync('prlimit', limit(pid, statSync(join(folder, 'worker.db-wal')).size));
    },
    makeRoom(pid) {
      execFileSync('prlimit', limit(pid, 'unlimited'));
    },
    remove() {
      rmSync(folder, { recursive: true });
    },
  };
}

function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
