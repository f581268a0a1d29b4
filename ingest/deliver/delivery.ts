/**
 * Delivery: from a message to a fact on disk, then the acknowledgement.
 *
 *     received → decoded → { in the store | spooled and synced | dead letter and synced } → acknowledged
 *
 * Batching is natural: while one write is under way everything that arrives is collected, and when it ends
 * all of that is the next batch. No timer stands between a small broker window and the write.
 * One write at a time also means that of two values for one instant the later one wins.
 */
import type { Reading } from '#lib/energy/reading.ts';
import { AppError } from '#lib/server/errors.ts';
import type { RejectedPoint } from '#lib/server/store/store.ts';
import type { Decoded, InboundMessage, RejectionReason } from '../decode/message.ts';
import { emptyBatch, type Batch } from './batch.ts';
import { retryDelayMs, type Clock } from './clock.ts';
import { emptyCounters, type DeliveryCounters } from './counters.ts';
import type { DeadLetter, DeadLetters } from './dead-letters.ts';
import { createDrain } from './drain.ts';
import type { Spool } from './spool.ts';

export interface DeliveryParts {
  readonly decode: (message: InboundMessage) => Decoded;
  readonly writeReadings: (readings: readonly Reading[]) => Promise<{ rejected: RejectedPoint[] }>;
  /** runs `work` in one synced transaction of the journal */
  readonly inJournal: (work: () => void) => void;
  readonly letters: DeadLetters;
  readonly spool: Spool;
  readonly marks: AccountMarks;
  /** the readings are in the store */
  readonly onStored: (readings: readonly Reading[]) => void;
  /** the readings are decoded, stored or not: the live topic shows them at once */
  readonly onDecoded: (readings: readonly Reading[]) => void;
  readonly onFault: (fault: DeliveryFault) => void;
  readonly clock: Clock;
  readonly limits: DeliveryLimits;
}

/** Notes which meters' days the accounts still have to take in, so that a crash cannot make them forget. */
export interface AccountMarks {
  /** the marks these readings need beyond those that stand */
  needed(readings: readonly Reading[]): AccountMark[];
  /** must run inside a journal transaction */
  write(marks: readonly AccountMark[]): void;
}

export interface AccountMark {
  readonly meter: string;
  /** days since 1970-01-01 UTC, inclusive */
  readonly fromDay: number;
  readonly toDay: number;
}

export interface DeliveryLimits {
  /** the broker's window: how many messages may be unacknowledged */
  readonly receiveMaximum: number;
  /** a batch is closed when it holds this many readings */
  readonly batchReadings: number;
  /** unacknowledged payload bytes beyond which an outage spools at once */
  readonly pendingBytes: number;
  /** how long an outage lasts before batches go to the spool */
  readonly spoolAfterMs: number;
}

export const DELIVERY_LIMITS: DeliveryLimits = {
  receiveMaximum: 20_000,
  batchReadings: 20_000,
  pendingBytes: 64_000_000,
  spoolAfterMs: 5_000,
};

export type DeliveryState = 'direct' | 'waiting' | 'spooling' | 'held';

export interface DeliveryFault {
  readonly code: string;
  readonly message: string;
  /** what happens to the readings meanwhile */
  readonly state: DeliveryState;
}

export interface Delivery {
  receive(message: InboundMessage, settled: () => void): void;
  readonly counters: DeliveryCounters;
  status(): { state: DeliveryState; unacknowledged: number; pendingBytes: number; oldestAt: number | null };
  /** Writes out all that was received. Resolves false when `withinMs` were not enough. */
  flush(withinMs: number): Promise<boolean>;
  /** Stops all retrying; what is not durable yet stays unacknowledged. */
  stop(): void;
}

