/**
 * The places of a waterfall's bars, for a server-rendered SVG a row: from where the share stood, part by part, to
 * where it stands. The axis is cut to what moves, so the two ends are marks and not bars. Pure.
 */
export interface WaterfallBar {
  /** per cent of the width, from the left */
  readonly fromPct: number;
  readonly widthPct: number;
  /** where the running total stands after this part */
  readonly afterPct: number;
}

export interface Waterfall {
  readonly startPct: number;
  readonly endPct: number;
  readonly bars: readonly WaterfallBar[];
}

/** The narrowest axis, in percentage points: a change of a tenth must not look like a landslide. */
const MIN_SPAN = 4;

/** `start` in percentage points of share; `parts` are signed changes of it, in order. */
export function waterfall(start: number, parts: readonly number[]): Waterfall {
  const totals = parts.reduce<number[]>((sums, part) => [...sums, (sums.at(-1) ?? start) + part], []);
  const low = Math.min(start, ...totals);
  const high = Math.max(start, ...totals);
  const pad = Math.max((MIN_SPAN - (high - low)) / 2, (high - low) * 0.06);
  const [min, max] = [low - pad, high + pad];
  const place = (points: number): number => Math.round(((points - min) / (max - min)) * 10_000) / 100;
  const bars = totals.map((total, index): WaterfallBar => {
    const before = totals[index - 1] ?? start;
    const fromPct = place(Math.min(before, total));
    return { fromPct, widthPct: place(Math.max(before, total)) - fromPct, afterPct: place(total) };
  });
  return { startPct: place(start), endPct: place(totals.at(-1) ?? start), bars };
}
