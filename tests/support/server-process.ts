/**
 * A real server as a child of the test run: its own temporary folder, ready when its port answers, and gone
 * with the run, even when the run is killed with SIGKILL.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface ServerSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  /** gets all that it writes */
  readonly onOutput?: (text: string) => void;
  /** resolves to true once the server does its work, not merely listens */
  readonly isReady?: () => Promise<boolean>;
}

export interface ServerProcess {
  /** of the running process; changes with `restart` */
  readonly pid: number;
  /** asks it to end, waits, and removes the folder */
  stop(): Promise<void>;
  /** SIGKILL, as a power cut would; data stay for `restart` */
  kill(): Promise<void>;
  /** starts again on the same port and data, after `kill` or while it runs */
  restart(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 10_000;

/** A folder for one server; {@link startServer} removes it. */
export function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `bluewatt-${name}-`));
}

/** Starts the server and waits until it is ready. @throws Error with the server's own last words */
export async function startServer(spec: ServerSpec, folder: string): Promise<ServerProcess> {
  let running = await launch(spec, folder).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    get pid() {
      return running.child.pid ?? -1;
    },
    async stop() {
      await end(running, 'SIGTERM');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
    kill: () => end(running, 'SIGKILL'),
    async restart() {
      await end(running, 'SIGTERM');
      running = await launch(spec, folder);
    },
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly watchdog: ChildProcess;
}

async function launch(spec: ServerSpec, folder: string): Promise<Running> {
  const child = spawn(spec.command, spec.args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
  let words = '';
  const listen = (chunk: Buffer): void => {
    words = (words + chunk.toString()).slice(-4000);
    spec.onOutput?.(chunk.toString());
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  child.on('error', (error) => (words += error.message));
  const running = { child, watchdog: watch(child.pid, folder) };
  try {
    await waitUntilReady(spec, child);
    return running;
  } catch (error) {
    await end(running, 'SIGKILL');
    throw new Error(`${spec.name} did not start. Its last words:\n${words}`, { cause: error });
  }
}

/**
 * A shell that waits for the end of its standard input, which comes when this process ends in whatever way,
 * and then kills the server and removes its folder.
 */
function watch(pid: number | undefined, folder: string): ChildProcess {
  const script = 'cat >/dev/null; kill -9 "$1" 2>/dev/null; rm -rf -- "$2"';
  const watchdog = spawn('sh', ['-c', script, 'sh', String(pid ?? 0), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Of its own group: Ctrl-C must not take the watchdog before what it watches.
    detached: true,
  });
  watchdog.unref();
  (watchdog.stdin as unknown as { unref?: () => void }).unref?.();
  return watchdog;
}

async function waitUntilReady({ port, isReady }: ServerSpec, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (hasEnded(child)) throw new Error(`it ended with ${String(child.exitCode ?? child.signalCode)}`);
    if ((await accepts(port)) && (isReady === undefined || (await isReady().catch(() => false)))) return;
    await pause(25);
  }
  throw new Error('it was not ready in time');
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function end({ child, watchdog }: Running, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  // First the watchdog: it must not kill a number that the system has given to somebody else.
  if (!hasEnded(watchdog)) watchdog.kill('SIGKILL');
  if (hasEnded(child) || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const stuck = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(stuck);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
