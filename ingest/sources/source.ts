/**
 * Where messages come from. Two sources implement this: a broker somebody runs, and the embedded one.
 * Both keep one promise: the sender is told "received" only after `settled` was called for its message.
 */
import type { InboundMessage } from '../decode/message.ts';

/**
 * Takes one message. The receiver calls `settled` once the message is durable (in the store, the spool or
 * the dead letters), in the order in which messages were handed over.
 */
export type Receive = (message: InboundMessage, settled: () => void) => void;

export type SourceEvent =
  | { readonly kind: 'connected'; readonly sessionPresent: boolean }
  | { readonly kind: 'disconnected' }
  /** the broker forgot our session: messages published meanwhile may be lost */
  | { readonly kind: 'session-lost' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'subscription-refused'; readonly filters: readonly string[] }
  /** the broker confirms that it sends nothing more for these */
  | { readonly kind: 'unsubscribed'; readonly filters: readonly string[] };

export interface Source {
  /** Resolves when the source takes messages or, for a broker elsewhere, has begun trying. @throws AppError */
  start(): Promise<void>;
  /** Replaces the set of topics listened to; what was in it before and no longer is, is unsubscribed. */
  subscribe(filters: readonly string[]): void;
  /** Best effort, QoS 0: the live topic, and what devices have to be asked. */
  publish(topic: string, payload: string | Uint8Array, options: { retain: boolean }): void;
  isConnected(): boolean;
  /** Stops taking messages; acknowledgements still go out until {@link close}. */
  pause(): Promise<void>;
  close(): Promise<void>;
}

/** What a broker's session of ours may be subscribed to, over restarts. */
export interface Subscriptions {
  /** filters that were asked for and are not known to be gone */
  standing(): readonly string[];
  /** To be called before `filters` are asked for. */
  note(filters: readonly string[]): void;
  /** The broker has confirmed that these are gone. */
  forget(filters: readonly string[]): void;
}
