/**
 * A camp's live readings in the browser: server-sent events with a reconnection of our own, because a browser
 * gives up for good on an answer that is no stream (a 503 while the server restarts). Silent in a hidden tab.
 */
import type { Values } from '#lib/energy/reading.ts';
import { isQuantity } from '#lib/energy/quantity.ts';

export type FeedState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'waiting'; readonly retryAt: number };

export interface FeedReading {
  readonly meter: string;
  /** epoch ms */
  readonly at: number;
  readonly values: Values;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

function parseReading(data: unknown): FeedReading | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const body = JSON.parse(data) as { meter?: unknown; at?: unknown; values?: unknown };
    const at = Date.parse(String(body.at));
    if (typeof body.meter !== 'string' || Number.isNaN(at)) return undefined;
    const values: Values = {};
    for (const [name, value] of Object.entries(body.values ?? {})) {
      if (isQuantity(name) && typeof value === 'number') values[name] = value;
    }
    return { meter: body.meter, at, values };
  } catch {
    return undefined;
  }
}

export class LiveFeed {
  state = $state.raw<FeedState>({ kind: 'connecting' });
  /** false while the server itself has no broker to hear from */
  hasBroker = $state(true);
  readonly #address: string;
  readonly #onReading: (reading: FeedReading) => void;
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryMs = FIRST_RETRY_MS;

  constructor(address: string, onReading: (reading: FeedReading) => void) {
    this.#address = address;
    this.#onReading = onReading;
  }

  /** Starts, and stops again with what it returns. */
  readonly run = (): (() => void) => {
    const follow = () => {
      if (document.hidden) this.#pause();
      else this.#connect();
    };
    document.addEventListener('visibilitychange', follow);
    follow();
    return () => {
      document.removeEventListener('visibilitychange', follow);
      this.#stop();
    };
  };

  #connect(): void {
    this.#stop();
    this.state = { kind: 'connecting' };
    const source = new EventSource(this.#address);
    this.#source = source;
    source.addEventListener('open', () => {
      this.#retryMs = FIRST_RETRY_MS;
      this.state = { kind: 'live' };
    });
    source.addEventListener('reading', (event: MessageEvent) => {
      const reading = parseReading(event.data);
      if (reading !== undefined) this.#onReading(reading);
    });
    source.addEventListener('broker', (event: MessageEvent) => {
      this.hasBroker = event.data !== '{"connected":false}';
    });
    source.addEventListener('error', () => {
      this.#retryLater();
    });
  }

  #retryLater(): void {
    this.#stop();
    // Jitter, so that a restarted server does not meet all browsers in one moment.
    const waitMs = this.#retryMs * (0.5 + Math.random());
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
    this.state = { kind: 'waiting', retryAt: Date.now() + waitMs };
    this.#timer = setTimeout(() => {
      this.#connect();
    }, waitMs);
  }

  #pause(): void {
    this.#stop();
    this.state = { kind: 'paused' };
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }
}
