/**
 * The last minutes of power as lines: a bounded ring of samples for each source and the SVG paths drawn from
 * them. A silence longer than `maxGapMs` breaks the line; nothing is drawn where nothing was heard. Pure.
 */
export interface Sample {
  /** epoch ms */
  readonly at: number;
  readonly powerW: number;
}

export interface TraceFrame {
  /** epoch ms of the left and the right edge */
  readonly from: number;
  readonly to: number;
  /** W at the bottom and the top */
  readonly minW: number;
  readonly maxW: number;
  readonly width: number;
  readonly height: number;
}

/** Adds a sample in order of time, keeping at most `limit` and none before `since`. Late ones are left out. */
export function pushSample(
  samples: readonly Sample[],
  sample: Sample,
  { limit, since }: { limit: number; since: number },
): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.at <= last.at) return samples;
  const kept = samples.filter(({ at }) => at >= since);
  kept.push(sample);
  return kept.length > limit ? kept.slice(-limit) : kept;
}

/** An SVG path of the samples inside the frame; empty when there is nothing to draw. */
export function tracePath(samples: readonly Sample[], frame: TraceFrame, maxGapMs: number): string {
  const spanMs = frame.to - frame.from;
  const spanW = frame.maxW - frame.minW;
  if (spanMs <= 0 || spanW <= 0) return '';
  let path = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  for (const { at, powerW } of samples) {
    if (at < frame.from || at > frame.to) continue;
    const x = round(((at - frame.from) / spanMs) * frame.width);
    const y = round((1 - (powerW - frame.minW) / spanW) * frame.height);
    path += `${at - lastAt > maxGapMs ? 'M' : 'L'}${String(x)} ${String(y)}`;
    lastAt = at;
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Round numbers from 0 (or below) past the largest value, for axis labels; at most five steps. */
export function niceTicks(minW: number, maxW: number): number[] {
  const low = Math.min(0, minW);
  const high = Math.max(low + 1, maxW);
  const rough = (high - low) / 4;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((part) => part * magnitude).find((size) => size >= rough) ?? rough;
  const ticks: number[] = [];
  for (let tick = Math.floor(low / step) * step; tick < high + step; tick += step) ticks.push(tick);
  return ticks;
}
