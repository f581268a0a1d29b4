/**
 * A sparkline of shares as SVG paths, for the server to draw. A month without a share breaks the line; a month
 * alone between two gaps is a dot. The scale is always 0..1, so that two missions can be compared by eye. Pure.
 */
export interface Sparkline {
  readonly path: string;
  /** months that stand alone, and the newest one */
  readonly dots: readonly { readonly x: number; readonly y: number; readonly isLast: boolean }[];
}

export function sparkline(
  shares: readonly (number | null)[],
  { width, height }: { width: number; height: number },
): Sparkline {
  const step = shares.length > 1 ? width / (shares.length - 1) : 0;
  const place = (index: number, share: number) => ({
    x: Math.round(index * step * 10) / 10,
    y: Math.round((1 - Math.min(1, Math.max(0, share))) * height * 10) / 10,
  });
  const last = shares.findLastIndex((share) => share !== null);
  const dots: { x: number; y: number; isLast: boolean }[] = [];
  let path = '';
  for (const [index, share] of shares.entries()) {
    if (share === null) continue;
    const { x, y } = place(index, share);
    const isJoined = (shares[index - 1] ?? null) !== null;
    const isAlone = !isJoined && (shares[index + 1] ?? null) === null;
    path += isAlone ? '' : `${isJoined ? 'L' : 'M'}${String(x)} ${String(y)}`;
    if (isAlone || index === last) dots.push({ x, y, isLast: index === last });
  }
  return { path, dots };
}
