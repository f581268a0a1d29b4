/**
 * Settling: makes one batch after the other durable, however long that takes, by way of the store or, in an
 * outage, of the spool; and has the spool drained meanwhile. The outage policy itself is in outage.ts.
 */
import type { Reading } from '#lib/energy/reading.ts';
import { AppError } from '#lib/server/errors.ts';
import { delayAfter, Sleeper } from './clock.ts';
import { faultOf, type DeliveryParts } from './contract.ts';
import type { DeliveryCounters } from './counters.ts';
import { Drain } from './drain.ts';
import { Durable, type Work } from './durable.ts';
import type { Batch } from './inbox.ts';
import {
  afterFailure,
  afterSpooling,
  mustSpool,
  NO_OUTAGE,
  untilNextTry,
  type DeliveryState,
  type Outage,
} from './outage.ts';

/** How long a retry waits at most once we were asked to end. */
const ENDING_RETRY_MS = 200;

export interface SettlingParts extends DeliveryParts {
  readonly counters: DeliveryCounters;
  readonly isLiveBusy: () => boolean;
  /** too much is in hand to wait out an outage */
  readonly isPressed: () => boolean;
  /** only a person can mend the fault: nothing will be durable before */
  readonly onHeld: () => void;
}

export class Settling {
  readonly #parts: SettlingParts;
  readonly #durable: Durable;
  readonly #drain: Drain;
  readonly #sleeper: Sleeper;
  #outage: Outage = NO_OUTAGE;
  #isHurried = false;
  #isStopped = false;

  constructor(parts: SettlingParts) {
    const { counters, spool, clock, isLiveBusy } = parts;
    this.#parts = parts;
    this.#durable = new Durable(parts, counters);
    this.#sleeper = new Sleeper(clock);
    this.#drain = new Drain({
      durable: this.#durable,
      spool,
      clock,
      isLiveBusy,
      onHealed: () => {
        this.#outage = NO_OUTAGE;
      },
      onFailure: (error) => {
        this.#noteFailure(error, clock.now());
      },
    });
    if (!spool.isEmpty()) this.#drain.start();
  }

  get state(): DeliveryState {
    return this.#outage.state;
  }

  /** Resolves when the batch is durable; false when stopped before. */
  async settle(batch: Batch): Promise<boolean> {
    const { clock } = this.#parts;
    for (let attempt = 1; !this.#isStopped; attempt += 1) {
      const beganAt = clock.now();
      try {
        return await this.#try(batch);
      } catch (error) {
        if (this.#isStopped) return false;
        this.#noteFailure(error, beganAt);
        await this.#sleeper.sleep(this.#delayMs(error, attempt));
      }
    }
    return false;
  }

  /** While hurried, an outage spools at once and no retry waits long. */
  hurry(isHurried: boolean): void {
    this.#isHurried = isHurried;
    if (isHurried) this.#sleeper.wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.#durable.stop();
    this.#drain.stop();
    this.#sleeper.wake();
  }

  async #try(batch: Batch): Promise<boolean> {
    const work = this.#divide(batch);
    if (work.spooled.length > 0) this.#checkSpool();
    if (!(await this.#durable.commit(work))) return false;
    // With nothing spooled either, an outage was this batch's own, and it is over.
    if (work.stored.length > 0 || this.#parts.spool.isEmpty()) this.#outage = NO_OUTAGE;
    else if (work.spooled.length > 0) this.#outage = afterSpooling(this.#outage);
    if (work.spooled.length > 0) this.#drain.start();
    return true;
  }

  /** What goes to the store now, and what must queue behind older values of the same instant, or for the store. */
  #divide({ readings, letters }: Batch): Work {
    const { spool } = this.#parts;
    if (this.#isSpooling()) return { stored: [], spooled: readings, letters };
    if (spool.isEmpty()) return { stored: readings, spooled: [], letters };
    const stored: Reading[] = [];
    const spooled: Reading[] = [];
    for (const reading of readings) (spool.holds(reading) ? spooled : stored).push(reading);
    return { stored, spooled, letters };
  }

  #isSpooling(): boolean {
    const { clock, limits, spool, isPressed } = this.#parts;
    // A spool that may hold nothing at all is no way out, and nothing in it would ever ask the store again.
    if (spool.isFull() && spool.isEmpty()) return false;
    return mustSpool(this.#outage, {
      now: clock.now(),
      isPressed: this.#isHurried || isPressed(),
      spoolAfterMs: limits.spoolAfterMs,
    });
  }

  #checkSpool(): void {
    if (this.#outage.state === 'held') throw this.#outage.fault;
    if (!this.#parts.spool.isFull()) return;
    throw new AppError('DISK_FULL', 'The spool has reached its limit (SPOOL_MAX_BYTES).', {
      retryable: true,
    });
  }

  #noteFailure(error: unknown, beganAt: number): void {
    const { counters, onFault, onHeld } = this.#parts;
    counters.writeFailures += 1;
    this.#outage = afterFailure(this.#outage, error, beganAt);
    const code = error instanceof AppError ? error.code : 'UNEXPECTED';
    onFault(faultOf(error, this.#outage.state, code));
    if (this.#outage.state === 'held') onHeld();
  }

  #delayMs(error: unknown, attempt: number): number {
    const { clock, limits } = this.#parts;
    const delayMs = delayAfter(error, attempt, clock);
    if (this.#isHurried) return Math.min(delayMs, ENDING_RETRY_MS);
    return untilNextTry(this.#outage, {
      delayMs,
      now: clock.now(),
      spoolAfterMs: limits.spoolAfterMs,
    });
  }
}
