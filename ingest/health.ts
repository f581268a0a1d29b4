/** Whether the worker is well, as one report for people, for the dashboard and for a supervisor. */
import type { DeliveryFault, DeliveryState } from './deliver/delivery.ts';
import type { RefusalEntry } from './access/refusal-log.ts';
import type { RejectionEntry } from './rejection-log.ts';

export interface HealthInput {
  readonly now: number;
  readonly isConnected: boolean;
  readonly isEmbedded: boolean;
  readonly delivery: { state: DeliveryState; unacknowledged: number; oldestAt: number | null };
  readonly spool: { readings: number; bytes: number; oldestSavedAt: number | null; isFull: boolean };
  readonly lastFault: DeliveryFault | null;
  /** what our own disk said, while nothing can be made durable because of it */
  readonly diskFault: string | null;
  /** epoch ms; when the broker forgot our session, if it did */
  readonly sessionLostAt: number | null;
  readonly accountsFailing: string | null;
  readonly refusedFilters: readonly string[];
  readonly rejections: readonly RejectionEntry[];
  /** what the embedded broker refused to whom; absent means nothing */
  readonly refusals?: readonly RefusalEntry[];
  /** what is wrong with the installation's own profiles; absent means nothing */
  readonly profileProblems?: readonly string[];
  /** messages kept aside, by reason; absent where nobody counts them */
  readonly deadLetters?: readonly { readonly letters: number; readonly bytes: number }[];
}

/** What is wrong, for those who speak another language than the sentences. */
export type ProblemCode =
  | 'broker-away'
  | 'delivery-held'
  | 'spool-full'
  | 'disk-failing'
  | 'topics-refused'
  | 'store-away'
  | 'spool-draining'
  | 'session-lost'
  | 'accounts-behind'
  | 'profiles-broken';

interface Problem {
  readonly code: ProblemCode;
  readonly sentence: string;
  /** what the other side said, or which topics */
  readonly detail?: string;
}

export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'failing';
  /** sentences, worst first; empty when all is well */
  readonly problems: readonly string[];
  /** the same problems in the same order, as codes with their detail */
  readonly problemCodes: readonly { readonly code: ProblemCode; readonly detail?: string }[];
  readonly broker: { readonly connected: boolean; readonly embedded: boolean };
  readonly delivery: HealthInput['delivery'];
  readonly spool: HealthInput['spool'];
  readonly deadLetters: { readonly letters: number; readonly bytes: number } | null;
  readonly rejections: readonly RejectionEntry[];
  /** what the embedded broker refused to whom, newest first */
  readonly refusals: readonly RefusalEntry[];
}

/** The log has them all. */
const PROFILE_PROBLEMS_SHOWN = 3;
const SESSION_LOSS_SHOWN_MS = 24 * 60 * 60 * 1000;

export function healthReport(input: HealthInput): HealthReport {
  const failing = failures(input);
  const worrying = worries(input);
  const all = [...failing, ...worrying];
  return {
    status: failing.length > 0 ? 'failing' : worrying.length > 0 ? 'degraded' : 'ok',
    problems: all.map(({ sentence }) => sentence),
    problemCodes: all.map(({ code, detail }) => ({ code, ...(detail !== undefined && { detail }) })),
    broker: { connected: input.isConnected, embedded: input.isEmbedded },
    delivery: input.delivery,
    spool: input.spool,
    deadLetters: input.deadLetters === undefined ? null : sum(input.deadLetters),
    rejections: input.rejections,
    refusals: input.refusals ?? [],
  };
}

function sum(counts: readonly { letters: number; bytes: number }[]): { letters: number; bytes: number } {
  return {
    letters: counts.reduce((total, { letters }) => total + letters, 0),
    bytes: counts.reduce((total, { bytes }) => total + bytes, 0),
  };
}

/** What keeps readings from being taken at all. */
function failures(input: HealthInput): Problem[] {
  const { isConnected, delivery, lastFault, diskFault, spool, refusedFilters } = input;
  const problems: Problem[] = [];
  if (!isConnected) {
    problems.push({ code: 'broker-away', sentence: 'The broker is not connected: nothing arrives.' });
  }
  if (delivery.state === 'held') {
    const detail = lastFault?.message ?? 'unknown fault';
    const sentence = `Nothing is acknowledged until somebody mends this: ${detail}`;
    problems.push({ code: 'delivery-held', sentence, detail });
  }
  if (spool.isFull) {
    const sentence = 'The spool is full: nothing more is acknowledged until the store takes it.';
    problems.push({ code: 'spool-full', sentence });
  }
  if (diskFault !== null) {
    const sentence = `The disk takes nothing more, so nothing is acknowledged (${diskFault}) It goes on by itself when it can write again.`;
    problems.push({ code: 'disk-failing', sentence, detail: diskFault });
  }
  if (refusedFilters.length > 0) {
    const detail = refusedFilters.join(', ');
    problems.push({ code: 'topics-refused', sentence: `The broker refused the topics ${detail}.`, detail });
  }
  return problems;
}

/** What is safe but needs an eye. */
function worries(input: HealthInput): Problem[] {
  const { now, delivery, lastFault, diskFault, spool, sessionLostAt, accountsFailing } = input;
  const problems: Problem[] = [];
  // While the disk fails it would be untrue that readings are kept here.
  if (diskFault === null && (delivery.state === 'waiting' || delivery.state === 'spooling')) {
    const detail = lastFault?.message ?? 'no answer';
    const sentence = `The store is away (${detail}); readings are kept and follow later.`;
    problems.push({ code: 'store-away', sentence, detail });
  } else if (spool.readings > 0) {
    const sentence = `${String(spool.readings)} readings wait in the spool and are being written.`;
    problems.push({ code: 'spool-draining', sentence });
  }
  if (sessionLostAt !== null && now - sessionLostAt < SESSION_LOSS_SHOWN_MS) {
    const detail = new Date(sessionLostAt).toISOString();
    const sentence = `The broker forgot our session at ${detail}: messages published while we were away may be lost.`;
    problems.push({ code: 'session-lost', sentence, detail });
  }
  if (accountsFailing !== null) {
    const sentence = `The accounts are behind: ${accountsFailing}`;
    problems.push({ code: 'accounts-behind', sentence, detail: accountsFailing });
  }
  if (input.profileProblems?.[0] !== undefined) {
    const detail = input.profileProblems.slice(0, PROFILE_PROBLEMS_SHOWN).join(' · ');
    problems.push({
      code: 'profiles-broken',
      sentence: `A device profile cannot be used: ${detail}`,
      detail,
    });
  }
  return problems;
}
