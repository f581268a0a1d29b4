/**
 * The link to a camp's live readings: server-sent events with a reconnection of our own, because a browser gives up
 * for good on an answer that is no stream (a 503 while the server restarts). It closes in a hidden tab, knows when this
 * computer is offline, notices a line that is open and dead and a laptop that slept, and says which of these it is. Nothing here is of the
 * browser but by argument, so that tests play it.
 */
import { parseFeedReading, parseFeedSilence, type FeedReading, type FeedSilence } from './feed-reading.ts';
import { createGathering, type Gathering } from './gathering.ts';

export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** the tab is hidden */
  | { readonly kind: 'paused' }
  /** this computer has no network */
  | { readonly kind: 'offline' }
  /** epoch ms of the next attempt, by this computer's clock */
  | { readonly kind: 'waiting'; readonly retryAt: number };

/** The part of EventSource that is used. */
export interface EventLine {
  addEventListener(name: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

export interface Surroundings {
  readonly open: (address: string) => EventLine;
  readonly isHidden: () => boolean;
  readonly isOffline: () => boolean;
  /** Hears when either changes or the page comes back from the cache; returns the way to stop. */
  readonly onChange: (listener: () => void) => () => void;
  /** 0..1 */
  readonly random: () => number;
}

export interface LinkEvents {
  readonly onState: (state: LinkState) => void;
  /** the newest of each meter since the last call */
  readonly onReadings: (readings: readonly FeedReading[]) => void;
  /** a device left, or came back */
  readonly onSilence: (silence: FeedSilence) => void;
  readonly onBroker: (isConnected: boolean) => void;
  /** the link stands again after so long that what the page shows beside the newest readings is old */
  readonly onGap: () => void;
}

export const FIRST_RETRY_MS = 1_000;
export const LONGEST_RETRY_MS = 30_000;
/** The server says something every 15 s; twice that and a little more is a dead line. */
export const DEAD_AFTER_MS = 40_000;
/** A shorter break leaves no hole anybody sees. */
export const GAP_MS = 10_000;
const WATCH_MS = 5_000;

export class LiveLink {
  readonly #address: string;
  readonly #events: LinkEvents;
  readonly #around: Surroundings;
  readonly #gathered: Gathering;
  #line: EventLine | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #retryMs = FIRST_RETRY_MS;
  #heardAt = 0;
  /** since when nothing is followed; null while all is well */
  #brokenAt: number | null = null;

  constructor(address: string, events: LinkEvents, around: Surroundings) {
    this.#address = address;
    this.#events = events;
    this.#around = around;
    this.#gathered = createGathering(events.onReadings);
  }

  /** Starts, and stops for good with what it returns. */
  readonly run = (): (() => void) => {
    const stopListening = this.#around.onChange(() => {
      this.#follow();
    });
    const watcher = setInterval(() => {
      this.#watch();
    }, WATCH_MS);
    this.#follow();
    return () => {
      stopListening();
      clearInterval(watcher);
      this.#gathered.clear();
      this.#disconnect();
    };
  };

  #follow(): void {
    if (this.#around.isHidden()) {
      this.#disconnect();
      this.#events.onState({ kind: 'paused' });
    } else if (this.#around.isOffline()) {
      this.#disconnect();
      this.#events.onState({ kind: 'offline' });
    } else {
      this.#retryMs = FIRST_RETRY_MS;
      this.#connect();
    }
  }

  #connect(): void {
    this.#disconnect();
    this.#events.onState({ kind: 'connecting' });
    this.#heardAt = Date.now();
    const line = this.#around.open(this.#address);
    this.#line = line;
    const hear = (name: string, listener: (data: unknown) => void): void => {
      line.addEventListener(name, ({ data }) => {
        this.#heardAt = Date.now();
        listener(data);
      });
    };
    hear('open', () => {
      this.#opened();
    });
    hear('beat', () => undefined);
    hear('reading', (data) => {
      const reading = parseFeedReading(data);
      if (reading !== undefined) this.#gathered.take(reading);
    });
    hear('silence', (data) => {
      const silence = parseFeedSilence(data);
      if (silence !== undefined) this.#events.onSilence(silence);
    });
    hear('broker', (data) => {
      this.#events.onBroker(data !== '{"connected":false}');
    });
    line.addEventListener('error', () => {
      this.#retryLater();
    });
  }

  #opened(): void {
    this.#retryMs = FIRST_RETRY_MS;
    this.#events.onState({ kind: 'live' });
    const isOld = this.#brokenAt !== null && Date.now() - this.#brokenAt >= GAP_MS;
    this.#brokenAt = null;
    if (isOld) this.#events.onGap();
  }

  #retryLater(): void {
    this.#disconnect();
    // Jitter, so that a restarted server does not meet all browsers in one moment.
    const waitMs = this.#retryMs * (0.5 + this.#around.random());
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
    this.#events.onState({ kind: 'waiting', retryAt: Date.now() + waitMs });
    this.#retryTimer = setTimeout(() => {
      this.#connect();
    }, waitMs);
  }

  #disconnect(): void {
    clearTimeout(this.#retryTimer);
    if (this.#line !== undefined) this.#brokenAt ??= this.#heardAt;
    this.#line?.close();
    this.#line = undefined;
  }

  /** A half-open line and a computer that slept look alike: nothing was heard for too long. */
  #watch(): void {
    if (this.#line !== undefined && Date.now() - this.#heardAt > DEAD_AFTER_MS) this.#connect();
  }
}

/** The browser as it is. */
export const BROWSER: Surroundings = {
  open: (address) => new EventSource(address),
  isHidden: () => document.hidden,
  // A browser that is not sure says it is online: then the attempt itself tells.
  isOffline: () => !navigator.onLine,
  onChange(listener) {
    const targets = [
      [document, 'visibilitychange'],
      [window, 'online'],
      [window, 'offline'],
      [window, 'pageshow'],
    ] as const;
    const changed = (event: Event): void => {
      // The first `pageshow` is the page's own beginning.
      if (event.type !== 'pageshow' || (event as PageTransitionEvent).persisted) listener();
    };
    for (const [target, name] of targets) target.addEventListener(name, changed);
    return () => {
      for (const [target, name] of targets) target.removeEventListener(name, changed);
    };
  },
  random: () => Math.random(),
};
