/** Waits for what other processes bring about. */
import { setTimeout as pause } from 'node:timers/promises';

/** Resolves once `isTrue`. @throws Error naming `what` when it does not come to pass within 20 s */
export async function until(what: string, isTrue: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (isTrue()) return;
    await pause(20);
  }
  throw new Error(`never happened: ${what}`);
}
