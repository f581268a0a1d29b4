/**
 * The live topic: the newest normalised reading of each meter, republished retained at
 * `bluewatt/live/{mission}/{camp}/{meter}`, at most once a second a meter. A device that tells power and
 * registers in separate messages shows as one reading: the newest value of each quantity. A meter whose
 * transformer is clamped backwards shows the right way round.
 */
import { turnedRound } from '#lib/energy/direction.ts';
import type { MeterRef, Reading, Values } from '#lib/energy/reading.ts';

const MIN_PERIOD_MS = 1_000;

export type PublishLive = (topic: string, payload: string) => void;

export interface LivePublisher {
  /** Notes decoded readings. Cheap: nothing is published here. */
  note(readings: readonly Reading[]): void;
  /** Publishes what is due at `now` (epoch ms). To be called a few times a second. */
  publishDue(now: number): void;
  readonly counters: { published: number };
}

interface Newest {
  readonly meter: MeterRef;
  at: number;
  values: Values;
  publishedAt: number;
  isDue: boolean;
}

export function createLivePublisher(
  publish: PublishLive,
  isInverted: (meter: MeterRef) => boolean,
): LivePublisher {
  const byMeter = new Map<string, Newest>();
  const due = new Set<Newest>();
  const counters = { published: 0 };

  function note({ meter, at, values }: Reading): void {
    const known = byMeter.get(meter.key);
    if (known === undefined) {
      const newest = { meter, at, values, publishedAt: 0, isDue: true };
      byMeter.set(meter.key, newest);
      due.add(newest);
      return;
    }
    // A backlog that comes late is history, not news.
    if (at < known.at) return;
    known.at = at;
    known.values = replacesAll(values, known.values) ? values : { ...known.values, ...values };
    if (!known.isDue) {
      known.isDue = true;
      due.add(known);
    }
  }

  return {
    counters,
    note(readings) {
      for (const reading of readings) note(reading);
    },
    publishDue(now) {
      for (const newest of due) {
        if (now - newest.publishedAt < MIN_PERIOD_MS) continue;
        due.delete(newest);
        newest.isDue = false;
        newest.publishedAt = now;
        counters.published += 1;
        publish(`bluewatt/live/${newest.meter.key}`, payloadOf(newest, isInverted));
      }
    },
  };
}

function payloadOf({ meter, at, values }: Newest, isInverted: (meter: MeterRef) => boolean): string {
  return JSON.stringify({ at, ...(isInverted(meter) ? turnedRound(values) : values) });
}

/** Whether `next` tells every quantity that `previous` did: the usual case, and then nothing is copied. */
function replacesAll(next: Values, previous: Values): boolean {
  for (const quantity in previous) if (!(quantity in next)) return false;
  return true;
}
