/** What delivery counts and notes. Plain numbers on the hot path; metrics.ts gives them names. */
import type { RejectionReason } from '../decode/message.ts';

export interface DeliveryCounters {
  received: number;
  receivedQos0: number;
  droppedQos0: number;
  readings: number;
  ignoredKeys: number;
  readonly rejected: Map<RejectionReason, number>;
  committedReadings: number;
  spooledReadings: number;
  drainedReadings: number;
  deadLetters: number;
  acknowledged: number;
  batches: number;
  writeFailures: number;
  /** what our own disk said, while nothing can be made durable because of it */
  diskFault: string | null;
  /** duration of the newest finished write */
  lastWriteMs: number;
}

export function emptyCounters(): DeliveryCounters {
  return {
    received: 0,
    receivedQos0: 0,
    droppedQos0: 0,
    readings: 0,
    ignoredKeys: 0,
    rejected: new Map(),
    committedReadings: 0,
    spooledReadings: 0,
    drainedReadings: 0,
    deadLetters: 0,
    acknowledged: 0,
    batches: 0,
    writeFailures: 0,
    diskFault: null,
    lastWriteMs: 0,
  };
}

export function countRejection(counters: DeliveryCounters, reason: RejectionReason, by: number): void {
  if (by > 0) counters.rejected.set(reason, (counters.rejected.get(reason) ?? 0) + by);
}
