/**
 * Which seeds to run. `BLUEWATT_SEED=17` replays one in every test that takes seeds, `BLUEWATT_SEED=100..140`
 * runs a range of them; without it each test runs its own few.
 */

/** @throws RangeError when BLUEWATT_SEED is neither a seed nor a range */
export function seedsToRun(own: readonly number[]): readonly number[] {
  const wanted = process.env['BLUEWATT_SEED'];
  if (wanted === undefined || wanted === '') return own;
  const [, from, to = from] = /^(\d+)(?:\.\.(\d+))?$/.exec(wanted) ?? [];
  if (from === undefined || Number(to) < Number(from)) {
    throw new RangeError(
      `BLUEWATT_SEED is ${JSON.stringify(wanted)}; expected a seed, or a range such as 100..140`,
    );
  }
  return seedsFrom(Number(from), Number(to) - Number(from) + 1);
}

export function seedsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
