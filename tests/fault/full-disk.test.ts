/**
 * The worker's disk is full: a small file system of its own (tmpfs, so only root can run this). Nothing that
 * cannot be kept is acknowledged, the worker says what is wrong, and goes on by itself once there is room.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { missingBinaries } from '../support/binaries.ts';
import { NO_DIFFERENCES } from './ledger.ts';
import { scheduleOf } from './schedule.ts';
import { startStage, type Stage } from './stage.ts';

const SIZE = '6m';
/** nothing at all: a few free pages would take a small batch, rightly */
const LEFT_BYTES = 0;
const SEED = 81;
/** Longer than the five seconds after which the worker spools. */
const AWAY_MS = 12_000;
const DISK_WORDS = /disk|space|room/i;
const QUIET = { strikes: [0, 0], links: [], kills: [0, 0], parts: [], spoolEvery: 0 } as const;

interface Disk {
  readonly folder: string;
  /** leaves nothing free */
  fill(): void;
  makeRoom(): void;
  remove(): void;
}

/** Undefined where this process may not mount. */
function smallDisk(): Disk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'bluewatt-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill() {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - LEFT_BYTES), 1));
    },
    makeRoom() {
      rmSync(ballast);
    },
    remove() {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

const probe = smallDisk();
probe?.remove();
const why =
  probe === undefined
    ? 'only root may mount a small file system'
    : missingBinaries(['mosquitto', 'influxd']).length > 0
      ? 'mosquitto or influxd is not installed'
      : undefined;
if (why !== undefined) console.warn(`\nSKIPPED: the full-disk tests: ${why}\n`);

describe.skipIf(why !== undefined)('a full disk', () => {
  async function onSmallDisk(
    kind: 'servers' | 'embedded',
    story: (stage: Stage, disk: Disk) => Promise<void>,
  ) {
    const disk = smallDisk();
    if (disk === undefined) throw new Error('mounted a moment ago, and now not');
    let stage: Stage | undefined;
    try {
      stage = await startStage({ kind, seeds: [SEED], dataDir: disk.folder });
      await story(stage, disk);
    } finally {
      await stage?.stop();
      disk.remove();
    }
  }

  it(
    'stops the acknowledgements of the embedded broker and loses nothing',
    { timeout: 120_000 },
    async () => {
      await onSmallDisk('embedded', async (stage, disk) => {
        disk.fill();
        const played = stage.play(scheduleOf(SEED, QUIET));
        await expect
          .poll(() => stage.worker.metric('bluewatt_write_failures_total'), { timeout: 20_000 })
          .toBeGreaterThan(0);
        const acknowledged = await stage.worker.metric('bluewatt_messages_acknowledged_total');
        const { status, problems } = await stage.worker.health();
        expect(status).not.toBe('ok');
        expect(problems.join(' ')).toMatch(DISK_WORDS);
        await pause(500);
        expect(await stage.worker.metric('bluewatt_messages_acknowledged_total')).toBe(acknowledged);
        disk.makeRoom();
        expect((await played).differences).toEqual(NO_DIFFERENCES);
      });
    },
  );

  it(
    'loses nothing when InfluxDB is away too, whether or not the spool finds room',
    { timeout: 180_000 },
    async () => {
      await onSmallDisk('servers', async (stage, disk) => {
        disk.fill();
        const schedule = scheduleOf(SEED, QUIET);
        const outage = { kind: 'kill', part: 'influx', atMs: 100, forMs: AWAY_MS } as const;
        const played = stage.play({ ...schedule, acts: [outage] });
        // Five seconds without a store, and then the spool fails for want of room, unless its file, grown
        // before, still has some inside: then it rightly takes the batch.
        await expect
          .poll(
            async () => {
              const { problems, spool } = await stage.worker.health();
              return DISK_WORDS.test(problems.join(' ')) || spool.readings > 0;
            },
            { timeout: AWAY_MS },
          )
          .toBe(true);
        expect((await stage.worker.health()).status).not.toBe('ok');
        await pause(AWAY_MS);
        disk.makeRoom();
        expect((await played).differences).toEqual(NO_DIFFERENCES);
      });
    },
  );
});
