/**
 * One group of topics that nobody reads: counts by last level, the rate of late, and a few redacted samples within a
 * bound of bytes.
 */
import type { InboundMessage } from '../decode/message.ts';
import { MASK, redactedSample, type SampleContent } from './redact.ts';
import { shownTopic } from './topic-shape.ts';

export interface TopicSample {
  readonly topic: string;
  /** epoch ms */
  readonly receivedAt: number;
  readonly retain: boolean;
  readonly content: SampleContent;
}

export interface TopicLeaf {
  readonly name: string;
  readonly count: number;
  /** oldest first */
  readonly samples: readonly TopicSample[];
}

/** Plain JSON. Instants are epoch ms. */
export interface TopicGroup {
  /** the levels above the last, `+` where they differ; names the group */
  readonly shape: string;
  readonly firstAt: number;
  readonly lastAt: number;
  /** messages received */
  readonly count: number;
  /** of them kept whole, to be read once a profile is there */
  readonly kept: number;
  readonly perMinute: number;
  readonly leaves: readonly TopicLeaf[];
}

const LEAVES_MAX = 32;
/** of one last level: enough to see a register count, and two devices */
const SAMPLES_MAX = 4;
const SAMPLE_EVERY_MS = 15_000;
const GROUP_SAMPLE_BYTES_MAX = 64_000;
const RATE_WINDOW_MS = 60_000;

interface Leaf {
  readonly name: string;
  count: number;
  samples: TopicSample[];
  /** when the newest sample was taken, or refused for want of room; epoch ms */
  sampledAt: number;
}

/** A group while it is counted. */
export interface Group {
  readonly shape: string;
  firstAt: number;
  lastAt: number;
  count: number;
  kept: number;
  windowAt: number;
  windowCount: number;
  perMinute: number | undefined;
  sampleBytes: number;
  readonly leaves: Map<string, Leaf>;
}

/** Counts one message of the group's. `isKept`: it is kept whole elsewhere. */
export function noteIn(group: Group, leaf: string, message: InboundMessage, isKept: boolean): void {
  group.count += 1;
  if (isKept) group.kept += 1;
  group.lastAt = Math.max(group.lastAt, message.receivedAt);
  countInWindow(group, message.receivedAt);
  const name = group.leaves.has(leaf) || group.leaves.size < LEAVES_MAX - 1 ? leaf : '+';
  sample(group, leafOf(group, name), message);
}

export function newGroup(shape: string, at: number): Group {
  const [windowAt, windowCount, sampleBytes] = [at, 0, 0];
  const none = { count: 0, kept: 0, perMinute: undefined, leaves: new Map<string, Leaf>() };
  return { shape, firstAt: at, lastAt: at, windowAt, windowCount, sampleBytes, ...none };
}

function leafOf(group: Group, name: string): Leaf {
  const known = group.leaves.get(name);
  if (known !== undefined) return known;
  const leaf: Leaf = { name, count: 0, samples: [], sampledAt: -Infinity };
  group.leaves.set(name, leaf);
  return leaf;
}

export function merge(into: Group, group: Group): void {
  into.firstAt = Math.min(into.firstAt, group.firstAt);
  into.lastAt = Math.max(into.lastAt, group.lastAt);
  into.count += group.count;
  into.kept += group.kept;
  into.windowCount += group.windowCount;
  for (const leaf of group.leaves.values()) {
    const isRoom = into.leaves.has(leaf.name) || into.leaves.size < LEAVES_MAX - 1;
    const target = leafOf(into, isRoom ? leaf.name : '+');
    target.count += leaf.count;
    for (const each of leaf.samples) if (target.samples.length < SAMPLES_MAX) add(into, target, each);
  }
}

function countInWindow(group: Group, at: number): void {
  if (at - group.windowAt >= RATE_WINDOW_MS) {
    group.perMinute = (group.windowCount * RATE_WINDOW_MS) / (at - group.windowAt);
    group.windowAt = at;
    group.windowCount = 0;
  }
  group.windowCount += 1;
}

/** The first two messages, then one a quarter of a minute, and each device's first: parsing each would cost too much. */
function sample(group: Group, leaf: Leaf, message: InboundMessage): void {
  leaf.count += 1;
  const isDue = leaf.count <= 2 || message.receivedAt - leaf.sampledAt >= SAMPLE_EVERY_MS;
  const topic = shownTopic(message.topic, MASK);
  const isRoom = leaf.samples.length < SAMPLES_MAX && group.sampleBytes < GROUP_SAMPLE_BYTES_MAX / 2;
  const isOther = isRoom && leaf.samples.every((each) => each.topic !== topic);
  if (!isDue && !isOther) return;
  leaf.sampledAt = message.receivedAt;
  if (leaf.samples.length >= SAMPLES_MAX) remove(group, leaf);
  const { receivedAt, retain, payload } = message;
  const content = redactedSample(topic.split('/').at(-1) ?? '', payload);
  add(group, leaf, { topic, receivedAt, retain, content });
}

/** The oldest of the topic that has most makes room: a second device's only sample is worth more. */
function remove(group: Group, leaf: Leaf): void {
  const times = Map.groupBy(leaf.samples, ({ topic }) => topic);
  const [most] = [...times.values()].sort((a, b) => b.length - a.length);
  const victim = most?.[0];
  if (victim === undefined) return;
  group.sampleBytes -= bytesOf(victim);
  leaf.samples = leaf.samples.filter((each) => each !== victim);
}

function add(group: Group, leaf: Leaf, taken: TopicSample): void {
  const bytes = bytesOf(taken);
  if (group.sampleBytes + bytes > GROUP_SAMPLE_BYTES_MAX) return;
  group.sampleBytes += bytes;
  leaf.samples.push(taken);
}

function bytesOf(taken: TopicSample): number {
  return JSON.stringify(taken).length;
}

export function toPlain(group: Group, now: number): TopicGroup {
  const { shape, firstAt, lastAt, count, kept, leaves } = group;
  const elapsed = Math.max(now - group.windowAt, 1_000);
  const current = (group.windowCount * RATE_WINDOW_MS) / elapsed;
  const isOver = elapsed >= 2 * RATE_WINDOW_MS;
  const perMinute = isOver ? current : (group.perMinute ?? (elapsed < 5_000 ? group.windowCount : current));
  return {
    shape,
    firstAt,
    lastAt,
    count,
    kept,
    perMinute,
    leaves: [...leaves.values()].map((leaf) => ({
      name: leaf.name,
      count: leaf.count,
      samples: [...leaf.samples],
    })),
  };
}

export function revived(plain: TopicGroup): Group {
  const group = newGroup(plain.shape, plain.firstAt);
  Object.assign(group, {
    lastAt: plain.lastAt,
    count: plain.count,
    kept: plain.kept,
    windowAt: plain.lastAt,
  });
  for (const { name, count, samples } of plain.leaves) {
    const leaf = leafOf(group, name);
    leaf.count = count;
    for (const each of samples) add(group, leaf, each);
  }
  return group;
}
