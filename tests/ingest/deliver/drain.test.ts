/** The drain beside live data: it never starves, and it never makes live readings wait for long. */
import { describe, expect, it } from 'vitest';
import { Drain } from '../../../ingest/deliver/drain.ts';
import type { Spool } from '../../../ingest/deliver/spool.ts';
import { seededRandom } from './simulation/random.ts';
import { createVirtualTime } from './simulation/virtual-time.ts';

const WRITE_MS = 50;

/** A drain whose every write takes 50 ms, out of a spool without end. */
function setUp() {
  const time = createVirtualTime(0, seededRandom(1));
  const live = { isBusy: true, writeMs: 10 };
  const writtenAt: number[] = [];
  const drain = new Drain({
    durable: {
      takeSlowestLiveWriteMs: () => live.writeMs,
      commit: () =>
        new Promise((resolve) => {
          writtenAt.push(time.now());
          time.after(WRITE_MS, () => {
            resolve(true);
          });
        }),
    },
    spool: { oldest: () => ({ throughId: 1, readings: [] }) } as unknown as Spool,
    clock: time.clock,
    isLiveBusy: () => live.isBusy,
    onHealed: () => undefined,
    onFailure: () => undefined,
  });
  drain.start();
  /** writes begun in the next `ms` */
  async function writesIn(ms: number): Promise<number> {
    const before = writtenAt.length;
    await time.runUntil(time.now() + ms);
    return writtenAt.length - before;
  }
  return { live, writesIn };
}

describe('the drain', () => {
  it('takes all the time when nothing live waits, and half of it when something does', async () => {
    const { live, writesIn } = setUp();
    live.isBusy = false;
    expect(await writesIn(10_000)).toBeCloseTo(200, -1);
    live.isBusy = true;
    expect(await writesIn(10_000)).toBeCloseTo(100, -1);
  });

  it('makes way while live writes are slow, but never stops, and comes back when they are quick', async () => {
    const { live, writesIn } = setUp();
    live.writeMs = 900;
    await writesIn(5_000);
    const slow = await writesIn(17_000);
    expect(slow).toBeGreaterThanOrEqual(19);
    expect(slow).toBeLessThanOrEqual(21);
    live.writeMs = 10;
    await writesIn(5_000);
    expect(await writesIn(10_000)).toBeCloseTo(100, -1);
  });
});
