/** What the worker does by the clock rather than by the message: live topic, accounts, a look at the registry. */
import { setTimeout as pause } from 'node:timers/promises';

const LIVE_ROUND_MS = 200;
const ROUND_MS = 1_000;
/** The accounts may take at most a tenth of the time, and are never more than this behind. */
const ACCOUNT_SHARE = 10;
const MAX_ACCOUNT_REST_MS = 15_000;
/**
 * While a spool drains, every few seconds of it make every meter's same days late again. Recomputed each time they
 * would keep the store too busy for live readings: a thirtieth of the time is enough until it has drained.
 */
const DRAINING_ACCOUNT_SHARE = 30;
const MAX_DRAINING_REST_MS = 600_000;

export interface RoundParts {
  readonly live: { publishDue(now: number): void };
  /** publishes what devices have to be asked at `now` */
  readonly askDevices: (now: number) => void;
  readonly accounts: {
    flush(): Promise<boolean>;
    readonly counters: { readonly lastFlushMs: number };
  };
  /** readings of an outage are on their way from the spool to the store */
  readonly isDraining: () => boolean;
  readonly followRegistry: () => void;
  /** hands dead letters that somebody asked to have replayed to delivery */
  readonly replayLetters: () => void;
  /** after a good flush: the accounts are in order */
  readonly onAccounted: () => void;
  /** removes raw readings that need not be kept any longer; begun only when all that is stored is accounted */
  readonly sweepReadings: (now: number) => void;
  readonly onFault: (error: unknown) => void;
}

export interface Rounds {
  /** No round begins any more. The one under way goes on by itself. */
  stop(): void;
}

export function startRounds(parts: RoundParts): Rounds {
  const stopping = new AbortController();
  const live = setInterval(() => {
    const now = Date.now();
    parts.live.publishDue(now);
    parts.askDevices(now);
  }, LIVE_ROUND_MS);
  void slowRounds(parts, stopping.signal);
  return {
    stop() {
      clearInterval(live);
      stopping.abort();
    },
  };
}

async function slowRounds(parts: RoundParts, signal: AbortSignal): Promise<void> {
  let flushedAt = -Infinity;
  while (!signal.aborted) {
    try {
      parts.followRegistry();
      parts.replayLetters();
      if (performance.now() - flushedAt >= accountRestMs(parts)) {
        const isWhole = await parts.accounts.flush().finally(() => (flushedAt = performance.now()));
        if (isWhole) parts.onAccounted();
        if (isWhole && !parts.isDraining()) parts.sweepReadings(Date.now());
      }
    } catch (error) {
      parts.onFault(error);
    }
    // Rejects when the worker stops, and then the loop ends.
    await pause(ROUND_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** How long the accounts rest after the newest flush, ms. */
function accountRestMs({ accounts, isDraining }: RoundParts): number {
  const { lastFlushMs } = accounts.counters;
  return isDraining()
    ? Math.min(MAX_DRAINING_REST_MS, DRAINING_ACCOUNT_SHARE * lastFlushMs)
    : Math.min(MAX_ACCOUNT_REST_MS, ACCOUNT_SHARE * lastFlushMs);
}
