/**
 * The worker's disk is full. Nothing that cannot be kept is acknowledged, the worker says what is wrong, and goes
 * on by itself once there is room.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { describeWith } from '../support/requires.ts';
import { NO_DIFFERENCES } from './ledger.ts';
import type { Message } from './publisher.ts';
import { createRandom } from './random.ts';
import { FIRST_AT, METERS, missionOf, scheduleOf, type Schedule } from './schedule.ts';
import { smallDisk, type SmallDisk } from './small-disk.ts';
import { startStage, type Stage } from './stage.ts';

const SEED = 81;
const QUIET = { strikes: [0, 0], links: [], kills: [0, 0], parts: [], spoolEvery: 0 } as const;
/** Five seconds until the worker spools, and the waits between its tries. */
const SAYS_SO_WITHIN_MS = 30_000;
/** The worker waits up to half a minute between two tries. */
const GOES_ON_WITHIN_MS = 45_000;
/** Far more than fits into what its files, grown before, may have free inside. */
const READINGS = 60_000;
const READINGS_A_MESSAGE = 600;

const probe = smallDisk();
probe?.remove();
if (probe === undefined) console.warn('\nSKIPPED: the full-disk tests: neither mount nor prlimit is here\n');

async function onSmallDisk(
  kind: 'servers' | 'embedded',
  story: (stage: Stage, disk: SmallDisk) => Promise<void>,
) {
  const disk = smallDisk();
  if (disk === undefined) throw new Error('there was a small disk a moment ago, and now not');
  let stage: Stage | undefined;
  try {
    stage = await startStage({ kind, seeds: [SEED], dataDir: disk.folder });
    await story(stage, disk);
  } finally {
    await stage?.stop();
    disk.remove();
  }
}

/** The worker fails aloud because of its disk, and acknowledges nothing, however long one looks. */
async function expectStandstill({ worker }: Stage): Promise<void> {
  await expect
    .poll(async () => (await worker.health()).problems.join(' '), { timeout: SAYS_SO_WITHIN_MS })
    .toMatch(/disk takes nothing more, so nothing is acknowledged/);
  const acknowledged = await worker.metric('bluewatt_messages_acknowledged_total');
  for (let look = 0; look < 5; look += 1) {
    await pause(300);
    const { status, delivery, problems } = await worker.health();
    expect(status).toBe('failing');
    expect(problems.join(' ')).not.toContain('readings are kept and follow later');
    expect(delivery.unacknowledged).toBeGreaterThan(0);
    expect(await worker.metric('bluewatt_messages_acknowledged_total')).toBe(acknowledged);
  }
}

/** Values that no compression makes small. */
function bulkySchedule(): Schedule {
  const random = createRandom(SEED);
  const mission = missionOf(SEED);
  const messages: Message[] = [];
  let at = FIRST_AT;
  for (let index = 0; index < READINGS / READINGS_A_MESSAGE; index += 1) {
    const readings = Array.from({ length: READINGS_A_MESSAGE }, () => {
      at += 1_000;
      return { at, energyForwardWh: at / 1_000, activePowerW: random.next() * 100_000 };
    });
    const meter = METERS[index % METERS.length] ?? METERS[0];
    messages.push({ topic: `bluewatt/${mission}/camp/${meter}/reading`, payload: JSON.stringify(readings) });
  }
  return { mission, messages, publishMs: 3_000, acts: [] };
}

describe.skipIf(probe === undefined)('a full disk', () => {
  it(
    'stops the acknowledgements of the embedded broker and loses nothing',
    { timeout: 120_000 },
    async () => {
      await onSmallDisk('embedded', async (stage, disk) => {
        disk.fill(stage.worker.pid);
        const { differences } = await stage.play(scheduleOf(SEED, QUIET), async () => {
          await expectStandstill(stage);
          disk.makeRoom(stage.worker.pid);
        });
        expect(differences).toEqual(NO_DIFFERENCES);
        expect((await stage.worker.health()).status).toBe('ok');
      });
    },
  );
});

describeWith(['mosquitto', 'influxd'], 'a full disk while InfluxDB is away', () => {
  it.skipIf(probe === undefined)(
    'I11: fails the spool, stops the acknowledgements, and with room again spools and drains all of it',
    { timeout: 240_000 },
    async () => {
      await onSmallDisk('servers', async (stage, disk) => {
        const { worker, influx } = stage;
        disk.fill(worker.pid);
        const schedule = bulkySchedule();
        const outcome = await stage.play(schedule, async () => {
          await expect.poll(() => worker.metric('bluewatt_messages_received_total')).toBeGreaterThan(0);
          await influx?.kill();
          await expectStandstill(stage);
          disk.makeRoom(worker.pid);
          // InfluxDB is still away: all goes into the spool.
          await expect
            .poll(async () => (await worker.health()).delivery.unacknowledged, {
              timeout: GOES_ON_WITHIN_MS,
            })
            .toBe(0);
          const { status, spool } = await worker.health();
          expect(status).toBe('degraded');
          expect(spool.readings).toBeGreaterThan(READINGS / 2);
          await influx?.restart();
        });
        expect(outcome.differences).toEqual(NO_DIFFERENCES);
        expect(outcome.acknowledged).toBe(schedule.messages.length);
        expect(await worker.metric('bluewatt_messages_acknowledged_total')).toBe(schedule.messages.length);
      });
    },
  );
});
