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

/** How long a source's line waits for the rest of its meters to speak for the first time. */
const FIRST_WORDS_MS = 120_000;

/**
 * The trace of readings already there. A source's line begins once all of its meters have spoken that speak within
 * its first two minutes: before that, the sum of some of them would pass for the sum of all.
 */
export function traceOf(events: readonly TraceEvent[]): Trace {
  const sorted = [...events].sort((a, b) => a.at - b.at);
  const { lines, parts } = sorted.reduce(traceReading, EMPTY_TRACE);
  const whole = (Object.entries(lines) as [Source, readonly Sample[]][]).map(([source, line]) => {
    const from = wholeFrom(sorted.filter((event) => event.source === source));
    return [source, line.filter(({ at }) => at >= from)] as const;
  });
  return { lines: Object.fromEntries(whole), parts };
}

/** The instant from which every early meter of one source has spoken. */
function wholeFrom(events: readonly TraceEvent[]): number {
  const start = events[0]?.at ?? 0;
  const firstByMeter = new Map<string, number>();
  for (const { meter, at } of events) if (!firstByMeter.has(meter)) firstByMeter.set(meter, at);
  return Math.max(start, ...[...firstByMeter.values()].filter((at) => at - start <= FIRST_WORDS_MS));
}
