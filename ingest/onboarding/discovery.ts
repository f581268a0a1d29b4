/**
 * What arrives and belongs to nobody: told apart from what is read, counted by shape of topic, written down now and
 * then. What was kept of it whole is read once somebody has said what it is; see `deliver/letters-now-read.ts`.
 */
import type { Standing } from '../decode/decoder.ts';
import type { Decoded, InboundMessage } from '../decode/message.ts';
import type { GroupFile } from './group-file.ts';
import type { TopicGroup } from './topic-group.ts';
import { Announcements, type Announcement } from './suggest/home-assistant.ts';
import { TopicGroups } from './topic-groups.ts';

const WRITE_EVERY_MS = 10_000;

export interface ListedGroup extends TopicGroup {
  /** `unassigned`: a profile reads it, or would, and no line of the registry says whose it is */
  readonly standing: 'unknown' | 'unassigned';
  /** the profile that reads it, where it is unassigned */
  readonly profile: string | null;
}

export interface DiscoveryParts {
  readonly file: GroupFile;
  readonly standingOf: (topic: string) => Standing;
  /** the profile that reads a topic nobody is assigned, or would */
  readonly profileOf: (topic: string) => string | undefined;
}

export class Discovery {
  readonly #parts: DiscoveryParts;
  readonly #groups: TopicGroups;
  readonly #announcements: Announcements;
  #writtenAt = -Infinity;

  constructor(parts: DiscoveryParts) {
    this.#parts = parts;
    this.#groups = new TopicGroups(parts.file.read());
    this.#announcements = new Announcements(parts.file.readAnnouncements());
  }

  /** Takes note of a message that was decoded, and so is kept, if nobody's profile or line reads it. True when its group is new. */
  noteDecoded(message: InboundMessage, decoded: Decoded): boolean {
    const isNobodys = decoded.rejections.some(
      ({ reason }) => reason === 'topic-unknown' || reason === 'device-unassigned',
    );
    if (!isNobodys || !isOpen(this.#parts.standingOf(message.topic))) return false;
    return !this.#announcements.note(message) && this.#groups.note(message, true);
  }

  /** A message that was overheard and is not kept. */
  noteUnkept(message: InboundMessage): void {
    if (!this.#announcements.note(message)) this.#groups.note(message, false);
  }

  /** Newest first. @param now epoch ms */
  list(now: number): ListedGroup[] {
    return this.#groups.list(now).map((group) => ({ ...group, ...this.#standingOf(group) }));
  }

  /** What devices have said of their own values for Home Assistant. */
  announcements(): readonly Announcement[] {
    return this.#announcements.list();
  }

  /** To be called after registry or profiles changed: what is read now is nobody's no longer. */
  recheck(): void {
    this.#groups.forget((topic) => !isOpen(this.#parts.standingOf(topic)));
  }

  /** To be called every second or so, and with `atOnce` at the end. */
  round(now: number, atOnce = false): void {
    if (!atOnce && now - this.#writtenAt < WRITE_EVERY_MS) return;
    this.#writtenAt = now;
    this.#parts.file.write(this.#groups.takeChanges(now));
    if (this.#announcements.takeChanged()) this.#parts.file.writeAnnouncements(this.#announcements.entries());
  }

  #standingOf({ leaves }: TopicGroup): Pick<ListedGroup, 'standing' | 'profile'> {
    const topics = leaves.flatMap(({ samples }) => samples.map(({ topic }) => topic));
    const profile = topics.map(this.#parts.profileOf).find((name) => name !== undefined);
    return profile === undefined
      ? { standing: 'unknown', profile: null }
      : { standing: 'unassigned', profile };
  }
}

function isOpen(standing: Standing): boolean {
  return standing === 'unknown' || standing === 'unassigned';
}
