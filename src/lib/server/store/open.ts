/** Which store this installation has: InfluxDB when an address is set, the embedded file otherwise. */
import { join } from 'node:path';
import { createInfluxStore } from './influx/store.ts';
import { DATABASE_FILE } from './sqlite/schema.ts';
import { createSqliteStore } from './sqlite/store.ts';
import type { Store } from './store.ts';

export interface StoreSettings {
  /** `http(s)://user:password@host:8086/database` */
  readonly influxUrl?: string;
  readonly influxToken?: string;
  /** the folder of `readings.db` */
  readonly dataDir: string;
  /** for the web server, which never writes readings or accounts */
  readonly readOnly?: boolean;
}

/**
 * Opens the store. InfluxDB need not be up: its outage shows at the first call, and passes.
 * @throws AppError CONFIG_INVALID, STORE_REFUSED
 */
export function openStore({
  influxUrl,
  influxToken,
  dataDir,
  readOnly = false,
}: StoreSettings): Promise<Store> {
  return Promise.resolve().then(() =>
    influxUrl === undefined
      ? createSqliteStore({ file: join(dataDir, DATABASE_FILE), readOnly })
      : createInfluxStore({ url: influxUrl, ...(influxToken !== undefined && { token: influxToken }) }),
  );
}
