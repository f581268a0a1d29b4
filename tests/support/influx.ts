/** A real InfluxDB 1.x on free ports of 127.0.0.1, with data in a temporary folder and nothing else switched on. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from './free-port.ts';
import { startServer, temporaryFolder, type ServerProcess } from './server-process.ts';

export interface Influx extends ServerProcess {
  /** http://127.0.0.1:port/bluewatt, as INFLUX_URL wants it */
  readonly url: string;
  /** http://127.0.0.1:port */
  readonly httpUrl: string;
  readonly port: number;
}

function configuration(folder: string, ports: { http: number; rpc: number }): string {
  return `
reporting-disabled = true
reporting-enabled = false
bind-address = "127.0.0.1:${String(ports.rpc)}"
[meta]
  dir = "${folder}/meta"
  logging-enabled = false
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  index-version = "tsi1"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${String(ports.http)}"
  log-enabled = false
[continuous_queries]
  enabled = false
[subscriber]
  enabled = false
[logging]
  level = "warn"
  suppress-logo = true
`;
}

export async function startInflux(): Promise<Influx> {
  const [http, rpc] = await freePorts(2);
  if (http === undefined || rpc === undefined) throw new Error('no free ports');
  const folder = await temporaryFolder('influx');
  const file = join(folder, 'influxdb.conf');
  await writeFile(file, configuration(folder, { http, rpc }));
  const httpUrl = `http://127.0.0.1:${String(http)}`;
  const server = await startServer(
    {
      name: 'influxd',
      command: 'influxd',
      args: ['run', '-config', file],
      port: http,
      isReady: async () => (await fetch(`${httpUrl}/ping`)).status === 204,
    },
    folder,
  );
  return {
    url: `${httpUrl}/bluewatt`,
    httpUrl,
    port: http,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: () => server.restart(),
  };
}
