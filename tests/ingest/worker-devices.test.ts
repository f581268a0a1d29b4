/** Devices that need to be asked, or remembered, against a real broker and the worker as it runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import type { MeterSilence } from '#lib/energy/silence.ts';
import type { DeviceSource } from '#lib/registry/types.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { openSilenceStore } from '#lib/server/registry/silence-store.ts';
import { readSettings } from '#lib/server/settings.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import type { SeenMeter } from '#lib/server/store/store.ts';
import { createBirthFile } from '../../ingest/birth-file.ts';
import { openJournal } from '../../ingest/journal.ts';
import { startWorker, type Worker } from '../../ingest/worker.ts';
import { freePort } from '../support/free-port.ts';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.ts';
import { describeWith } from '../support/requires.ts';
import { startSparkplugEdge } from '../support/sparkplug-edge.ts';
import { startVictronGx } from '../support/victron-gx.ts';
import { campOf, meter } from './account/rig.ts';

const silent = pino({ level: 'silent' });
const cleanUps: (() => Promise<unknown> | undefined)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A worker on `broker` whose registry has these lines, and what its store says of the meters. */
async function installation(broker: Mosquitto, lines: readonly Omit<DeviceSource, 'mission' | 'camp'>[]) {
  const folder = mkdtempSync(join(tmpdir(), 'bluewatt-devices-'));
  cleanUps.push(() => {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  });
  const camp = campOf({ 'genset-40': meter('diesel', { ratedW: 500_000 }) });
  const sources = lines.map((line) => ({ ...line, mission: 'unmiss', camp: 'juba' }));
  const registries = openRegistryStore(folder);
  registries.save({ ...camp, sources }, { author: 'test', reason: 'test', savedAt: 0 });
  registries.close();
  const port = String(await freePort());
  const read = readSettings({ DATA_DIR: folder, WORKER_PORT: port, MQTT_URL: broker.url });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { settings } = read;
  let worker: Worker | undefined;
  const stop = async (): Promise<void> => {
    await worker?.stop();
    worker = undefined;
  };
  cleanUps.push(stop);
  return {
    stop,
    folder,
    start: async (): Promise<void> => {
      worker = await startWorker(settings, silent);
    },
    bornNodes: (): readonly string[] => {
      const journal = openJournal(folder);
      const nodes = [...createBirthFile(journal).read().keys()];
      journal.close();
      return nodes;
    },
    silence: async (name: string): Promise<MeterSilence | undefined> => {
      const store = openSilenceStore(folder);
      const found = store.current().get(`unmiss/juba/${name}`);
      store.close();
      return Promise.resolve(found);
    },
    seen: async (name: string): Promise<SeenMeter | undefined> => {
      const store = createSqliteStore({ file: join(folder, DATABASE_FILE), readOnly: true });
      try {
        const ref = meterRef('unmiss', 'juba', name);
        return (await store.listMeters({})).find((each) => each.meter.key === ref.key);
      } finally {
        await store.close();
      }
    },
  };
}

async function until<T>(find: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    await pause(50);
  }
}

describeWith(['mosquitto'], 'A Victron GX', () => {
  let broker: Mosquitto;

  beforeEach(async () => {
    broker = await startMosquitto();
    cleanUps.push(() => broker.stop());
  });

  const portal = 'c0619ab12345';
  const line = { profile: 'victron-gx', topic: `N/${portal}`, meter: '{service}-{instance}' };
  const values = {
    'genset/40/Ac/Power': 92_500,
    'genset/40/Ac/Energy/Forward': 39_869.8,
    'genset/40/Ac/L1/Voltage': 229.4,
    'genset/40/Engine/CoolantTemperature': null,
    'system/0/Ac/Genset/L1/Power': 30_900,
  };

  it('is silent until the worker asks, tells all it has, and then what changes', async () => {
    const gx = await startVictronGx({ brokerUrl: broker.url, portal, values, heartbeatMs: 100 });
    cleanUps.push(() => gx.stop());
    const { start, seen } = await installation(broker, [line]);
    gx.set('genset/40/Ac/Power', 90_000);
    await start();
    await until(() => seen('genset-40'));
    expect(gx.keepAlives).toEqual(['']);
    const whole = await until(async () => {
      gx.set('genset/40/Ac/Frequency', 50.1);
      const values = (await seen('genset-40'))?.lastValues;
      return values?.frequencyHz === undefined || values.activePowerW === undefined ? undefined : values;
    });
    expect(whole).toEqual({ activePowerW: 90_000, voltageL1V: 229.4, frequencyHz: 50.1 });
  });

  it('is asked for everything again by a worker that was away', async () => {
    const gx = await startVictronGx({ brokerUrl: broker.url, portal, values, heartbeatMs: 100 });
    cleanUps.push(() => gx.stop());
    const { start, stop, seen, silence } = await installation(broker, [line]);
    await start();
    await until(() => seen('genset-40'));
    await stop();
    gx.set('genset/40/Ac/Power', 1_000);
    gx.set('genset/40/Ac/Power', 2_000);
    await start();
    await until(async () => {
      const reading = await seen('genset-40');
      return reading?.lastValues.activePowerW === 2_000 || undefined;
    });
    expect(gx.keepAlives).toEqual(['', '']);
    gx.remove('genset/40');
    expect(await until(async () => (await silence('genset-40'))?.silent?.cause)).toBe('device-gone');
  });
});

describeWith(['mosquitto'], 'A Sparkplug node', () => {
  const line = { profile: 'sparkplug', topic: 'spBv1.0/camp-b', meter: '{device}' };
  const metrics = [
    { name: 'activePowerW', alias: 1, datatype: 9, float: 90_000 },
    { name: 'energyForwardWh', alias: 2, datatype: 8, long: 4_048_575_250n },
  ];

  it('born before the worker came is asked to be born again, read by its aliases, and silent when its will says so', async () => {
    const broker = await startMosquitto();
    cleanUps.push(() => broker.stop());
    const { start, stop, seen, silence, bornNodes } = await installation(broker, [line]);
    const edge = await startSparkplugEdge({
      ...{ brokerUrl: broker.url, group: 'camp-b', node: 'gw1', device: 'genset-40', metrics },
    });
    cleanUps.push(() => edge.cut());
    await edge.bear();
    await start();
    await until(async () => {
      if (edge.rebirths() === 0) await edge.tell({ alias: 1, float: 91_000 });
      return edge.rebirths() > 0 || undefined;
    });
    await until(() => seen('genset-40'));
    await edge.tell({ alias: 1, float: 92_500 }, { alias: 2, long: 4_048_575_300n });
    const reading = await until(async () => {
      const found = await seen('genset-40');
      return found?.lastValues.activePowerW === 92_500 ? found : undefined;
    });
    expect(reading.lastValues).toEqual({ activePowerW: 92_500, energyForwardWh: 4_048_575_300 });
    expect(edge.rebirths()).toBe(1);

    // Its birth is remembered over a restart: data by alias is read before it is born again.
    await until(() => bornNodes().find((each) => each === 'camp-b/gw1'));
    await stop();
    await start();
    await until(async () => {
      await edge.tell({ alias: 1, float: 93_000 });
      return (await seen('genset-40'))?.lastValues.activePowerW === 93_000 || undefined;
    });
    await edge.cut();
    expect(await until(async () => (await silence('genset-40'))?.silent?.cause)).toBe('death-certificate');
  });
});
