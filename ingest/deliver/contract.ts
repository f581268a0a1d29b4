/** What delivery asks of the other rooms, and the limits it works within. */
import type { Reading } from '#lib/energy/reading.ts';
import type { RejectedPoint } from '#lib/server/store/store.ts';
import type { Decoded, InboundMessage } from '../decode/message.ts';
import type { Clock } from './clock.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { DeliveryState } from './outage.ts';
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
  /** A transaction failed: marks written within it may not stand, so they are needed again. */
  recount(): void;
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

export interface DeliveryFault {
  readonly code: string;
  readonly message: string;
  /** what happens to the readings meanwhile */
  readonly state: DeliveryState;
}

/** `error` as a fault to report. */
export function faultOf(error: unknown, state: DeliveryState, code: string): DeliveryFault {
  return { code, message: error instanceof Error ? error.message : String(error), state };
}
