/** Starts worker and dashboard together, as `npm start` and `npm run demo` do. */
import { join } from 'node:path';
import { WORKER_NODE_FLAGS } from '../ingest/node-flags.ts';
import { describeProblems } from '../src/lib/server/settings-problems.ts';
import { readSettings, type Settings } from '../src/lib/server/settings.ts';
import { waitUntilUp, type Child, type Children } from './children.ts';

/** The settings, or the end of the process with every problem told. */
export function settingsOrExit(): Settings {
  const result = readSettings(process.env);
  if (result.ok) return result.settings;
  process.stderr.write(`${describeProblems(result.problems)}\n`);
  process.exit(2);
}

export interface System {
  readonly worker: Child;
  readonly web: Child;
  readonly address: string;
}

/** Resolves when both answer. @throws Error when one of them does not come up */
export async function startSystem(
  settings: Settings,
  children: Children,
  options: { env?: Readonly<Record<string, string>>; log?: 'inherit' | 'ignore' } = {},
): Promise<System> {
  const env = options.env ?? {};
  const worker = children.start('worker', join('ingest', 'main.ts'), {
    nodeFlags: WORKER_NODE_FLAGS,
    env,
    stdout: options.log ?? 'inherit',
  });
  const { host, port, origin } = settings.web;
  const address = origin ?? `http://${host}:${String(port)}`;
  const web = children.start('dashboard', 'build/index.js', {
    // A registry file may have two million characters.
    env: { BODY_SIZE_LIMIT: '8M', ...env, HOST: host, PORT: String(port), ORIGIN: address },
    stdout: options.log ?? 'inherit',
  });
  await waitUntilUp(`http://${settings.worker.host}:${String(settings.worker.port)}/metrics`, worker);
  await waitUntilUp(`http://${host}:${String(port)}/health`, web);
  return { worker, web, address };
}

/** Resolves when somebody asks to stop (Ctrl-C, SIGTERM) or a part ends by itself; true when asked. */
export function untilStop(parts: readonly Child[]): Promise<boolean> {
  return new Promise((resolve) => {
    let isStopping = false;
    const asked = (): void => {
      isStopping = true;
      resolve(true);
    };
    process.once('SIGINT', asked);
    process.once('SIGTERM', asked);
    for (const part of parts) {
      void part.ended.then((code) => {
        if (isStopping) return;
        isStopping = true;
        process.stderr.write(`The ${part.name} ended by itself (${String(code)}); stopping the rest.\n`);
        resolve(false);
      });
    }
  });
}
