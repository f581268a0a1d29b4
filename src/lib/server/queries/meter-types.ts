/** What is said of meters: in the list of all, and on the live page. */
import type { Quantity } from '../../energy/quantity.ts';
import type { Values } from '../../energy/reading.ts';
import type { MeterSilence, Staleness } from '../../energy/silence.ts';
import type { Ownership, Source } from '../../energy/source.ts';

export interface MeterStatus {
  readonly mission: string;
  readonly camp: string;
  readonly meter: string;
  readonly name: string;
  readonly source: Source | null;
  readonly ratedW: number | null;
  /** false for a meter that publishes and that nobody has registered */
  readonly registered: boolean;
  /** RFC 3339, or null when it never published */
  readonly lastSeenAt: string | null;
  readonly lastReading: Values | null;
  /** true when its device is known to have gone, or it is silent for longer than its expected interval allows */
  readonly stale: boolean;
  /** RFC 3339: from when nothing it said holds; null while it speaks, or when it never did */
  readonly staleSince: string | null;
  /** `overdue` where nobody said that it has gone */
  readonly staleCause: Staleness['cause'] | null;
  /** 0..1 over the last 30 days; null when nothing is expected */
  readonly coverage: number | null;
  /** the same of each of the 30 UTC days, the oldest first; empty for an unregistered meter */
  readonly coverageByDay: readonly (number | null)[];
}

/** Epoch ms of values that were told before the meter's newest reading. */
export type ToldAt = Readonly<Partial<Record<Quantity, number>>>;

export interface MetersAnswer {
  readonly meters: readonly MeterStatus[];
}

/** A meter as the live page starts from: what it is, and what it said last. */
export interface MeterNow {
  readonly meter: string;
  readonly name: string;
  readonly source: Source | null;
  readonly ownership: Ownership | null;
  readonly ratedW: number | null;
  readonly tankL: number | null;
  readonly registered: boolean;
  readonly lastValues: Values | null;
  readonly lastSeenAt: string | null;
  /** seconds since it last spoke; null when it never did */
  readonly ageS: number | null;
  readonly stale: boolean;
  /** seconds of silence after which it counts as stale */
  readonly staleAfterS: number;
  /** its device is known to have gone at `since`, epoch ms; what it says later tells that it is back */
  readonly gone: MeterSilence['silent'];
}
