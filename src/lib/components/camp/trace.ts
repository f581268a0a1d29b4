/**
 * The last minutes as one line per source. Meters of one source speak at different moments: each reading
 * renews its meter's part of the source's sum. Bounded by time and by count. Pure.
 */
import { pushSample, type Sample } from '#lib/charts/trace.ts';
import type { Source } from '#lib/energy/source.ts';
import { recordOf, withEntry, type SlugRecord } from './slug-record.ts';

export const TRACE_MINUTES = 10;
export const TRACE_MS = TRACE_MINUTES * 60_000;
/** Samples kept per source: one a second for the whole width. */
const MAX_SAMPLES = 600;

export interface TraceEvent {
  readonly meter: string;
  readonly source: Source;
  /** epoch ms */
  readonly at: number;
  readonly powerW: number;
}

export interface TracePart {
  readonly source: Source;
  readonly powerW: number;
  readonly at: number;
}

export interface Trace {
  readonly lines: Readonly<Partial<Record<Source, readonly Sample[]>>>;
  /** the newest power of each meter */
  readonly parts: SlugRecord<TracePart>;
}

export const EMPTY_TRACE: Trace = { lines: {}, parts: recordOf([]) };

/** Takes one reading in. A part older than the trace is wide no longer counts. */
export function traceReading(trace: Trace, { meter, source, at, powerW }: TraceEvent): Trace {
  const before = trace.parts[meter];
  if (before !== undefined && before.at >= at) return trace;
  const parts = withEntry(trace.parts, meter, { source, powerW, at });
  const since = at - TRACE_MS;
  let sumW = 0;
  for (const part of Object.values(parts)) {
    if (part?.source === source && part.at >= since) sumW += part.powerW;
  }
  const line = pushSample(trace.lines[source] ?? [], { at, powerW: sumW }, { limit: MAX_SAMPLES, since });
  return { lines: { ...trace.lines, [source]: line }, parts };
}
