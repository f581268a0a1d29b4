/**
 * The brake: stops reading a connection while more of its messages are unsettled than the window allows.
 *
 * A broker should send no more by itself. Mosquitto 2.0 does: once a resumed session has acknowledged anything, all that waits
 * for it comes at once, 200,000 messages where 20,000 were agreed upon. Without a brake they would all be in our memory.
 *
 * A connection that is not read does not see the answers to its pings, and MQTT.js would give it up. So while the brake holds
 * we ping in its place, and its patience begins anew each time.
 */
import type { Duplex } from 'node:stream';

/** Reading goes on when this share of the window is left unsettled: often enough for the broker to be busy meanwhile. */
const RELEASE_SHARE = 0.5;

export interface BrakeParts {
  readonly stream: Pick<Duplex, 'pause' | 'resume'>;
  /** unsettled messages that are allowed */
  readonly window: number;
  readonly keepaliveMs: number;
  /** tells the broker that we are there, and MQTT.js that the broker is */
  readonly ping: () => void;
}

export class Brake {
  readonly #parts: BrakeParts;
  #unsettled = 0;
  #pinging: NodeJS.Timeout | undefined;

  constructor(parts: BrakeParts) {
    this.#parts = parts;
  }

  /** A message was handed on. */
  noteTaken(): void {
    this.#unsettled += 1;
    const { stream, window, keepaliveMs, ping } = this.#parts;
    if (this.#unsettled <= window || this.#pinging !== undefined) return;
    stream.pause();
    this.#pinging = setInterval(ping, keepaliveMs / 3);
  }

  /** A message became durable. */
  noteSettled(): void {
    this.#unsettled -= 1;
    const { stream, window } = this.#parts;
    if (this.#pinging === undefined || this.#unsettled > window * RELEASE_SHARE) return;
    this.retire();
    stream.resume();
  }

  /** The connection is gone. */
  retire(): void {
    clearInterval(this.#pinging);
    this.#pinging = undefined;
  }
}
