/** The camp as the page shows it: what the server knew when it rendered, and what has arrived since. */
import { powerFlow, type PowerFlow } from './power-flow.ts';
import { viewMeter, type Latest, type MeterCard, type MeterView } from './meter-view.ts';
import { copyOf, recordOf, withEntry, type SlugRecord } from './slug-record.ts';
import { EMPTY_TRACE, traceReading, type Trace, type TracePart } from './trace.ts';
import type { FeedReading, FeedSilence } from './feed-reading.ts';

export interface CampStart {
  readonly cards: readonly MeterCard[];
  readonly latest: readonly ({ readonly meter: string } & Latest)[];
  readonly trace: {
    readonly lines: Trace['lines'];
    readonly parts: readonly (readonly [string, TracePart])[];
  };
  /** epoch ms by the server's clock */
  readonly at: number;
  readonly gridFraction: number;
}

export class CampLive {
  /** epoch ms by the server's clock; ages are told by it, because a laptop's clock may be wrong */
  now: number = $state(0);
  #latest = $state.raw<SlugRecord<Latest>>({});
  trace: Trace = $state.raw(EMPTY_TRACE);
  /** who left, or came back, since the page was made */
  #silences = $state.raw<SlugRecord<FeedSilence>>({});
  readonly #cards: readonly MeterCard[];
  readonly #gridFraction: number;

  constructor(start: CampStart) {
    this.#cards = start.cards;
    this.#gridFraction = start.gridFraction;
    this.now = start.at;
    this.#latest = recordOf(start.latest.map(({ meter, at, values }) => [meter, { at, values }]));
    this.trace = { lines: start.trace.lines, parts: recordOf(start.trace.parts) };
  }

  readonly meters: readonly MeterView[] = $derived.by(() =>
    this.#cards.map((card) => {
      const { gone } = this.#silences[card.meter] ?? card;
      return viewMeter({ ...card, gone }, this.#latest[card.meter], this.now);
    }),
  );
  readonly flow: PowerFlow = $derived.by(() => powerFlow(this.meters, this.#gridFraction));

  /** Moves the clock; `offset` is what to add to this computer's time to have the server's. */
  tick(offset: number): void {
    this.now = Date.now() + offset;
  }

  takeSilence(silence: FeedSilence): void {
    this.#silences = withEntry(this.#silences, silence.meter, silence);
  }

  /** All at once, so that the page is drawn once. A meter nobody knew when the page was loaded appears with the next load. */
  take(readings: readonly FeedReading[]): void {
    const latest = copyOf(this.#latest);
    let { now, trace } = this;
    for (const { meter, at, values } of readings) {
      const card = this.#cards.find((each) => each.meter === meter);
      const before = latest[meter];
      if (card === undefined || (before !== undefined && before.at > at)) continue;
      latest[meter] = { at, values: { ...before?.values, ...values } };
      now = Math.max(now, at);
      if (card.source !== null && values.activePowerW !== undefined)
        trace = traceReading(trace, { meter, source: card.source, at, powerW: values.activePowerW });
    }
    this.#latest = latest;
    this.now = now;
    this.trace = trace;
  }
}
