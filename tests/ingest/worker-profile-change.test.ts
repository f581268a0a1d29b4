/** A profile's register policy that turns out to be another, while the worker runs: what is stored is accounted anew. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { publish } from '../support/publish.ts';
import { describeWith } from '../support/requires.ts';
import { startWorkerProcess } from '../support/worker.ts';
import { campOf, meter } from './account/rig.ts';

const METER = meterRef('unmiss', 'juba', 'm1');
const MINUTE = 60_000;

function profileOf(register: string): string {
  return `profile: acme
format: json
match: { topic: 'acme/{device}/state' }
meter: '{device}'
time: { path: /ts, format: unix-ms }
fields: [{ path: /wh, to: energyForwardWh, register: ${register} }]
samples: [{ topic: acme/m1/state, receivedAt: '2026-03-02T09:15:04Z', payload: { wh: 5 }, expect: [{ meter: m1, energyForwardWh: 5 }] }]
`;
}

describeWith(
  ['mosquitto', 'mosquitto_pub'],
  'a profile whose register behaves otherwise than it said',
  () => {
    it('is taken while the worker runs, for what its meter has told already, too', async () => {
      const broker = await startMosquitto();
      const worker = await startWorkerProcess({ settings: { MQTT_URL: broker.url } });
      const profile = join(worker.dataDir, 'profiles', 'acme.yaml');
      const accountedWh = async (): Promise<number> => {
        const store = createSqliteStore({ file: join(worker.dataDir, DATABASE_FILE), readOnly: true });
        const intervals = await store.readIntervals([METER], { from: 0, to: Date.now() + MINUTE });
        await store.close();
        return intervals.reduce((sum, { forwardWh }) => sum + forwardWh, 0);
      };
      const until = (wh: number) => expect.poll(accountedWh, { timeout: 15_000 }).toBe(wh);
      try {
        mkdirSync(join(worker.dataDir, 'profiles'), { recursive: true });
        writeFileSync(profile, profileOf('persistent'));
        const line = {
          profile: 'acme',
          topic: 'acme/m1',
          mission: 'unmiss',
          camp: 'juba',
          meter: '{device}',
        };
        const registry = openRegistryStore(worker.dataDir);
        registry.change(() => ({ ...campOf({ m1: meter('solar') }), sources: [line] }), {
          ...{ author: 'test', reason: 'a device', savedAt: 0 },
        });
        registry.close();
        const start = Date.now() - 10 * MINUTE;
        const told = [1_000, 2_000, 500, 1_500].map((wh, n) =>
          JSON.stringify({ ts: start + n * MINUTE, wh }),
        );
        await publish({ port: broker.port, topic: 'acme/m1/state', payload: told });
        // A fall of a meter's own memory begins a new segment; a counter that restarts has counted 500 since.
        await until(2_000);
        writeFileSync(profile, profileOf('volatile'));
        await until(2_500);
        writeFileSync(profile, profileOf('persistent'));
        await until(2_000);
      } finally {
        await worker.stop();
        await broker.stop();
      }
    }, 60_000);
  },
);
