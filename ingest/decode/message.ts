/**
 * What the rooms of the worker hand each other: a message as it came in, and what decoding made of it.
 * Decoding never throws; what it cannot use comes back as a rejection that says what, where and why.
 */
import type { Reading } from '#lib/energy/reading.ts';

export interface InboundMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** a retained message is state the broker remembered, never a new reading */
  readonly retain: boolean;
  /** epoch ms, UTC */
  readonly receivedAt: number;
  /** absent means 1; 0 is best effort: nobody waits for an acknowledgement */
  readonly qos?: 0 | 1 | 2;
}

/** Why a message, or one value of it, was not taken. Each has a paragraph in docs/errors.md. */
export const REJECTION_REASONS = [
  'topic-unknown',
  'topic-invalid',
  'device-unassigned',
  'payload-empty',
  'payload-too-large',
  'payload-not-json',
  'payload-wrong-shape',
  'time-missing',
  'time-invalid',
  'time-too-old',
  'time-in-future',
  'beyond-retention',
  'value-not-a-number',
  'value-out-of-range',
  'no-known-quantity',
  'birth-missing',
  'retained',
  'store-refused',
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

export interface Rejection {
  readonly reason: RejectionReason;
  /** one sentence for a person: what was found, where, what was expected */
  readonly detail: string;
}

export interface Decoded {
  readonly readings: readonly Reading[];
  /** not empty when the message, or a part of it, was not taken; the message is then kept whole */
  readonly rejections: readonly Rejection[];
  /** keys that name no canonical quantity: counted, not an error */
  readonly ignoredKeys: number;
  /** readings stamped with their receipt, because the device told no time or one that cannot be; absent means 0 */
  readonly receiptTimes?: number;
}

/** Something to publish for a device, not retained. */
export interface DeviceRequest {
  readonly topic: string;
  readonly payload: string | Uint8Array;
}

/** A message that holds no reading, and by right: counted, and no fault of anybody. */
export const NO_READING: Decoded = Object.freeze({ readings: [], rejections: [], ignoredKeys: 1 });

export interface Decoder {
  /** the MQTT filters to subscribe to so that every message this decoder can read arrives */
  readonly filters: readonly string[];
  /** Pure but for the registry and profiles it was made with. `receivedAt` is the only clock. Never throws. */
  decode(message: InboundMessage): Decoded;
}
