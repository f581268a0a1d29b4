/**
 * The readings of all meters at every quarter-hour, as the messages that carry them: an array of one UTC day
 * per meter for the past, an array of one when a quarter-hour has just begun. Days come in time order; what
 * a fault holds back comes when the fault is over. The same object serves the first history, a restart,
 * the gap of a broker's outage and live operation, so none of them can leave a hole.
 */
import { encoderOf, headOf } from './encode.ts';
import { deliveryOf, faultsOf, type Delivery } from './faults.ts';
import { nativeTopic } from './devices.ts';
import { DAY_MS, QUARTER_MS, placeCamps, type PlacedCamp, type Scenario } from './scenario.ts';
import type { MeterTrack } from './track.ts';
import { STEPS } from './weather.ts';

export interface Outgoing {
  readonly kind: 'message';
  readonly topic: string;
  readonly payload: string;
  readonly readings: number;
}

/** Everything up to and including `until` has been handed out. */
export interface Milestone {
  readonly kind: 'milestone';
  readonly until: number;
}

interface Feed {
  readonly track: MeterTrack;
  readonly topic: string;
  readonly encode: (head: string, step: number) => string;
  readonly delivery: ((hour: number) => Delivery) | undefined;
  readonly isHoldingBack: boolean;
  /** readings held back, joined by commas */
  held: string;
  heldCount: number;
}

export class History {
  readonly camps: readonly PlacedCamp[];
  readonly #scenario: Scenario;
  readonly #feeds: readonly Feed[];
  /** The quarter-hour of the scenario that comes next. */
  #next = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.camps = placeCamps(scenario);
    this.#feeds = this.camps.flatMap((camp) => camp.meters.map(feedOf));
  }

  /** The messages of every quarter-hour not yet handed out that has begun at `now`, lazily; a milestone a day. */
  *upTo(now: number): Generator<Outgoing | Milestone> {
    yield* this.#walk(now, true);
  }

  /** Goes on as if everything up to `until` had been handed out. */
  skipTo(until: number): void {
    for (const item of this.#walk(until, false)) if (item.kind === 'message') continue;
  }

  *#walk(now: number, isWanted: boolean): Generator<Outgoing | Milestone> {
    const { startAt } = this.#scenario;
    const last = Math.floor((now - startAt) / QUARTER_MS);
    while (this.#next <= last) {
      const first = this.#next;
      const day = Math.floor(first / STEPS);
      const end = Math.min(last, day * STEPS + STEPS - 1);
      for (const camp of this.camps) while (camp.day() < day) camp.nextDay();
      const heads = headsOf(startAt + day * DAY_MS);
      for (const feed of this.#feeds) {
        if (!isWanted && !feed.isHoldingBack) continue;
        if (day >= feed.track.plan.sinceDay) yield* messagesOf(feed, heads, day, first % STEPS, end % STEPS);
      }
      this.#next = end + 1;
      yield { kind: 'milestone', until: startAt + end * QUARTER_MS };
    }
  }
}

function feedOf(track: MeterTrack): Feed {
  return {
    track,
    topic: nativeTopic(track.key),
    encode: encoderOf(track),
    delivery: deliveryOf(track.key),
    isHoldingBack: faultsOf(track.key).some(({ kind }) => kind === 'late'),
    held: '',
    heldCount: 0,
  };
}

function headsOf(dayAt: number): readonly string[] {
  return Array.from({ length: STEPS }, (_, step) => headOf(dayAt + step * QUARTER_MS));
}

/** One meter's quarters `from`..`to` of a day: what it sends, then what it had held back and now lets go. */
function* messagesOf(
  feed: Feed,
  heads: readonly string[],
  day: number,
  from: number,
  to: number,
): Generator<Outgoing> {
  const { topic, encode, delivery } = feed;
  let sent = '';
  let count = 0;
  let state: Delivery = 'sent';
  for (let step = from; step <= to; step++) {
    if (delivery) state = delivery(day * 24 + step / 4);
    if (state === 'lost') continue;
    const reading = encode(heads[step] ?? '', step);
    if (state === 'late') {
      feed.held += feed.held === '' ? reading : `,${reading}`;
      feed.heldCount++;
    } else {
      sent += count === 0 ? reading : `,${reading}`;
      count++;
    }
  }
  if (count > 0) yield { kind: 'message', topic, payload: `[${sent}]`, readings: count };
  if (feed.heldCount > 0 && state !== 'late') {
    yield { kind: 'message', topic, payload: `[${feed.held}]`, readings: feed.heldCount };
    feed.held = '';
    feed.heldCount = 0;
  }
  yield* oddMessages(feed, heads[to] ?? '', day, from);
}

/** What faulty meters say besides: once every few days at midnight. */
function* oddMessages(feed: Feed, head: string, day: number, from: number): Generator<Outgoing> {
  if (from !== 0) return;
  for (const fault of faultsOf(feed.track.key)) {
    const message = (payload: string): Outgoing => ({
      kind: 'message',
      topic: feed.topic,
      payload,
      readings: 0,
    });
    if (fault.kind === 'malformed' && day % fault.everyDays === 0) yield message(head);
    if (fault.kind === 'no-clock' && day % 30 === 0) yield message(withoutClock(feed.track, 0));
  }
}

/** A reading by a meter that does not know the time. */
export function withoutClock(track: MeterTrack, step: number): string {
  return `{"activePowerW":${track.day.powerW[step]},"energyForwardWh":${track.day.forwardWh[step]}}`;
}
