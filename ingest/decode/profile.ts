/**
 * A device profile as the decoder works with it: compiled from YAML by `profile-compile.ts`, so that nothing
 * is parsed while messages flow. A format (json, scalar, …) adds an `Extractor` and needs to change no other.
 */
import type { Quantity } from '#lib/energy/quantity.ts';
import type { Values } from '#lib/energy/reading.ts';
import type { RegisterPolicy } from '#lib/registry/types.ts';
import type { KeepAliveSpec } from './presence-schema.ts';
import type { FieldSpec, ProfileSpec, SampleSpec } from './profile-schema.ts';
import type { RejectionList } from './rejection-list.ts';
import type { Captures, TopicPattern } from './topic-pattern.ts';

/** When a record holds, where its format tells that with every value: an instant (epoch ms), or an age in ms. */
export type RecordInstant = { readonly kind: 'at' | 'age'; readonly ms: number };

/** What one message says of one thing it measures. */
export interface DeviceRecord {
  /** everything captured from topic and payload */
  readonly captures: Captures;
  /** what the device tells as its time, as it stands; undefined when it tells none */
  readonly time: unknown;
  /** in place of `time`, in formats that have it */
  readonly instant?: RecordInstant;
  readonly values: Values;
}

export interface Extraction {
  readonly records: readonly DeviceRecord[];
  readonly rejections: RejectionList;
}

/** A metric of a message whose names and types were told by an earlier one. */
export interface ResolvedMetric {
  readonly name: string;
  readonly value: number | string | boolean;
  /** epoch ms; undefined when neither metric nor payload tells a time */
  readonly at: number | undefined;
}

export interface MetricMessage {
  readonly payload: Uint8Array;
  readonly receivedAt: number;
  readonly captures: Captures;
}

/** What an extractor may ask for beside the payload. */
export interface ExtractContext {
  readonly receivedAt: number;
  readonly sparkplug: {
    resolve(message: MetricMessage, rejections: RejectionList): readonly ResolvedMetric[];
  };
}

/** Payload → records, for one message layout. Never throws. */
export type Extractor = (payload: Uint8Array, captures: Captures, context: ExtractContext) => Extraction;

/** A problem in a profile: the place below the field or message it concerns, and a sentence. */
export interface SpecProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** One payload format. */
export interface Format {
  readonly name: string;
  /** its messages tell the time of each value: a profile has none to name */
  readonly hasOwnTime?: true;
  /** its messages say more than their values (who was born, who died): they are followed where a profile reads none too */
  readonly isFollowed?: true;
  /** what this format cannot do with a field */
  check(field: FieldSpec): SpecProblem[];
  /** names the payload captures */
  captures(field: FieldSpec): readonly string[];
  extractor(fields: readonly FieldSpec[], timePath: string | null): Extractor;
}

/** Epoch ms of what a device told as its time; undefined when it is no time at all. */
export type TimeReader = (told: unknown, latestAt: number) => number | undefined;

/** Another topic that says whether a layout's messages are what its fields say. */
export interface Condition {
  readonly id: string;
  readonly patterns: readonly TopicPattern[];
  readonly names: readonly string[];
  /** those it holds by */
  readonly words: ReadonlySet<string>;
  /** undefined when a payload tells none */
  readonly wordIn: (payload: Uint8Array) => string | undefined;
}

/** One message layout of a profile. */
export interface ProfileMessage {
  readonly profile: Profile;
  readonly patterns: readonly TopicPattern[];
  /** whether its topics are subscribed to by default, without any source */
  readonly isSubscribed: boolean;
  /** the template of the device's own name, e.g. `{device}-{channel}` */
  readonly meter: string;
  /** what a capture is when the source's meter does not name it */
  readonly defaults: Captures;
  /** the zone its local times are in, when the profile knows it */
  readonly zone: string | undefined;
  /** undefined: every reading is stamped with its receipt */
  readonly readTime: ((zone: string) => TimeReader) | undefined;
  readonly condition: Condition | undefined;
  readonly extract: Extractor;
}

export interface Heartbeat {
  readonly lostAfterMs: number;
  /** how often the last values of those who publish on change alone are taken as read again */
  readonly rereadEveryMs: number;
}

export interface PresenceRule {
  /** tells this rule from all others of all profiles */
  readonly id: string;
  readonly patterns: readonly TopicPattern[];
  readonly names: readonly string[];
  readonly heartbeat: Heartbeat | undefined;
  /** Whether a payload says that its device has gone; undefined when it says nothing that can be read. */
  readonly isGone: (payload: Uint8Array) => boolean | undefined;
}

export type RegisterDefaults = Readonly<Partial<Record<Quantity, RegisterPolicy>>>;

export interface Profile {
  readonly name: string;
  readonly spec: ProfileSpec;
  readonly messages: readonly ProfileMessage[];
  /** the register policies its fields declare */
  readonly registers: RegisterDefaults;
  /** how long a value stays the current one for devices that publish on change only, ms */
  readonly expireAfterMs: number | undefined;
  readonly presence: readonly PresenceRule[];
  readonly keepAlive: KeepAliveSpec | undefined;
  readonly samples: readonly SampleSpec[];
}
