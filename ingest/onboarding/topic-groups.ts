/**
 * Topics that no profile and no line of the registry reads, grouped by shape. Bounded whatever arrives: a flood of
 * invented topics ends in groups with open levels. Nothing here decides anything: it is what a person looks at.
 */
import { TopicCache } from '../decode/topic-cache.ts';
import type { InboundMessage } from '../decode/message.ts';
import { merge, newGroup, noteIn, revived, toPlain, type Group, type TopicGroup } from './topic-group.ts';
import { isOfShape, shapeOf, widened } from './topic-shape.ts';

const GROUPS_MAX = 100;
/** A group nobody publishes to any more is forgotten. */
const FORGOTTEN_AFTER_MS = 7 * 24 * 60 * 60 * 1000;

export class TopicGroups {
  readonly #groups = new Map<string, Group>();
  readonly #byTopic = new TopicCache<Group>({ entriesMax: 10_000, keyCharsMax: 256 });
  #changed = new Set<string>();

  constructor(known: readonly TopicGroup[] = []) {
    for (const group of known.slice(0, GROUPS_MAX)) this.#groups.set(group.shape, revived(group));
  }

  /** Counts one message. `isKept`: it is kept whole elsewhere. Returns whether its group is new. */
  note(message: InboundMessage, isKept: boolean): boolean {
    const known = this.#byTopic.get(message.topic);
    const isStanding = known !== undefined && this.#groups.get(known.shape) === known;
    const { above, leaf } = shapeOf(message.topic);
    const before = this.#groups.size;
    const group = isStanding ? known : this.#groupFor(above, message.receivedAt);
    if (!isStanding) this.#byTopic.set(message.topic, group);
    noteIn(group, leaf, message, isKept);
    this.#changed.add(group.shape);
    return this.#groups.size > before;
  }

  /** The busiest of late first. @param now epoch ms */
  list(now: number): TopicGroup[] {
    for (const group of this.#groups.values()) if (now - group.lastAt > FORGOTTEN_AFTER_MS) this.#drop(group);
    return [...this.#groups.values()].map((group) => toPlain(group, now)).sort((a, b) => b.lastAt - a.lastAt);
  }

  /** Forgets the last levels that `isRead` says of all their samples' topics, and groups with none left. */
  forget(isRead: (topic: string) => boolean): void {
    for (const group of this.#groups.values()) {
      const before = group.leaves.size;
      for (const leaf of group.leaves.values()) {
        if (leaf.samples.length > 0 && leaf.samples.every(({ topic }) => isRead(topic)))
          group.leaves.delete(leaf.name);
      }
      if (group.leaves.size === 0) this.#drop(group);
      if (group.leaves.size !== before) this.#changed.add(group.shape);
    }
  }

  /** Those that changed since the last time, by shape; undefined for one that is gone. */
  takeChanges(now: number): ReadonlyMap<string, TopicGroup | undefined> {
    const changed = this.#changed;
    this.#changed = new Set();
    return new Map(
      [...changed].map((shape) => {
        const group = this.#groups.get(shape);
        return [shape, group && toPlain(group, now)];
      }),
    );
  }

  #drop(group: Group): void {
    this.#groups.delete(group.shape);
    this.#changed.add(group.shape);
  }

  #groupFor(above: string, at: number): Group {
    const exact =
      this.#groups.get(above) ?? this.#groups.values().find(({ shape }) => isOfShape(shape, above));
    if (exact !== undefined) return exact;
    if (this.#groups.size >= GROUPS_MAX) {
      this.#makeRoom();
      return this.#groupFor(above, at);
    }
    const group = newGroup(above, at);
    this.#groups.set(above, group);
    return group;
  }

  /** The most alike become one: those with the same first level and depth, or at least the same depth. */
  #makeRoom(): void {
    const all = [...this.#groups.values()];
    const largest = (kept: number): Group[] =>
      [...Map.groupBy(all, ({ shape }) => widened(shape, kept)).values()].sort(
        (a, b) => b.length - a.length,
      )[0] ?? [];
    const [alike, kept] = largest(1).length >= GROUPS_MAX / 10 ? [largest(1), 1] : [largest(0), 0];
    const [first, ...others] = alike;
    // At least eight of a hundred have the same depth, because there are at most thirteen depths.
    if (first === undefined) return;
    const wide = newGroup(widened(first.shape, kept), first.firstAt);
    for (const group of [first, ...others]) {
      merge(wide, group);
      this.#drop(group);
    }
    this.#groups.set(wide.shape, wide);
    this.#changed.add(wide.shape);
  }
}
