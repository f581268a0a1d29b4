/**
 * The outage policy: what becomes of readings while the store does not take them. Pure: a state, an event,
 * the next state.
 *
 *     direct ── fault that passes ──→ waiting ── 5 s, or too much in hand ──→ spooling
 *        ↑  └─ fault to be mended ──→ held                                       │
 *        └───────────── the store took a write, live or drained ─────────────────┘
 *
 * A spool that cannot be written is no way out: the store is asked next, then the spool again, and so on.
 *
 * Held means that only a person can mend it (a password, a missing database): nothing is acknowledged and
 * the broker keeps what it has, because a spool that fills for weeks unseen helps nobody.
 */
import { AppError, isDiskFault } from '#lib/server/errors.ts';

export type Outage =
  | { readonly state: 'direct' }
  /** `since`: epoch ms at which the first try that failed in a row began; `isStoreNext`: our own disk failed the last time */
  | { readonly state: 'waiting' | 'spooling'; readonly since: number; readonly isStoreNext?: true }
  | { readonly state: 'held'; readonly since: number; readonly fault: unknown };

export type DeliveryState = Outage['state'];

export const NO_OUTAGE: Outage = { state: 'direct' };

/**
 * A write, live or drained, that began at `beganAt` (epoch ms) failed with `error`. What is no AppError was not
 * foreseen: a person has to look. A store that answers nothing has been away from the first question on, not only
 * since we stopped to wait for its answer.
 */
export function afterFailure(outage: Outage, error: unknown, beganAt: number): Outage {
  const since = outage.state === 'direct' ? beganAt : outage.since;
  if (!(error instanceof AppError && error.retryable)) return { state: 'held', since, fault: error };
  const state = outage.state === 'spooling' ? 'spooling' : 'waiting';
  return isDiskFault(error) ? { state, since, isStoreNext: true } : { state, since };
}

/** A batch went to the spool whole. In direct that is no outage: all of it had to queue behind older values. */
export function afterSpooling(outage: Outage): Outage {
  return outage.state === 'direct' ? outage : { state: 'spooling', since: outage.since };
}

export interface SpoolQuestion {
  readonly now: number;
  /** too much is in hand to wait any longer */
  readonly isPressed: boolean;
  readonly spoolAfterMs: number;
}

/** Whether the next batch goes to the spool without asking the store. */
export function mustSpool(outage: Outage, { now, isPressed, spoolAfterMs }: SpoolQuestion): boolean {
  switch (outage.state) {
    case 'direct':
    case 'held':
      return false;
    case 'spooling':
      return outage.isStoreNext !== true;
    case 'waiting':
      return outage.isStoreNext !== true && (isPressed || now - outage.since >= spoolAfterMs);
  }
}

/** `delayMs`, but no longer than until spooling begins. */
export function untilNextTry(
  outage: Outage,
  { delayMs, now, spoolAfterMs }: { delayMs: number; now: number; spoolAfterMs: number },
): number {
  if (outage.state !== 'waiting') return delayMs;
  const untilSpoolMs = outage.since + spoolAfterMs - now;
  return untilSpoolMs > 0 ? Math.min(delayMs, untilSpoolMs) : delayMs;
}
