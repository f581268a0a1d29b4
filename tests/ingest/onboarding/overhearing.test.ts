/** A device nobody has told of, at a broker of somebody's: heard, counted, kept, and read once it is known. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { openJournal } from '../../../ingest/journal.ts';
import { createGroupFile } from '../../../ingest/onboarding/group-file.ts';
import { startMosquitto, type Mosquitto } from '../../support/mosquitto.ts';
import { publish } from '../../support/publish.ts';
import { describeWith } from '../../support/requires.ts';
import { startWorkerProcess, type WorkerProcess } from '../../support/worker.ts';
import { sparkplugPayload } from '../../support/sparkplug-payload.ts';
import { campOf, meter } from '../account/rig.ts';
import { encodePack } from '../decode/cbor-encoder.ts';

const PROFILE = `profile: acme
format: json
match: { topic: 'acme/{device}/state' }
meter: '{device}'
fields:
  - { path: /power, to: activePowerW, unit: W }
samples:
  - topic: acme/m1/state
    receivedAt: '2026-03-02T09:15:04Z'
    payload: { power: 1500 }
    expect: [{ meter: m1, activePowerW: 1500 }]
`;
const SENML_PROFILE = PROFILE.replace('profile: acme', 'profile: acme-senml')
  .replace('format: json', 'format: senml')
  .replaceAll('/state', '/senml')
  .replace('{ path: /power, to: activePowerW, unit: W }', "{ path: '/{part}:power', to: activePowerW }")
  .replace('payload: { power: 1500 }', "payload: [{ n: 'acme:power', v: 1500 }]");
const LINE = { profile: 'acme', topic: 'acme/m1', mission: 'unmiss', camp: 'juba', meter: '{device}' };
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(50);
}
const METER = meterRef('unmiss', 'juba', 'm1');

describeWith(['mosquitto'], 'a worker that hears of an unknown device', () => {
  let broker: Mosquitto;
  let worker: WorkerProcess;

  beforeEach(async () => {
    broker = await startMosquitto();
  });
  afterEach(async () => {
    await worker.stop();
    await broker.stop();
  });

  const letters = () => worker.metric('bluewatt_dead_letters_total');
  const say = (topic: string, payload: string | Buffer, retain = false) =>
    publish({ port: broker.port, topic, payload, retain });
  function assign(): void {
    mkdirSync(join(worker.dataDir, 'profiles'), { recursive: true });
    writeFileSync(join(worker.dataDir, 'profiles', 'acme.yaml'), PROFILE);
    const registry = openRegistryStore(worker.dataDir);
    registry.change(() => ({ ...campOf({ 'pv-1': meter('solar') }), sources: [LINE] }), {
      author: 'test',
      reason: 'a device',
      savedAt: 0,
    });
    registry.close();
  }
  /** What the letters tell, by the time they came in: of those that a busy machine took in one millisecond the last. */
  function keptPowers(): Map<number, number> {
    const journal = openJournal(worker.dataDir);
    const rows = journal.prepare('SELECT received_at, payload FROM dead_letter ORDER BY id').all();
    journal.close();
    const powers = rows.map((row): [number, number] => {
      const { received_at: at, payload } = row as { received_at: number; payload: Uint8Array };
      return [at, (JSON.parse(Buffer.from(payload).toString()) as { power: number }).power];
    });
    return new Map(powers);
  }
  async function stored(): Promise<{ at: number; power: number | undefined }[]> {
    const store = createSqliteStore({ file: join(worker.dataDir, DATABASE_FILE), readOnly: true });
    const readings = await store.readReadings(METER, { from: 0, to: Date.now() + 1 });
    await store.close();
    return readings.map(({ at, values }) => ({ at, power: values.activePowerW }));
  }

  it('keeps what it sent before, and stores all of it with its time of receipt when profile and line are there', async () => {
    worker = await startWorkerProcess({ settings: { MQTT_URL: broker.url } });
    await until(async () => {
      await say('acme/m1/state', '{"power":0}');
      return (await letters()) > 0;
    });
    // The last of those may still be on its way.
    let before = NaN;
    await until(async () => {
      const seen = before;
      before = await letters();
      await pause(500);
      return seen === before;
    });
    for (let power = 1; power <= 20; power += 1) {
      await say('acme/m1/state', JSON.stringify({ power }));
      // One by one: what a meter is heard to say within one millisecond is one reading.
      await until(async () => (await letters()) === before + power);
    }
    const knownAt = Date.now();
    expect(await stored()).toEqual([]);
    const kept = keptPowers();
    expect([...kept.values()].at(-1)).toBe(20);
    assign();
    await until(async () => (await stored()).length >= kept.size);
    const readings = await stored();
    expect(readings).toEqual([...kept].map(([at, power]) => ({ at, power })));
    expect(Math.max(...readings.map(({ at }) => at))).toBeLessThanOrEqual(knownAt);
    expect(await worker.metric('bluewatt_dead_letters_total')).toBe(before + 20);
    await say('acme/m1/state', '{"power":99}');
    await until(async () => (await stored()).at(-1)?.power === 99);
    const health = await worker.health();
    expect(health.delivery.unacknowledged).toBe(0);
  });

  it('keeps and later reads what is no text just as well: SenML in CBOR, and Sparkplug by the births that came before', async () => {
    worker = await startWorkerProcess({ settings: { MQTT_URL: broker.url } });
    await until(async () => {
      await say('acme/m1/probe', 'x');
      return (await letters()) > 0;
    });
    await pause(500);
    const before = await letters();
    const at = Date.now();
    const metric = { name: 'm1/activePowerW', alias: 7, datatype: 9 };
    const bdSeq = { name: 'bdSeq', datatype: 8, long: 1n };
    const births = { timestamp: at, seq: 0, metrics: [bdSeq, { ...metric, float: 1 }] };
    await say('spBv1.0/plant/NBIRTH/edge', sparkplugPayload(births));
    const data = { timestamp: at + 1000, seq: 1, metrics: [{ alias: 7, float: 2 }] };
    await say('spBv1.0/plant/NDATA/edge', sparkplugPayload(data));
    await say('acme/m1/senml', encodePack([{ n: 'acme:power', u: 'kW', v: 3, t: at / 1000 + 2 }]));
    await until(async () => (await letters()) === before + 3);
    mkdirSync(join(worker.dataDir, 'profiles'), { recursive: true });
    writeFileSync(join(worker.dataDir, 'profiles', 'senml.yaml'), SENML_PROFILE);
    const registry = openRegistryStore(worker.dataDir);
    const place = { mission: 'unmiss', camp: 'juba', meter: 'm1' };
    const sources = [
      { profile: 'acme-senml', topic: 'acme', ...place },
      { profile: 'sparkplug', topic: 'spBv1.0/plant', ...place, meter: '{part}' },
    ];
    const author = { author: 'test', reason: 'devices', savedAt: 0 };
    registry.change(() => ({ ...campOf({ 'pv-1': meter('solar') }), sources }), author);
    registry.close();
    await until(async () => (await stored()).length >= 3);
    expect(await stored()).toEqual([
      { at, power: 1 },
      { at: at + 1000, power: 2 },
      { at: at + 2000, power: 3000 },
    ]);
  });

  it('writes down what it saw, without secrets, and keeps no retained state as readings', async () => {
    await say('acme/m2/state', '{"power":5,"password":"hunter2"}', true);
    worker = await startWorkerProcess({ settings: { MQTT_URL: broker.url } });
    await until(async () => {
      await say('acme/m1/state', '{"power":1,"token":"abc","email":"ops@camp.example"}');
      return (await letters()) > 0;
    });
    const journal = openJournal(worker.dataDir);
    const file = createGroupFile(journal);
    await until(() => Promise.resolve(JSON.stringify(file.read()).includes('acme/m1/')));
    const groups = file.read();
    journal.close();
    expect(groups.map(({ shape }) => shape)).toEqual(['acme/+']);
    expect(groups[0]?.count).toBeGreaterThan(groups[0]?.kept ?? 0);
    expect(JSON.stringify(groups)).not.toMatch(/hunter2|abc|ops@/);
  });

  it('does not listen when told so', async () => {
    worker = await startWorkerProcess({ settings: { MQTT_URL: broker.url, DISCOVERY_TOPICS: 'off' } });
    await say('acme/m1/state', '{"power":1}');
    await say('bluewatt/unmiss/juba/pv-1/reading', JSON.stringify({ at: Date.now(), activePowerW: 1 }));
    await until(async () => (await worker.metric('bluewatt_readings_committed_total')) === 1);
    expect(await letters()).toBe(0);
  });

  it('leaves the meters’ messages to their own session when much is going on', async () => {
    worker = await startWorkerProcess({ settings: { MQTT_URL: broker.url } });
    const at = Date.now();
    const lines = Array.from({ length: 5_000 }, (_, i) => JSON.stringify({ at: at - i, activePowerW: i }));
    await publish({ port: broker.port, topic: 'bluewatt/unmiss/juba/pv-1/reading', payload: lines });
    await until(async () => (await worker.metric('bluewatt_readings_committed_total')) === 5_000);
    expect(await worker.metric('bluewatt_messages_received_total')).toBe(5_000);
    expect(await letters()).toBe(0);
  });
});
