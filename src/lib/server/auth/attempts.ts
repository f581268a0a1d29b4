/**
 * Guessing slowed by account, whatever address it comes from: after a few failures each further one doubles the wait.
 * The account itself is never closed, so that nobody can shut somebody else out for good. Bounded in memory; a restart
 * forgets, and the limit by address (better-auth's) still holds.
 */
const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const MAX_ACCOUNTS = 10_000;

export interface Attempts {
  /** ms to wait before `account` may try again; 0: at once */
  waitMs(account: string, now: number): number;
  failed(account: string, now: number): void;
  succeeded(account: string): void;
}

export function createAttempts(): Attempts {
  const failures = new Map<string, { count: number; until: number }>();
  return {
    waitMs: (account, now) => Math.max(0, (failures.get(account)?.until ?? 0) - now),
    failed(account, now) {
      const count = (failures.get(account)?.count ?? 0) + 1;
      const over = count - FREE_FAILURES;
      const wait = over < 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(over, 20));
      // Newest last, so that the one forgotten for room is the one longest left alone.
      failures.delete(account);
      failures.set(account, { count, until: now + wait });
      if (failures.size <= MAX_ACCOUNTS) return;
      const [oldest] = failures.keys();
      if (oldest !== undefined) failures.delete(oldest);
    },
    succeeded(account) {
      failures.delete(account);
    },
  };
}
