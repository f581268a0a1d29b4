/** What the broker queued for the worker survives the death of either, on the configuration that deploy/ ships. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { describeWith } from '../support/requires.ts';
import { startShippedMosquitto } from '../support/shipped-mosquitto.ts';
import { startWorkerProcess } from '../support/worker.ts';
import { sqliteReadings } from './ledger.ts';
import { startPublisher, type Message } from './publisher.ts';
import { FIRST_AT, METERS } from './schedule.ts';
import { until } from './stage.ts';

const CAMP = 'unmiss.juba-un-house.1';
/** More than the 1,000 at which Mosquitto drops by default. */
const MESSAGES = 1_060;

describeWith(['mosquitto'], 'messages that wait at the broker', () => {
  it('I9: come through a SIGKILL of worker and broker, and of the worker once more while it takes them', async () => {
    const broker = await startShippedMosquitto([{ mission: 'unmiss', camp: 'juba-un-house' }]);
    const passwordOf = (user: string) => broker.passwords.get(user) ?? '';
    const worker = await startWorkerProcess({
      settings: {
        MQTT_URL: `mqtt://127.0.0.1:${String(broker.port)}`,
        MQTT_USERNAME: 'bluewatt-worker',
        MQTT_PASSWORD: passwordOf('bluewatt-worker'),
      },
    });
    const publisher = startPublisher({
      port: broker.port,
      clientId: 'camp',
      proof: 'saved',
      username: CAMP,
      password: passwordOf(CAMP),
    });
    const stored = () => sqliteReadings(worker.dataDir, 'unmiss', 'juba-un-house');
    try {
      publisher.send(messageOf(0));
      await until(async () => (await stored()).size === 1, 'the worker has subscribed');
      await worker.kill();
      for (let index = 1; index < MESSAGES; index += 1) publisher.send(messageOf(index));
      await until(() => publisher.pending() === 0, 'the broker takes all of them');
      await broker.kill();
      await broker.restart();
      await worker.restart();
      await pause(20);
      await worker.kill();
      await broker.kill();
      await broker.restart();
      await worker.restart();
      await until(async () => (await stored()).size === MESSAGES, 'all of them are stored');
      expect([...(await stored()).keys()].sort()).toEqual(expectedKeys());
    } finally {
      publisher.close();
      await worker.stop();
      await broker.stop();
    }
  }, 120_000);
});

function meterOf(index: number): string {
  return METERS[index % METERS.length] ?? METERS[0];
}

function messageOf(index: number): Message {
  return {
    topic: `bluewatt/unmiss/juba-un-house/${meterOf(index)}/reading`,
    payload: JSON.stringify({
      at: FIRST_AT + index * 1_000,
      energyForwardWh: index,
      activePowerW: index,
    }),
  };
}

function expectedKeys(): string[] {
  return Array.from(
    { length: MESSAGES },
    (_, index) => `${meterOf(index)} ${String(FIRST_AT + index * 1_000)}`,
  ).sort();
}
