/**
 * What an answer to a write means. Only a 204 is a commit; everything else is one of few kinds, and whoever
 * sent the points decides by the kind alone. Statuses and words as InfluxDB 1.6 to 3 and openGemini say them.
 */

export interface Answer {
  readonly status: number;
  /** the whole body */
  readonly body: string;
  /** value of the Retry-After header, when there was one */
  readonly retryAfter: string | null;
}

export type Outcome =
  | { readonly kind: 'stored' }
  /** at least one point can never be stored, in the store's own words */
  | { readonly kind: 'poison'; readonly reason: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'no-database'; readonly reason: string }
  /** an operator must mend something: hold, acknowledge nothing */
  | { readonly kind: 'refused'; readonly reason: string }
  /** an outage: the same request may succeed later */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterMs?: number };

/** Longest pause that a server may ask of us. */
const MAX_RETRY_AFTER_MS = 60 * 60 * 1000;

/** `now` in epoch ms, for a Retry-After that names a date. */
export function classify(answer: Answer, now: number): Outcome {
  const { status } = answer;
  const words = wordsOf(answer.body);
  const reason = `HTTP ${String(status)}${words === '' ? '' : `: ${words}`}`;
  switch (status) {
    case 204:
      return { kind: 'stored' };
    case 400:
    case 422:
      return clientError(answer.body, words, reason);
    case 404:
      return /database not found|bucket .*not found/i.test(words)
        ? { kind: 'no-database', reason }
        : { kind: 'refused', reason };
    case 413:
      return { kind: 'too-large' };
    case 408:
    case 429:
      return unavailable(answer, reason, now);
    default:
      // Without its retention policy a write fails with a 500 until somebody creates the policy again.
      if (status >= 500 && !/retention policy not found/i.test(words))
        return unavailable(answer, reason, now);
      return { kind: 'refused', reason };
  }
}

function clientError(body: string, words: string, reason: string): Outcome {
  if (/retention policy not found/i.test(words)) return { kind: 'refused', reason };
  // The upload broke off on its way; the points are not to blame.
  if (/unexpected EOF|gzip:|request body|i\/o timeout|connection reset/i.test(words))
    return { kind: 'unavailable', reason };
  if (errorField(body) !== undefined) return { kind: 'poison', reason: words };
  // InfluxDB answers in JSON. Whatever this is, it does not speak about our points.
  return { kind: 'refused', reason: `${reason} (not an InfluxDB's answer: look at what stands between)` };
}

function unavailable({ retryAfter }: Answer, reason: string, now: number): Outcome {
  const retryAfterMs = parseRetryAfter(retryAfter, now);
  return { kind: 'unavailable', reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** Seconds or an HTTP date → ms from `now`, at most an hour; undefined when it is neither. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

/** The error that a JSON body tells, or the beginning of the body: enough for a log line. */
function wordsOf(body: string): string {
  return (errorField(body) ?? body).replace(/\s+/g, ' ').trim().slice(0, 500);
}

function errorField(body: string): string | undefined {
  try {
    const parsed = JSON.parse(body) as unknown;
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { error, message } = parsed as { error?: unknown; message?: unknown };
    return [message, error].find((text) => typeof text === 'string');
  } catch {
    return undefined;
  }
}
