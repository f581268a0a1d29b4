/** Runs one of the installed tools in the foreground and returns its exit code. */
import { spawnSync } from 'node:child_process';

export function run(command: string, args: readonly string[]): number {
  const result = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (result.error !== undefined) process.stderr.write(`${command}: ${result.error.message}\n`);
  return result.status ?? 1;
}
