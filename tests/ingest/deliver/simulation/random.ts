/** Chance that can be repeated: the same seed gives the same run. */
export interface Random {
  /** 0 (inclusive) to 1 (exclusive) */
  next(): number;
  chance(probability: number): boolean;
  /** from `low` to `high`, both inclusive */
  between(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
}

/** mulberry32 */
export function seededRandom(seed: number): Random {
  let state = (seed * 0x9e3779b1) >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (from) => from[between(0, from.length - 1)] as (typeof from)[number],
  };
}
