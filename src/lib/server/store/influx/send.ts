/**
 * One request to /write: compressed, bounded in time, its answer read whole. Every way in which it can end is
 * an {@link Outcome}; it never throws.
 */
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { InfluxAddress } from './address.ts';
import { classify, type Outcome } from './classify.ts';

export interface SenderOptions {
  readonly address: InfluxAddress;
  readonly fetch: typeof globalThis.fetch;
  /** for the request and its whole answer */
  readonly timeoutMs: number;
}

const compress = promisify(gzip);

export function createSender({
  address,
  fetch,
  timeoutMs,
}: SenderOptions): (lines: readonly string[]) => Promise<Outcome> {
  const { protocol, host, port, prefix, database, authorization } = address;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
  const url = `${protocol}://${authority}${prefix}/write?db=${encodeURIComponent(database)}&precision=ms`;
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'content-encoding': 'gzip',
    ...(authorization !== undefined && { authorization }),
  };

  return async (lines) => {
    // Level 1: telemetry repeats itself so much that higher levels cost time and save little.
    const body = await compress(lines.join('\n'), { level: constants.Z_BEST_SPEED });
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body,
        // A redirect would turn the POST into a GET, and somebody's login page into a commit.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const answer = {
        status: response.status,
        body: await response.text(),
        retryAfter: response.headers.get('retry-after'),
      };
      return classify(answer, Date.now());
    } catch (cause) {
      return { kind: 'unavailable', reason: reasonOf(cause) };
    }
  };
}

/** `fetch failed` says nothing; its cause does. Neither holds credentials: they travel in a header. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no whole answer in time';
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
