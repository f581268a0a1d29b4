/**
 * Chance that remembers: every value is a pure function of a seed and a place in time, so that history, live
 * readings and a restart all see the same weather, loads and faults without any stored state.
 */

/** A seed for a text, so that each meter has its own chance (FNV-1a). */
export function seedOf(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Evenly spread over 0..1, a pure function of the seed and an integer. */
export function chance(seed: number, index: number): number {
  let hash = Math.imul(seed ^ Math.imul(index, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2f);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
}

/** A smooth curve through `chance` at every integer: 0..1, continuous in `x`. */
export function drift(seed: number, x: number): number {
  const index = Math.floor(x);
  const part = x - index;
  const weight = part * part * (3 - 2 * part);
  return chance(seed, index) * (1 - weight) + chance(seed, index + 1) * weight;
}
