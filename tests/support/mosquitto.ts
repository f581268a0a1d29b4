/** A real Mosquitto on a free port of 127.0.0.1. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { startServer, temporaryFolder, type ServerProcess } from './server-process.ts';

export interface Mosquitto extends ServerProcess {
  /** mqtt://127.0.0.1:port */
  readonly url: string;
  readonly port: number;
  /** where it keeps its data, and where files named in `config` may lie */
  readonly folder: string;
}

export interface MosquittoOptions {
  /**
   * Lines of mosquitto.conf, after the listener's. Without any: anonymous clients, persistence at every
   * change, no limit on what is queued or in flight.
   */
  readonly config?: string;
  readonly port?: number;
}

const DEFAULT_CONFIG = `
allow_anonymous true
persistence true
autosave_on_changes true
autosave_interval 1
max_queued_messages 0
max_inflight_messages 0
`;

export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const port = options.port ?? (await freePort());
  const folder = await temporaryFolder('mosquitto');
  const file = join(folder, 'mosquitto.conf');
  // Started by root, Mosquitto changes to the user `mosquitto`, who may not write into our folder.
  const user = process.getuid?.() === 0 ? 'user root\n' : '';
  await writeFile(
    file,
    `listener ${String(port)} 127.0.0.1\n${user}persistence_location ${folder}/\nlog_dest stderr\nlog_type error\nlog_type warning\n` +
      (options.config ?? DEFAULT_CONFIG),
  );
  const server = await startServer(
    { name: 'mosquitto', command: 'mosquitto', args: ['-c', file], port },
    folder,
  );
  return {
    url: `mqtt://127.0.0.1:${String(port)}`,
    port,
    folder,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: () => server.restart(),
  };
}
