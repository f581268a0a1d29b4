/** Why messages are not taken, and what to do about it, in the reader's language. */
import { m } from '#lib/paraglide/messages.js';

export interface RejectionWords {
  readonly why: string;
  readonly advice: string;
}

const WORDS: Readonly<Record<string, () => RejectionWords>> = {
  'topic-unknown': () => ({ why: m.reject_topic_unknown(), advice: m.reject_topic_unknown_do() }),
  'topic-invalid': () => ({ why: m.reject_topic_invalid(), advice: m.reject_topic_invalid_do() }),
  'device-unassigned': () => ({ why: m.reject_device_unassigned(), advice: m.reject_device_unassigned_do() }),
  'payload-empty': () => ({ why: m.reject_payload_empty(), advice: m.reject_payload_empty_do() }),
  'payload-too-large': () => ({ why: m.reject_payload_too_large(), advice: m.reject_payload_too_large_do() }),
  'payload-not-json': () => ({ why: m.reject_payload_not_json(), advice: m.reject_payload_not_json_do() }),
  'payload-wrong-shape': () => ({
    why: m.reject_payload_wrong_shape(),
    advice: m.reject_payload_wrong_shape_do(),
  }),
  'time-missing': () => ({ why: m.reject_time_missing(), advice: m.reject_time_missing_do() }),
  'time-invalid': () => ({ why: m.reject_time_invalid(), advice: m.reject_time_invalid_do() }),
  'time-too-old': () => ({ why: m.reject_time_too_old(), advice: m.reject_time_clock_do() }),
  'time-in-future': () => ({ why: m.reject_time_in_future(), advice: m.reject_time_clock_do() }),
  'beyond-retention': () => ({ why: m.reject_beyond_retention(), advice: m.reject_beyond_retention_do() }),
  'value-not-a-number': () => ({
    why: m.reject_value_not_a_number(),
    advice: m.reject_value_not_a_number_do(),
  }),
  'value-out-of-range': () => ({
    why: m.reject_value_out_of_range(),
    advice: m.reject_value_out_of_range_do(),
  }),
  'birth-missing': () => ({ why: m.reject_birth_missing(), advice: m.reject_birth_missing_do() }),
  'no-known-quantity': () => ({ why: m.reject_no_known_quantity(), advice: m.reject_no_known_quantity_do() }),
  retained: () => ({ why: m.reject_retained(), advice: m.reject_retained_do() }),
  'store-refused': () => ({ why: m.reject_store_refused(), advice: m.reject_store_refused_do() }),
};

/** A reason that this dashboard has no words for keeps its own name. */
export function rejectionWords(reason: string): RejectionWords {
  const words = Object.hasOwn(WORDS, reason) ? WORDS[reason] : undefined;
  return words?.() ?? { why: reason, advice: m.reject_other_do() };
}
