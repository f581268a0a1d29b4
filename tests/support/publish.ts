/** Publishes as a device would: with `mosquitto_pub`, a client that is not ours. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface PublishOptions {
  readonly port: number;
  readonly topic: string;
  /** one message; or several, of one line each, sent over one connection in order */
  readonly payload: string | Uint8Array | readonly string[];
  /** default 1: resolves after the broker's acknowledgements */
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
  readonly clientId?: string;
  readonly username?: string;
  readonly password?: string;
}

/** Resolves when the broker has taken every message. @throws Error with what mosquitto_pub says */
export async function publish(options: PublishOptions): Promise<void> {
  const { port, topic, payload, qos = 1, retain = false } = options;
  const whole = typeof payload === 'string' || payload instanceof Uint8Array ? payload : undefined;
  const lines = whole === undefined ? (payload as readonly string[]) : undefined;
  if (lines?.some((line) => line.includes('\n')) === true)
    throw new Error('a payload of several holds a line break');
  const args = ['-h', '127.0.0.1', '-p', String(port), '-t', topic, '-q', String(qos)];
  if (retain) args.push('-r');
  if (options.clientId !== undefined) args.push('-i', options.clientId);
  if (options.username !== undefined) args.push('-u', options.username);
  if (options.password !== undefined) args.push('-P', options.password);
  // -s takes one whole message from standard input, -l one a line.
  const child = spawn('mosquitto_pub', [...args, lines === undefined ? '-s' : '-l'], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  // The broker may refuse us before all is written; the exit code tells.
  child.stdin.on('error', () => undefined);
  child.stdin.end(lines === undefined ? whole : lines.map((line) => `${line}\n`).join(''));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`mosquitto_pub to ${topic} ended with ${String(code)}: ${words.trim()}`);
}
