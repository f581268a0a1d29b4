/** A store that fails in every way a store can, as the weather of the run has it. */
import type { Reading } from '../../../../src/lib/energy/reading.ts';
import { AppError } from '../../../../src/lib/server/errors.ts';
import type { RejectedPoint } from '../../../../src/lib/server/store/store.ts';
import { isPoison, putReading, type Cells } from './publishers.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

export const WEATHERS = [
  'fair',
  'unavailable',
  'refusing',
  'stalling',
  'throttled',
  'half-done',
  'broken',
  'mixed',
] as const;
export type Weather = (typeof WEATHERS)[number];

export interface FaultStore {
  readonly cells: Cells;
  weather: Weather;
  write(readings: readonly Reading[]): Promise<{ rejected: RejectedPoint[] }>;
}

export function createFaultStore(time: VirtualTime, random: Random): FaultStore {
  const store: FaultStore = {
    cells: new Map(),
    weather: 'fair',
    write(readings) {
      const kind =
        store.weather === 'mixed'
          ? random.pick(WEATHERS)
          : // The best of weathers has its showers, the worst its bright moments.
            store.weather !== 'fair' && random.chance(0.05)
            ? 'fair'
            : store.weather;
      return answer(kind, readings);
    },
  };

  function answer(kind: Weather, readings: readonly Reading[]): Promise<{ rejected: RejectedPoint[] }> {
    switch (kind) {
      case 'fair':
      case 'mixed':
        return later(random.between(1, 40), () => {
          put(readings);
          const rejected = readings.filter(isPoison);
          return { rejected: rejected.map((reading) => ({ reading, reason: 'beyond the limits' })) };
        });
      case 'unavailable':
        return fail(random.between(1, 50), new AppError('STORE_UNAVAILABLE', '503', { retryable: true }));
      case 'stalling':
        return fail(
          random.between(5_000, 40_000),
          new AppError('STORE_UNAVAILABLE', 'no answer', { retryable: true }),
        );
      case 'throttled':
        return fail(
          random.between(1, 50),
          new AppError('STORE_UNAVAILABLE', '429', {
            retryable: true,
            retryAfterMs: random.between(0, 20_000),
          }),
        );
      case 'half-done':
        // Some of it, or all, is there; the answer never came.
        return later(random.between(1, 50), () => {
          put(readings.slice(0, random.between(0, readings.length)));
          throw new AppError('STORE_UNAVAILABLE', 'truncated', { retryable: true });
        });
      case 'refusing':
        return fail(random.between(1, 50), new AppError('STORE_REFUSED', '401', { retryable: false }));
      case 'broken':
        return fail(random.between(1, 50), new TypeError('nobody thought of this'));
    }
  }

  function fail(ms: number, error: Error): Promise<never> {
    return later(ms, () => {
      throw error;
    });
  }

  function later<T>(ms: number, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      time.after(ms, () => {
        try {
          resolve(work());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  function put(readings: readonly Reading[]): void {
    for (const reading of readings) if (!isPoison(reading)) putReading(store.cells, reading);
  }

  return store;
}
