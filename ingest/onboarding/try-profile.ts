/** A profile that somebody is writing, tried on what was recorded: its mistakes by line, or the readings it would give. */
import { decodeAlone } from '../decode/sample.ts';
import { layoutFor } from '../decode/device-source.ts';
import type { Rejection } from '../decode/message.ts';
import { parseProfile, type ProfileMistake } from '../decode/profile-load.ts';
import type { TopicPattern } from '../decode/topic-pattern.ts';
import type { Profile } from '../decode/profile.ts';
import { PROFILE_BYTES_MAX } from './profile-folder.ts';
import type { TopicGroup, TopicSample } from './topic-group.ts';

/** Plain JSON. */
export interface TriedSample {
  readonly topic: string;
  /** epoch ms */
  readonly receivedAt: number;
  readonly content: TopicSample['content'];
  /** whether the profile reads the topic at all */
  readonly isRead: boolean;
  readonly readings: readonly {
    readonly meter: string;
    readonly at: number;
    readonly values: Readonly<Record<string, number>>;
  }[];
  readonly rejections: readonly Rejection[];
}

export type TriedProfile =
  | {
      readonly ok: false;
      readonly problems: readonly ProfileMistake[];
    }
  | {
      readonly ok: true;
      readonly profile: string;
      /** the device's own name, as a line of the registry takes it */
      readonly meter: string;
      /** levels of the topic that all messages of one device have in common, beside the shape of the group's topics */
      readonly commonLevels: number | null;
      readonly samples: readonly TriedSample[];
    };

const FILE = 'profile';
export function tryProfile(yaml: string, group: TopicGroup | undefined): TriedProfile {
  if (Buffer.byteLength(yaml) > PROFILE_BYTES_MAX) {
    const text = `a profile has at most ${String(PROFILE_BYTES_MAX)} bytes`;
    return { ok: false, problems: [asAWhole(text)] };
  }
  let parsed;
  try {
    parsed = parseProfile(yaml, FILE);
  } catch (error) {
    return { ok: false, problems: [asAWhole(error instanceof Error ? error.message : 'cannot be read')] };
  }
  return parsed.ok ? triedOn(parsed.profile, group) : { ok: false, problems: parsed.mistakes };
}

/** What a profile makes of a group's samples. */
export function triedOn(profile: Profile, group: TopicGroup | undefined): TriedProfile & { ok: true } {
  const samples = (group?.leaves ?? [])
    .flatMap((leaf) => leaf.samples)
    .map((sample) => tried(profile, sample));
  const read = samples.find(({ isRead }) => isRead);
  const layout = read && layoutFor(profile.messages, read.topic.split('/'));
  const meter = (layout?.message ?? profile.messages[0])?.meter ?? 'device';
  return { ok: true, profile: profile.name, meter, commonLevels: commonLevels(layout?.pattern), samples };
}

/** Up to a level that says which of the device's messages it is (`{verb=NBIRTH|NDATA}`); null where there is none. */
function commonLevels(pattern: TopicPattern | undefined): number | null {
  const place = pattern?.text.split('/').findIndex((level) => /\{\w+=/.test(level)) ?? -1;
  return place > 0 ? place : null;
}

function tried(profile: Profile, { topic, receivedAt, content }: TopicSample): TriedSample {
  const isRead = layoutFor(profile.messages, topic.split('/')) !== undefined;
  const payload =
    content.kind === 'json' ? JSON.stringify(content.value) : content.kind === 'text' ? content.text : '';
  const isWhole = content.kind === 'json' || content.kind === 'text';
  const decoded =
    isRead && isWhole
      ? decodeAlone(profile, { topic, payload: Buffer.from(payload), retain: false, receivedAt })
      : { readings: [], rejections: [] };
  const readings = decoded.readings.map(({ meter, at, values }) => ({
    meter: meter.meter,
    at,
    values: { ...values },
  }));
  return { topic, receivedAt, content, isRead, readings, rejections: decoded.rejections };
}

function asAWhole(text: string): ProfileMistake {
  return { line: null, column: null, text };
}
