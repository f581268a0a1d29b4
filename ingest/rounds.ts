/** What the worker does by the clock rather than by the message: live topic, accounts, a look at the registry. */
import type { Logger } from 'pino';

const LIVE_ROUND_MS = 200;
const ACCOUNT_ROUND_MS = 1_000;
/** The accounts may take at most a tenth of the time, and are never more than this behind. */
const MAX_ACCOUNT_ROUND_MS = 15_000;

export interface RoundParts {
  readonly live: { publishDue(now: number): void };
  readonly accounts: { flush(): Promise<boolean>; counters: { lastFlushMs: number } };
  readonly followRegistry: () => Promise<void>;
  /** after a good flush: the accounts are in order, or are now brought in order */
  readonly restartAccounts: () => Promise<void>;
  readonly log: Logger;
}

export function startRounds(parts: RoundParts): { stop(): Promise<void> } {
  let isStopped = false;
  const wake = new AbortController();
  const live = setInterval(() => {
    parts.live.publishDue(Date.now());
  }, LIVE_ROUND_MS);

  async function accountRounds(): Promise<void> {
    while (!isStopped) {
      try {
        await parts.followRegistry();
        if (await parts.accounts.flush()) await parts.restartAccounts();
      } catch (error) {
        parts.log.error({
          event: 'round-failed',
          error: error instanceof Error ? error.message : String(error),
        });
      }
      const rest = Math.min(
        MAX_ACCOUNT_ROUND_MS,
        Math.max(ACCOUNT_ROUND_MS, 10 * parts.accounts.counters.lastFlushMs),
      );
      await pause(rest, wake.signal);
    }
  }
  const running = accountRounds();

  return {
    async stop() {
      isStopped = true;
      clearInterval(live);
      wake.abort();
      await running;
    },
  };
}

/** Resolves after `ms`, or at once when `signal` aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
