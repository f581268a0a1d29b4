/**
 * The drain: takes spooled batches, oldest first, into the store once it answers again. It yields to live
 * batches: after each write it rests for as long as the write took whenever live data is waiting, and for twice as
 * long each time that live writes are found slow, until they no longer are.
 */
import { delayAfter, Sleeper, type Clock } from './clock.ts';
import type { Durable } from './durable.ts';
import type { Spool, SpooledBatch } from './spool.ts';

/** A live write that takes longer than this waits for the store, and most likely for us. */
const SLOW_LIVE_WRITE_MS = 200;
/** The drain takes at least a seventeenth of the time: a store that is slow by itself must still be caught up with. */
const MAX_REST_SHARE = 16;
/** By how much it comes closer again with each write beside which live ones are quick. */
const RECOVERY = 0.8;

export interface DrainParts {
  readonly durable: Pick<Durable, 'commit' | 'takeSlowestLiveWriteMs'>;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly isLiveBusy: () => boolean;
  /** the store took a batch */
  readonly onHealed: () => void;
  readonly onFailure: (error: unknown) => void;
}

export class Drain {
  readonly #parts: DrainParts;
  readonly #sleeper: Sleeper;
  #isRunning = false;
  #isStopped = false;
  /** of rest to work */
  #restShare = 1;

  constructor(parts: DrainParts) {
    this.#parts = parts;
    this.#sleeper = new Sleeper(parts.clock);
  }

  /** Begins draining unless it is already under way. Ends by itself when the spool is empty. */
  start(): void {
    if (this.#isRunning || this.#isStopped) return;
    this.#isRunning = true;
    void this.#run();
  }

  stop(): void {
    this.#isStopped = true;
    this.#sleeper.wake();
  }

  async #run(): Promise<void> {
    let attempt = 0;
    while (!this.#isStopped) {
      try {
        const batch = this.#parts.spool.oldest();
        if (batch === undefined) break;
        await this.#take(batch);
        attempt = 0;
      } catch (error) {
        if (this.#isStopped) break;
        attempt += 1;
        this.#parts.onFailure(error);
        await this.#sleeper.sleep(delayAfter(error, attempt, this.#parts.clock));
      }
    }
    // In one turn with the last look at the spool: whoever appends after this starts the drain again.
    this.#isRunning = false;
  }

  async #take(batch: SpooledBatch): Promise<void> {
    const { clock, durable } = this.#parts;
    const startedAt = clock.now();
    const work = { stored: batch.readings, spooled: [], letters: [], drainedId: batch.throughId };
    if (!(await durable.commit(work))) return;
    this.#parts.onHealed();
    await this.#sleeper.sleep(this.#restMs(clock.now() - startedAt));
  }

  #restMs(tookMs: number): number {
    const { durable, isLiveBusy } = this.#parts;
    const isSlow = durable.takeSlowestLiveWriteMs() > SLOW_LIVE_WRITE_MS;
    this.#restShare = isSlow
      ? Math.min(MAX_REST_SHARE, this.#restShare * 2)
      : Math.max(1, this.#restShare * RECOVERY);
    return isSlow || isLiveBusy() ? tookMs * this.#restShare : 0;
  }
}
