/** Chance that can be had again: the same seed gives the same schedule. */

export interface Random {
  /** 0 (inclusive) to 1 (exclusive) */
  next(): number;
  /** a whole number, both ends included */
  between(from: number, to: number): number;
  pick<Choice>(choices: readonly Choice[]): Choice;
}

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = (seed * 0x9e3779b9) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    pick: <Choice>(choices: readonly Choice[]) => choices[between(0, choices.length - 1)] as Choice,
  };
}