export function createDelivery(parts: DeliveryParts): Delivery {
  const { clock, limits, spool } = parts;
  const counters = emptyCounters();
  const waiting: Batch[] = [];
  let collecting: Batch | undefined;
  let current: Batch | undefined;
  let unacknowledged = 0;
  let pendingBytes = 0;
  let outageSince: number | undefined;
  let state: DeliveryState = 'direct';
  let isPumping = false;
  let isScheduled = false;
  let isStopped = false;
  const drain = createDrain({
    ...parts,
    counters,
    isLiveBusy: () => current !== undefined || waiting.length > 0,
    isStopped: () => isStopped,
    onHealed: () => {
      outageSince = undefined;
      state = 'direct';
    },
  });
  if (!spool.isEmpty()) drain.start();

  function receive(message: InboundMessage, settled: () => void): void {
    counters.received += 1;
    if (message.qos === 0) {
      counters.receivedQos0 += 1;
      // Nobody waits for these, so nothing but memory bounds them while the store is away.
      if (unacknowledged >= limits.receiveMaximum || pendingBytes >= limits.pendingBytes) {
        counters.droppedQos0 += 1;
        return;
      }
    }
    const decoded = parts.decode(message);
    collecting ??= emptyBatch(clock.now());
    collect(collecting, message, decoded);
    collecting.settles.push(settled);
    collecting.bytes += message.payload.length;
    pendingBytes += message.payload.length;
    unacknowledged += 1;
    if (decoded.readings.length > 0) parts.onDecoded(decoded.readings);
    if (collecting.readings.length >= limits.batchReadings) closeCollecting();
    schedule();
  }

  function collect(batch: Batch, message: InboundMessage, decoded: Decoded): void {
    for (const reading of decoded.readings) batch.readings.push(reading);
    counters.readings += decoded.readings.length;
    counters.ignoredKeys += decoded.ignoredKeys;
    for (const { reason, detail } of decoded.rejections) {
      batch.letters.push({ message, reason, detail });
      countRejection(reason, 1);
    }
  }

  function closeCollecting(): void {
    if (collecting === undefined) return;
    waiting.push(collecting);
    collecting = undefined;
  }

  function schedule(): void {
    if (isScheduled || isPumping || isStopped) return;
    isScheduled = true;
    clock.defer(() => {
      isScheduled = false;
      void pump();
    });
  }

  async function pump(): Promise<void> {
    if (isPumping) return;
    isPumping = true;
    for (;;) {
      if (waiting.length === 0) closeCollecting();
      current = waiting.shift();
      if (current === undefined || isStopped) break;
      if (!(await settleBatch(current))) break;
    }
    isPumping = false;
  }

  /** Makes one batch durable, however long that takes, then acknowledges it. False when stopped before. */
  async function settleBatch(batch: Batch): Promise<boolean> {
    for (let attempt = 1; !isStopped; attempt += 1) {
      try {
        await makeDurable(batch);
        acknowledge(batch);
        return true;
      } catch (error) {
        await clock.sleep(noteFailure(error, attempt));
      }
    }
    return false;
  }

  async function makeDurable(batch: Batch): Promise<void> {
    const isSpooling = state === 'spooling' || mustSpoolNow();
    const { direct, behind } = split(batch.readings, isSpooling);
    if (behind.length > 0 && spool.isFull()) {
      throw new AppError('DISK_FULL', 'The spool has reached its limit (SPOOL_MAX_BYTES).', {
        retryable: true,
      });
    }
    const rejected = direct.length > 0 ? await write(direct) : [];
    const letters = [...batch.letters, ...rejected.map((point) => letterOf(point, clock.now()))];
    // Marks come after the write and before the acknowledgement: whatever a crash leaves unmarked is unacknowledged.
    const marks = parts.marks.needed(direct);
    if (letters.length + marks.length + behind.length > 0) {
      parts.inJournal(() => {
        parts.letters.add(letters);
        parts.marks.write(marks);
        spool.append(behind, clock.now());
      });
    }
    countLetters(letters, rejected.length);
    counters.spooledReadings += behind.length;
    if (direct.length > 0) parts.onStored(direct);
    if (behind.length > 0) drain.start();
    if (isSpooling) {
      state = 'spooling';
    } else {
      outageSince = undefined;
      state = 'direct';
    }
  }

  /** What goes to the store now, and what must queue behind older values of the same instant, or for the store. */
  function split(readings: Reading[], isSpooling: boolean): { direct: Reading[]; behind: Reading[] } {
    if (isSpooling) return { direct: [], behind: readings };
    if (spool.isEmpty()) return { direct: readings, behind: [] };
    const direct: Reading[] = [];
    const behind: Reading[] = [];
    for (const reading of readings) (spool.holds(reading) ? behind : direct).push(reading);
    return { direct, behind };
  }

  async function write(readings: readonly Reading[]): Promise<readonly RejectedPoint[]> {
    const startedAt = clock.now();
    const { rejected } = await parts.writeReadings(readings);
    counters.lastWriteMs = clock.now() - startedAt;
    counters.batches += 1;
    counters.committedReadings += readings.length - rejected.length;
    return rejected;
  }

  function countLetters(letters: readonly DeadLetter[], refused: number): void {
    counters.deadLetters += letters.length;
    if (refused > 0) countRejection('store-refused', refused);
  }

  function countRejection(reason: RejectionReason, by: number): void {
    counters.rejected.set(reason, (counters.rejected.get(reason) ?? 0) + by);
  }

  function mustSpoolNow(): boolean {
    if (outageSince === undefined || state === 'held') return false;
    return (
      clock.now() - outageSince >= limits.spoolAfterMs ||
      unacknowledged >= limits.receiveMaximum * 0.8 ||
      pendingBytes >= limits.pendingBytes
    );
  }

  /** Notes a failed attempt and says how long to wait, ms. */
  function noteFailure(error: unknown, attempt: number): number {
    counters.writeFailures += 1;
    outageSince ??= clock.now();
    const fault = error instanceof AppError ? error : undefined;
    // What only an operator can mend is held: nothing is acknowledged, the broker keeps what it has.
    state = fault?.retryable === true ? 'waiting' : 'held';
    parts.onFault({
      code: fault?.code ?? 'UNEXPECTED',
      message: error instanceof Error ? error.message : String(error),
      state,
    });
    const untilSpoolMs = Math.max(0, outageSince + limits.spoolAfterMs - clock.now());
    const delayMs = fault?.retryAfterMs ?? retryDelayMs(attempt, clock);
    return state === 'waiting' && untilSpoolMs > 0 ? Math.min(delayMs, untilSpoolMs) : delayMs;
  }

  function acknowledge(batch: Batch): void {
    for (const settle of batch.settles) settle();
    counters.acknowledged += batch.settles.length;
    unacknowledged -= batch.settles.length;
    pendingBytes -= batch.bytes;
  }

  return {
    receive,
    counters,
    status: () => ({
      state,
      unacknowledged,
      pendingBytes,
      oldestAt: (current ?? waiting[0] ?? collecting)?.startedAt ?? null,
    }),
    async flush(withinMs) {
      const deadline = clock.now() + withinMs;
      while (unacknowledged > 0 && clock.now() < deadline) await clock.sleep(5);
      return unacknowledged === 0;
    },
    stop() {
      isStopped = true;
    },
  };
}

/** A point the store can never take becomes a dead letter: the native message that says the same. */
export function letterOf({ reading, reason }: RejectedPoint, receivedAt: number): DeadLetter {
  const { meter, at, values } = reading;
  return {
    message: {
      topic: `bluewatt/${meter.key}/reading`,
      payload: Buffer.from(JSON.stringify({ at, ...values })),
      retain: false,
      receivedAt,
    },
    reason: 'store-refused',
    detail: reason,
  };
}
