/** Two workers share one broker and one store by their topics: each takes what is its own, and together they take all. */
import { setTimeout as pause } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { expect, it } from 'vitest';
import { startInflux } from '../support/influx.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { describeWith } from '../support/requires.ts';
import { startWorkerProcess } from '../support/worker.ts';
import { influxReadings } from './ledger.ts';
import { registerMissions } from './perform.ts';
import { FIRST_AT, METERS, missionOf } from './schedule.ts';
import { until } from './stage.ts';

const SEEDS = [1, 2] as const;
const READINGS = 50;

describeWith(['mosquitto', 'influxd'], 'workers that share the work by topic', () => {
  it('store every reading once, each its own mission’s', { timeout: 60_000 }, async () => {
    const [broker, influx] = [await startMosquitto(), await startInflux()];
    const workers = await Promise.all(
      SEEDS.map((seed) =>
        startWorkerProcess({
          settings: {
            MQTT_URL: `mqtt://127.0.0.1:${String(broker.port)}`,
            MQTT_CLIENT_ID: `worker-${String(seed)}`,
            MQTT_TOPICS: `bluewatt/${missionOf(seed)}/#`,
            INFLUX_URL: influx.url,
          },
          fill: (dataDir) => {
            registerMissions(dataDir, SEEDS);
          },
        }),
      ),
    );
    try {
      for (const worker of workers)
        await until(async () => (await worker.health()).broker.connected, 'the worker connects');
      // Until they have subscribed, a broker has nobody to keep messages for.
      await pause(500);
      const device = await connectAsync(`mqtt://127.0.0.1:${String(broker.port)}`);
      for (const seed of SEEDS) {
        const topic = `bluewatt/${missionOf(seed)}/camp/${METERS[0]}/reading`;
        for (let n = 0; n < READINGS; n += 1) {
          const payload = JSON.stringify({ at: FIRST_AT + n * 10_000, activePowerW: n * seed });
          await device.publishAsync(topic, payload, { qos: 1 });
        }
      }
      await device.endAsync();
      for (const seed of SEEDS) {
        const stored = async () => (await influxReadings(influx.httpUrl, missionOf(seed))).size;
        await until(async () => (await stored()) === READINGS, `all of ${missionOf(seed)} is stored`);
      }
      for (const worker of workers)
        await expect.poll(() => worker.metric('bluewatt_messages_acknowledged_total')).toBe(READINGS);
    } finally {
      for (const each of [...workers, influx, broker]) await each.stop();
    }
  });
});
