/** What the worker does by the clock rather than by the message: live topic, accounts, a look at the registry. */
import { setTimeout as pause } from 'node:timers/promises';

const LIVE_ROUND_MS = 200;
const ACCOUNT_ROUND_MS = 1_000;
/** The accounts may take at most a tenth of the time, and are never more than this behind. */
const MAX_ACCOUNT_ROUND_MS = 15_000;

export interface RoundParts {
  readonly live: { publishDue(now: number): void };
  readonly accounts: {
    flush(): Promise<boolean>;
    readonly counters: { readonly lastFlushMs: number };
  };
  readonly followRegistry: () => void;
  /** hands dead letters that somebody asked to have replayed to delivery */
  readonly replayLetters: () => void;
  /** after a good flush: the accounts are in order */
  readonly onAccounted: () => void;
  readonly onFault: (error: unknown) => void;
}

export interface Rounds {
  /** No round begins any more. The one under way goes on by itself. */
  stop(): void;
}

export function startRounds(parts: RoundParts): Rounds {
  const stopping = new AbortController();
  const live = setInterval(() => {
    parts.live.publishDue(Date.now());
  }, LIVE_ROUND_MS);
  void accountRounds(parts, stopping.signal);
  return {
    stop() {
      clearInterval(live);
      stopping.abort();
    },
  };
}

async function accountRounds(parts: RoundParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      parts.followRegistry();
      parts.replayLetters();
      if (await parts.accounts.flush()) parts.onAccounted();
    } catch (error) {
      parts.onFault(error);
    }
    const rest = Math.max(ACCOUNT_ROUND_MS, 10 * parts.accounts.counters.lastFlushMs);
    // Rejects when the worker stops, and then the loop ends.
    await pause(Math.min(MAX_ACCOUNT_ROUND_MS, rest), undefined, { signal }).catch(() => undefined);
  }
}
