/**
 * Divides a whole number among whole-number weights by the largest remainder (Hamilton's method), so
 * that the shares are whole numbers, add up to the total exactly, and none exceeds its weight.
 */

/**
 * Shares of `total` pro rata of `weights`, in their order. `total` above the sum of the weights is cut to it.
 * Equal remainders go to the earlier weight, so that the answer depends on nothing else.
 */
export function apportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (total <= 0 || sum <= 0) return weights.map(() => 0);
  if (total >= sum) return [...weights];
  const exact = weights.map((weight) => total * (weight / sum));
  const shares = exact.map((share, i) => Math.min(Math.floor(share), weights[i] ?? 0));
  let left = total - shares.reduce((a, b) => a + b, 0);
  const byRemainder = exact
    .map((share, i) => ({ i, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  while (left > 0) {
    for (const { i } of byRemainder) {
      const share = shares[i] ?? 0;
      if (left > 0 && share < (weights[i] ?? 0)) {
        shares[i] = share + 1;
        left -= 1;
      }
    }
  }
  return shares;
}
