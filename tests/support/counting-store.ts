/** A store that counts what it hands out: rows of the ledger, intervals, blocks of flows and readings. */
import type { Store } from '#lib/server/store/store.ts';

export interface CountingStore {
  readonly store: Store;
  /** handed out since it was made, or since the last {@link CountingStore.reset} */
  rows(): number;
  /** questions asked since then */
  questions(): number;
  reset(): void;
}

export function countingRows(counted: Store): CountingStore {
  let rows = 0;
  let questions = 0;
  async function count<T extends { readonly length: number }>(found: Promise<T>): Promise<T> {
    questions += 1;
    const all = await found;
    rows += all.length;
    return all;
  }
  return {
    store: {
      ...counted,
      readLedger: (query) => count(counted.readLedger(query)),
      readIntervals: (meters, range) => count(counted.readIntervals(meters, range)),
      readFlows: (meters, range) => count(counted.readFlows(meters, range)),
      readReadings: (meter, range) => count(counted.readReadings(meter, range)),
    },
    rows: () => rows,
    questions: () => questions,
    reset: () => {
      rows = 0;
      questions = 0;
    },
  };
}
