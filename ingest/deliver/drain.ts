/**
 * The drain: takes spooled batches, oldest first, into the store once it answers again. It yields to live
 * batches: after each write it rests for as long as the write took whenever live data is waiting.
 */
import type { Reading } from '#lib/energy/reading.ts';
import { AppError } from '#lib/server/errors.ts';
import type { RejectedPoint } from '#lib/server/store/store.ts';
import { retryDelayMs, type Clock } from './clock.ts';
import type { DeliveryCounters } from './counters.ts';
import type { DeadLetters } from './dead-letters.ts';
import { letterOf, type AccountMarks } from './delivery.ts';
import type { Spool } from './spool.ts';

export interface DrainParts {
  readonly writeReadings: (readings: readonly Reading[]) => Promise<{ rejected: RejectedPoint[] }>;
  readonly inJournal: (work: () => void) => void;
  readonly spool: Spool;
  readonly letters: DeadLetters;
  readonly marks: AccountMarks;
  readonly onStored: (readings: readonly Reading[]) => void;
  readonly onFault: (fault: { code: string; message: string; state: 'spooling' }) => void;
  readonly clock: Clock;
  readonly counters: DeliveryCounters;
  readonly isLiveBusy: () => boolean;
  readonly isStopped: () => boolean;
  /** the store takes writes again */
  readonly onHealed: () => void;
}

export interface Drain {
  /** Begins draining unless it is already under way. Ends by itself when the spool is empty. */
  start(): void;
}

export function createDrain(parts: DrainParts): Drain {
  const { clock, spool, counters } = parts;
  let isRunning = false;

  async function run(): Promise<void> {
    let attempt = 0;
    while (!parts.isStopped()) {
      const batch = spool.oldest();
      if (batch === undefined) return;
      const startedAt = clock.now();
      try {
        const { rejected } = await parts.writeReadings(batch.readings);
        const letters = rejected.map((point) => letterOf(point, clock.now()));
        parts.inJournal(() => {
          parts.letters.add(letters);
          parts.marks.write(parts.marks.needed(batch.readings));
          spool.remove(batch.id);
        });
        attempt = 0;
        counters.drainedReadings += batch.readings.length;
        counters.deadLetters += letters.length;
        parts.onStored(batch.readings);
        parts.onHealed();
        await clock.sleep(parts.isLiveBusy() ? clock.now() - startedAt : 0);
      } catch (error) {
        attempt += 1;
        counters.writeFailures += 1;
        const fault = error instanceof AppError ? error : undefined;
        parts.onFault({
          code: fault?.code ?? 'UNEXPECTED',
          message: error instanceof Error ? error.message : String(error),
          state: 'spooling',
        });
        await clock.sleep(fault?.retryAfterMs ?? retryDelayMs(attempt, clock));
      }
    }
  }

  return {
    start() {
      if (isRunning) return;
      isRunning = true;
      void run().finally(() => {
        isRunning = false;
        // Something may have been spooled between the last look and the end.
        if (!parts.isStopped() && !spool.isEmpty()) this.start();
      });
    },
  };
}
