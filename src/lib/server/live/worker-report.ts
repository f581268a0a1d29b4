/**
 * The worker's health report as pages use it. It comes from another process, perhaps of another version, so each
 * part is checked for itself: what cannot be read is left out, and never taken for good news. Problems travel as
 * codes with their parameters, so that every reader gets them in their own language.
 */
import { z } from 'zod';

export const WORKER_PROBLEMS = [
  'broker-away',
  'delivery-held',
  'spool-full',
  'disk-failing',
  'topics-refused',
  'store-away',
  'spool-draining',
  'session-lost',
  'accounts-behind',
  'profiles-broken',
] as const;
const REFUSED = [
  'credentials-needed',
  'credentials-wrong',
  'guesses-too-often',
  'revoked',
  'publish',
  'subscribe',
  'will',
] as const;
export type WorkerProblemCode = (typeof WORKER_PROBLEMS)[number];

export interface WorkerProblem {
  /** `other`: one that this dashboard does not know; `detail` is then the worker's own sentence */
  readonly code: WorkerProblemCode | 'other';
  /** what the other side said, or which topics; not translated */
  readonly detail: string | null;
}

export interface RejectedMessages {
  readonly topic: string;
  /** a reason of docs/errors.md, or one that this dashboard does not know yet */
  readonly reason: string;
  /** of the newest message, in the worker's words */
  readonly detail: string;
  readonly count: number;
  /** epoch ms */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What the embedded broker refused to a user, once or often. */
export interface RefusedGuest {
  /** what it was about; a kind that this dashboard does not know is left out */
  readonly what: (typeof REFUSED)[number];
  /** as they call themselves */
  readonly guest: string;
  readonly topic: string | null;
  readonly count: number;
  /** epoch ms */
  readonly lastAt: number;
}

export interface WorkerReport {
  readonly state: 'ok' | 'degraded' | 'failing' | 'silent';
  readonly problems: readonly WorkerProblem[];
  readonly broker: { readonly connected: boolean; readonly embedded: boolean } | null;
  /** whether readings go straight to the store; null when it is not told */
  readonly delivery: {
    readonly state: 'direct' | 'waiting' | 'spooling' | 'held';
    readonly unacknowledged: number;
    /** epoch ms of the oldest unacknowledged message */
    readonly oldestAt: number | null;
  } | null;
  readonly spool: {
    readonly readings: number;
    readonly bytes: number;
    readonly oldestAt: number | null;
  } | null;
  readonly deadLetters: { readonly letters: number; readonly bytes: number } | null;
  /** newest first */
  readonly rejections: readonly RejectedMessages[];
  /** newest first */
  readonly refusals: readonly RefusedGuest[];
}

const MAX_TEXT = 600;
const MAX_REJECTIONS = 100;
const MAX_PROBLEMS = 20;

const text = z
  .string()
  .transform((whole) => (whole.length > MAX_TEXT ? `${whole.slice(0, MAX_TEXT)}…` : whole));
const count = z.number().int().nonnegative();
const epochMs = z.number().nonnegative().max(8.64e15);
/** The worker writes times as text (RFC 3339); one of another version may write epoch ms. */
const instant = z.union([epochMs, z.iso.datetime({ offset: true }).transform(Date.parse).pipe(epochMs)]);
const instantOrNull = instant.nullable().catch(null);
const list = z.array(z.unknown()).catch([]);

const STATUS = z.enum(['ok', 'degraded', 'failing']).catch('degraded');
const REJECTION = z.object({
  topic: text,
  reason: z.string().max(64),
  detail: text,
  count,
  firstAt: instant,
  lastAt: instant,
});
const REFUSAL = z.object({
  what: z.enum(REFUSED),
  guest: text,
  topic: text.nullable(),
  count,
  lastAt: instant,
});
const PROBLEM = z.object({ code: z.enum(WORKER_PROBLEMS), detail: text.nullish() });
const PARTS = {
  broker: z.object({ connected: z.boolean(), embedded: z.boolean() }),
  delivery: z.object({
    state: z.enum(['direct', 'waiting', 'spooling', 'held']),
    unacknowledged: count,
    oldestAt: instantOrNull,
  }),
  spool: z
    .object({ readings: count, bytes: count, oldestSavedAt: instantOrNull, isFull: z.boolean().catch(false) })
    .transform(({ oldestSavedAt, ...rest }) => ({ ...rest, oldestAt: oldestSavedAt })),
  deadLetters: z.object({ letters: count, bytes: count }),
};

const SILENT: WorkerReport = {
  state: 'silent',
  problems: [],
  broker: null,
  delivery: null,
  spool: null,
  deadLetters: null,
  rejections: [],
  refusals: [],
};

function part<T>(schema: z.ZodType<T>, value: unknown): T | null {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

function known<T>(schema: z.ZodType<T>, values: readonly unknown[], limit: number): T[] {
  return values.slice(0, limit).flatMap((value) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
}

interface Parts {
  readonly broker: WorkerReport['broker'];
  readonly delivery: WorkerReport['delivery'];
  readonly spool: { readonly readings: number; readonly isFull: boolean } | null;
}

/** What the figures of the report say by themselves, for a worker that tells no codes; worst first. */
function derivedProblems({ broker, delivery, spool }: Parts): WorkerProblem[] {
  const codes: WorkerProblemCode[] = [];
  if (broker?.connected === false) codes.push('broker-away');
  if (delivery?.state === 'held') codes.push('delivery-held');
  if (spool?.isFull === true) codes.push('spool-full');
  if (delivery?.state === 'waiting' || delivery?.state === 'spooling') codes.push('store-away');
  else if ((spool?.readings ?? 0) > 0) codes.push('spool-draining');
  return codes.map((code) => ({ code, detail: null }));
}

/** Every problem once: by code where the worker tells codes, else by its figures, and what is left in its own words. */
function problemsOf(report: Readonly<Record<string, unknown>>, parts: Parts): WorkerProblem[] {
  const codes = list.parse(report['problemCodes']);
  const told = known(PROBLEM, codes, MAX_PROBLEMS).map(({ code, detail = null }) => ({ code, detail }));
  const sentences = known(text, list.parse(report['problems']), MAX_PROBLEMS);
  const found = told.length > 0 ? told : derivedProblems(parts);
  if (found.length >= sentences.length) return found;
  // A newer worker's problem is better read in English than not at all.
  const others = sentences.map((detail) => ({ code: 'other' as const, detail }));
  return told.length > 0 ? [...told, ...others.slice(told.length)] : others;
}

/** @param report whatever the worker answered; undefined when it did not */
export function readWorkerReport(report: unknown): WorkerReport {
  if (typeof report !== 'object' || report === null || Array.isArray(report)) return SILENT;
  const fields = report as Readonly<Record<string, unknown>>;
  const spool = part(PARTS.spool, fields['spool']);
  const parts = {
    broker: part(PARTS.broker, fields['broker']),
    delivery: part(PARTS.delivery, fields['delivery']),
    spool,
  };
  const rejections = known(REJECTION, list.parse(fields['rejections']), MAX_REJECTIONS);
  return {
    state: STATUS.parse(fields['status']),
    problems: problemsOf(fields, parts),
    broker: parts.broker,
    delivery: parts.delivery,
    spool: spool && { readings: spool.readings, bytes: spool.bytes, oldestAt: spool.oldestAt },
    deadLetters: part(PARTS.deadLetters, fields['deadLetters']),
    rejections: rejections.sort((a, b) => b.lastAt - a.lastAt),
    refusals: known(REFUSAL, list.parse(fields['refusals']), MAX_REJECTIONS),
  };
}
