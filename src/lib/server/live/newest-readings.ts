/**
 * The newest reading of each meter and its fan-out to whoever watches the meter's camp. Each meter is passed
 * on at once, then at most once a second; what comes faster is replaced by what is newer. Bounded: neither
 * meters nor watchers grow past their limit. Knows nothing of MQTT or HTTP.
 */
import type { LiveReading } from './live-message.ts';

export type Listener = (reading: LiveReading) => void;

export interface NewestReadings {
  take(reading: LiveReading): void;
  /** Hears the camp's newest readings at once and every newer one; undefined when there are too many watchers. */
  watch(camp: { mission: string; camp: string }, listener: Listener): (() => void) | undefined;
  readonly watchers: number;
  clear(): void;
}

/** One meter: its newest reading, passed on at once and then at most every `everyMs`. */
function createPlace(first: LiveReading, everyMs: number, send: (reading: LiveReading) => void) {
  let newest = first;
  let sentAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function pass(): void {
    timer = undefined;
    sentAt = Date.now();
    send(newest);
  }
  pass();
  return {
    get newest() {
      return newest;
    },
    offer(reading: LiveReading): void {
      // Late readings belong to the store; a live picture only moves forward. The same instant comes again when
      // a device tells its quantities in several messages, and then it says more than before.
      if (reading.at < newest.at) return;
      newest = reading;
      if (timer !== undefined) return;
      const wait = sentAt + everyMs - Date.now();
      if (wait <= 0) pass();
      else timer = setTimeout(pass, wait).unref();
    },
    stop(): void {
      clearTimeout(timer);
    },
  };
}

interface Camp {
  readonly places: Map<string, ReturnType<typeof createPlace>>;
  readonly listeners: Set<Listener>;
}

export function createNewestReadings(limits: {
  meters: number;
  watchers: number;
  /** ms between two readings of one meter */
  everyMs: number;
}): NewestReadings {
  const camps = new Map<string, Camp>();
  let meters = 0;
  let watchers = 0;

  function campAt(key: string): Camp {
    let camp = camps.get(key);
    if (camp === undefined) camps.set(key, (camp = { places: new Map(), listeners: new Set() }));
    return camp;
  }

  return {
    take(reading) {
      const key = `${reading.mission}/${reading.camp}`;
      const known = camps.get(key)?.places.get(reading.meter);
      if (known !== undefined) return known.offer(reading);
      if (meters >= limits.meters) return;
      meters += 1;
      const { places, listeners } = campAt(key);
      const tellAll = (newest: LiveReading): void => {
        for (const listener of listeners) listener(newest);
      };
      places.set(reading.meter, createPlace(reading, limits.everyMs, tellAll));
    },
    watch({ mission, camp }, listener) {
      if (watchers >= limits.watchers) return undefined;
      const key = `${mission}/${camp}`;
      const { places, listeners } = campAt(key);
      watchers += 1;
      listeners.add(listener);
      for (const place of places.values()) listener(place.newest);
      return () => {
        if (!listeners.delete(listener)) return;
        watchers -= 1;
        if (places.size === 0 && listeners.size === 0) camps.delete(key);
      };
    },
    get watchers() {
      return watchers;
    },
    clear() {
      for (const { places } of camps.values()) for (const place of places.values()) place.stop();
      camps.clear();
      meters = 0;
      watchers = 0;
    },
  };
}
