/**
 * Gathers what arrives, the newest of each meter, and hands it on at most ten times a second: however fast a camp
 * speaks, the page is drawn no more often. Bounded by the number of meters.
 */
import type { FeedReading } from './feed-reading.ts';

/** Between two drawings. */
export const GATHER_MS = 100;
/** More meters than a camp has; a server gone mad can't fill memory. */
const MOST_METERS = 2_000;

export interface Gathering {
  take(reading: FeedReading): void;
  clear(): void;
}

export function createGathering(handOn: (readings: readonly FeedReading[]) => void): Gathering {
  const gathered = new Map<string, FeedReading>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let handedOnAt = 0;

  function handAllOn(): void {
    timer = undefined;
    handedOnAt = Date.now();
    const readings = [...gathered.values()];
    gathered.clear();
    handOn(readings);
  }
  return {
    take(reading) {
      const before = gathered.get(reading.meter);
      if (before === undefined && gathered.size >= MOST_METERS) return;
      if (before !== undefined && before.at > reading.at) return;
      gathered.set(reading.meter, { ...reading, values: { ...before?.values, ...reading.values } });
      // The first after a pause goes on at once: a slow camp is as live as a fast one.
      timer ??= setTimeout(handAllOn, Math.max(0, handedOnAt + GATHER_MS - Date.now()));
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
      gathered.clear();
    },
  };
}
