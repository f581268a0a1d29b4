/** Processes that a script of ours starts and must stop: in order, politely, and then for certain. */
import { spawn, type ChildProcess } from 'node:child_process';

const POLITE_MS = 12_000;

export interface Child {
  readonly name: string;
  readonly process: ChildProcess;
  /** resolves with the exit code, or null when a signal ended it */
  readonly ended: Promise<number | null>;
}

export interface Children {
  start(
    name: string,
    script: string,
    options?: {
      /** of Node itself */
      nodeFlags?: readonly string[];
      args?: readonly string[];
      env?: Readonly<Record<string, string>>;
      stdout?: 'inherit' | 'pipe' | 'ignore';
    },
  ): Child;
  /** Stops all, last started first; each has a while to finish what it holds. */
  stopAll(): Promise<void>;
}

export function createChildren(): Children {
  const running: Child[] = [];

  async function stop(child: Child): Promise<void> {
    if (child.process.exitCode !== null || child.process.signalCode !== null) return;
    child.process.kill('SIGTERM');
    const timer = setTimeout(() => child.process.kill('SIGKILL'), POLITE_MS);
    await child.ended;
    clearTimeout(timer);
  }

  return {
    start(name, script, { nodeFlags = [], args = [], env = {}, stdout = 'inherit' } = {}) {
      const child = spawn(process.execPath, [...nodeFlags, script, ...args], {
        env: { ...process.env, ...env },
        stdio: ['ignore', stdout, 'inherit'],
        // A group of its own: Ctrl-C then reaches this script alone, which stops the children in order.
        detached: process.platform !== 'win32',
      });
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      const started = { name, process: child, ended };
      running.push(started);
      return started;
    },
    async stopAll() {
      for (const child of running.reverse()) await stop(child);
      running.length = 0;
    },
  };
}

/** Waits until `url` answers 200, or until `child` ends. @throws Error that says which of the two came first */
export async function waitUntilUp(url: string, child: Child, withinMs = 60_000): Promise<void> {
  let hasEnded = false;
  void child.ended.then(() => {
    hasEnded = true;
  });
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if (hasEnded) throw new Error(`The ${child.name} ended before it was up: see above.`);
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      await response.arrayBuffer();
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The ${child.name} did not answer at ${url} within ${String(withinMs / 1000)} s.`);
}
