/** Whether the worker is well, as one report for people, for the dashboard and for a supervisor. */
import type { DeliveryFault, DeliveryState } from './deliver/delivery.ts';
import type { RejectionEntry } from './rejection-log.ts';

export interface HealthInput {
  readonly now: number;
  readonly isConnected: boolean;
  readonly isEmbedded: boolean;
  readonly delivery: { state: DeliveryState; unacknowledged: number; oldestAt: number | null };
  readonly spool: { readings: number; bytes: number; oldestSavedAt: number | null; isFull: boolean };
  readonly lastFault: DeliveryFault | null;
  /** epoch ms; when the broker forgot our session, if it did */
  readonly sessionLostAt: number | null;
  readonly accountsFailing: string | null;
  readonly refusedFilters: readonly string[];
  readonly rejections: readonly RejectionEntry[];
}

export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'failing';
  /** sentences, worst first; empty when all is well */
  readonly problems: readonly string[];
  readonly broker: { readonly connected: boolean; readonly embedded: boolean };
  readonly delivery: HealthInput['delivery'];
  readonly spool: HealthInput['spool'];
  readonly rejections: readonly RejectionEntry[];
}

const SESSION_LOSS_SHOWN_MS = 24 * 60 * 60 * 1000;

export function healthReport(input: HealthInput): HealthReport {
  const failing = failures(input);
  const worrying = worries(input);
  return {
    status: failing.length > 0 ? 'failing' : worrying.length > 0 ? 'degraded' : 'ok',
    problems: [...failing, ...worrying],
    broker: { connected: input.isConnected, embedded: input.isEmbedded },
    delivery: input.delivery,
    spool: input.spool,
    rejections: input.rejections,
  };
}

/** What keeps readings from being taken at all. */
function failures({ isConnected, delivery, lastFault, spool, refusedFilters }: HealthInput): string[] {
  const problems: string[] = [];
  if (!isConnected) problems.push('The broker is not connected: nothing arrives.');
  if (delivery.state === 'held') {
    problems.push(
      `Nothing is acknowledged until somebody mends this: ${lastFault?.message ?? 'unknown fault'}`,
    );
  }
  if (spool.isFull)
    problems.push('The spool is full: nothing more is acknowledged until the store takes it.');
  if (refusedFilters.length > 0) problems.push(`The broker refused the topics ${refusedFilters.join(', ')}.`);
  return problems;
}

/** What is safe but needs an eye. */
function worries({ now, delivery, lastFault, spool, sessionLostAt, accountsFailing }: HealthInput): string[] {
  const problems: string[] = [];
  if (delivery.state === 'waiting' || delivery.state === 'spooling') {
    problems.push(
      `The store is away (${lastFault?.message ?? 'no answer'}); readings are kept and follow later.`,
    );
  } else if (spool.readings > 0) {
    problems.push(`${String(spool.readings)} readings wait in the spool and are being written.`);
  }
  if (sessionLostAt !== null && now - sessionLostAt < SESSION_LOSS_SHOWN_MS) {
    problems.push(
      `The broker forgot our session at ${new Date(sessionLostAt).toISOString()}: messages published while we were away may be lost.`,
    );
  }
  if (accountsFailing !== null) problems.push(`The accounts are behind: ${accountsFailing}`);
  return problems;
}
