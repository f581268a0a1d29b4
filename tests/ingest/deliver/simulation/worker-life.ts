/**
 * One life of a worker: the real delivery rooms on a real journal. It ends with a crash, after which nothing
 * it had under way reaches journal or broker any more.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Reading } from '../../../../src/lib/energy/reading.ts';
import { AppError } from '../../../../src/lib/server/errors.ts';
import { inTransaction } from '../../../../src/lib/server/database.ts';
import type { RejectedPoint } from '../../../../src/lib/server/store/store.ts';
import type { AccountMarks } from '../../../../ingest/deliver/contract.ts';
import { createDeadLetters } from '../../../../ingest/deliver/dead-letters.ts';
import { createDelivery, type Delivery, type DeliveryFault } from '../../../../ingest/deliver/delivery.ts';
import { createSpool } from '../../../../ingest/deliver/spool.ts';
import type { FaultStore } from './fault-store.ts';
import { decodeSimulated } from './publishers.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface JournalWeather {
  /** 0 to 1: how often a transaction is undone at its commit */
  failing: number;
  /** 0 to 1: how often the worker dies at a commit, just before or just after it */
  deadly: number;
}

export type Answer = 'stored' | 'passing fault' | 'fault to mend';

export interface LifeParts {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly journal: DatabaseSync;
  readonly journalWeather: JournalWeather;
  readonly store: FaultStore;
  readonly receiveMaximum: number;
  readonly spoolMaxBytes: number;
  readonly onFault: (fault: DeliveryFault) => void;
  /** what the store answered, before the rooms know */
  readonly onAnswer: (answer: Answer) => void;
  readonly onCrash: () => void;
}

export interface WorkerLife {
  readonly delivery: Delivery;
  readonly isDead: () => boolean;
  readonly crash: () => void;
}

export function startLife(parts: LifeParts): WorkerLife {
  const { time, random, journal, journalWeather, store } = parts;
  let isDead = false;

  function crash(): void {
    if (isDead) return;
    isDead = true;
    parts.onCrash();
  }

  function inJournal(work: () => void): void {
    if (isDead) throw new Error('this life is over');
    const isDeadly = random.chance(journalWeather.deadly);
    const isBefore = random.chance(0.5);
    const failure = random.chance(journalWeather.failing) ? journalFault(random) : undefined;
    try {
      inTransaction(journal, () => {
        work();
        if (failure !== undefined) throw failure;
        if (isDeadly && isBefore) throw new Error('power cut');
      });
    } finally {
      if (isDeadly) crash();
    }
  }

  async function writeReadings(readings: readonly Reading[]): Promise<{ rejected: RejectedPoint[] }> {
    if (isDead) return new Promise(() => undefined);
    try {
      const result = await store.write(readings);
      if (!isDead) parts.onAnswer('stored');
      return result;
    } catch (error) {
      const isPassing = error instanceof AppError && error.retryable;
      if (!isDead) parts.onAnswer(isPassing ? 'passing fault' : 'fault to mend');
      throw error;
    }
  }

  const delivery = createDelivery({
    decode: decodeSimulated,
    writeReadings,
    inJournal,
    letters: createDeadLetters(journal, 1_000_000),
    spool: createSpool(journal, parts.spoolMaxBytes),
    marks: createMarks(journal),
    onStored: () => undefined,
    onDecoded: () => undefined,
    onFault(fault) {
      if (!isDead) parts.onFault(fault);
    },
    clock: {
      ...time.clock,
      sleep: (ms, wake) => (isDead ? new Promise(() => undefined) : time.clock.sleep(ms, wake)),
    },
    limits: {
      receiveMaximum: parts.receiveMaximum,
      batchReadings: 7,
      pendingBytes: 4_000,
      spoolAfterMs: 5_000,
    },
  });
  return { delivery, isDead: () => isDead, crash };
}

function journalFault(random: Random): Error {
  return random.chance(0.7)
    ? new AppError('DISK_FULL', 'no room', { retryable: true })
    : new Error('nobody thought of this');
}

/** As the accounts keep them: what stands is known in memory, and must be forgotten with a transaction that fails. */
function createMarks(journal: DatabaseSync): AccountMarks {
  const upsert = journal.prepare(
    `INSERT INTO dirty_day (meter, from_day, to_day) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET from_day = min(from_day, excluded.from_day), to_day = max(to_day, excluded.to_day)`,
  );
  let standing = new Set<string>();
  return {
    needed: (readings) =>
      readings
        .map(({ meter, at }) => ({ meter: meter.key, day: Math.floor(at / 86_400_000) }))
        .filter(({ meter, day }) => !standing.has(`${meter} ${String(day)}`))
        .map(({ meter, day }) => ({ meter, fromDay: day, toDay: day })),
    write(marks) {
      for (const { meter, fromDay, toDay } of marks) {
        upsert.run(meter, fromDay, toDay);
        standing.add(`${meter} ${String(fromDay)}`);
      }
    },
    recount() {
      standing = new Set();
    },
  };
}
