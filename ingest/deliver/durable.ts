/**
 * Makes things durable, for live batches and for drained ones alike: first the store, then, in one synced
 * transaction of the journal, all the rest. When `commit` resolves true a power cut takes nothing back.
 */
import type { Reading } from '#lib/energy/reading.ts';
import { isDiskFault } from '#lib/server/errors.ts';
import type { RejectedPoint } from '#lib/server/store/store.ts';
import { faultOf, type DeliveryParts } from './contract.ts';
import { countRejection, type DeliveryCounters } from './counters.ts';
import { refusedPoint, type DeadLetter } from './dead-letters.ts';

export interface Work {
  /** what goes to the store */
  readonly stored: readonly Reading[];
  /** what goes to the spool */
  readonly spooled: readonly Reading[];
  readonly letters: readonly DeadLetter[];
  /** the spool up to here is what `stored` came from */
  readonly drainedId?: number;
}

export class Durable {
  readonly #parts: DeliveryParts;
  readonly #counters: DeliveryCounters;
  #isStopped = false;
  #liveWriteBeganAt: number | undefined;
  #slowestLiveWriteMs = 0;

  constructor(parts: DeliveryParts, counters: DeliveryCounters) {
    this.#parts = parts;
    this.#counters = counters;
  }

  /** The longest that a write of live readings took since this was last asked, the one under way included; 0 without any. */
  takeSlowestLiveWriteMs(): number {
    const beganAt = this.#liveWriteBeganAt;
    const underWayMs = beganAt === undefined ? 0 : this.#parts.clock.now() - beganAt;
    const slowestMs = Math.max(this.#slowestLiveWriteMs, underWayMs);
    this.#slowestLiveWriteMs = 0;
    return slowestMs;
  }

  /** From now on nothing is written to the journal, which may be closed. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * False when stopped meanwhile: the readings may be in the store, but nothing may be acknowledged.
   * @throws AppError, or whatever the store or the journal threw: nothing counts as done, all may be tried again
   */
  async commit(work: Work): Promise<boolean> {
    try {
      const isDurable = await this.#make(work);
      if (isDurable) this.#counters.diskFault = null;
      return isDurable;
    } catch (error) {
      if (isDiskFault(error)) this.#counters.diskFault = error.message;
      throw error;
    }
  }

  async #make(work: Work): Promise<boolean> {
    const { stored } = work;
    const rejected = stored.length > 0 ? await this.#write(stored, work.drainedId === undefined) : [];
    if (this.#isStopped) return false;
    this.#journal(work, rejected);
    this.#count(work, rejected);
    if (stored.length > rejected.length) this.#tellStored(stored, rejected);
    return true;
  }

  async #write(readings: readonly Reading[], isLive: boolean): Promise<readonly RejectedPoint[]> {
    const { clock, writeReadings } = this.#parts;
    const startedAt = clock.now();
    if (isLive) this.#liveWriteBeganAt = startedAt;
    try {
      const { rejected } = await writeReadings(readings);
      this.#counters.lastWriteMs = clock.now() - startedAt;
      this.#counters.batches += 1;
      return rejected;
    } finally {
      if (isLive) {
        this.#slowestLiveWriteMs = Math.max(this.#slowestLiveWriteMs, clock.now() - startedAt);
        this.#liveWriteBeganAt = undefined;
      }
    }
  }

  #journal({ stored, spooled, letters, drainedId }: Work, rejected: readonly RejectedPoint[]): void {
    const { clock, inJournal, marks, spool, letters: box } = this.#parts;
    // Marks come after the write and before the acknowledgement: whatever a crash leaves unmarked is unacknowledged.
    const needed = marks.needed(stored);
    const rows = letters.length + rejected.length + needed.length + spooled.length;
    if (rows === 0 && drainedId === undefined) return;
    try {
      inJournal(() => {
        box.add(letters);
        box.add(rejected.map((point) => refusedPoint(point, clock.now())));
        marks.write(needed);
        spool.append(spooled, clock.now());
        if (drainedId !== undefined) spool.remove(drainedId);
      });
    } catch (error) {
      // All three keep counts in memory, which ran ahead of a file that took nothing.
      for (const counting of [box, spool, marks]) counting.recount();
      throw error;
    }
  }

  #count({ stored, spooled, letters, drainedId }: Work, rejected: readonly RejectedPoint[]): void {
    const counters = this.#counters;
    const taken = stored.length - rejected.length;
    if (drainedId === undefined) counters.committedReadings += taken;
    else counters.drainedReadings += stored.length;
    counters.spooledReadings += spooled.length;
    counters.deadLetters += letters.length + rejected.length;
    countRejection(counters, 'store-refused', rejected.length);
  }

  #tellStored(stored: readonly Reading[], rejected: readonly RejectedPoint[]): void {
    const refused = new Set(rejected.map(({ reading }) => reading));
    try {
      this.#parts.onStored(refused.size === 0 ? stored : stored.filter((reading) => !refused.has(reading)));
    } catch (error) {
      // The readings are safe; a listener that stumbles must not make us write them again for ever.
      this.#parts.onFault(faultOf(error, 'direct', 'UNEXPECTED'));
    }
  }
}
