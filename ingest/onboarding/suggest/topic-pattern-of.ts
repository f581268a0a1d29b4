/** The topic of a suggested profile, and the device's name in it, from what a group's topics have in common. */
import { slugify } from '#lib/registry/slugify.ts';
import type { TopicGroup } from '../topic-group.ts';

export interface SuggestedPattern {
  readonly topic: string;
  readonly meter: string;
}

/**
 * @param leaves the last levels that the layout reads
 * @param isBare the last level says which value it is, `{value=…}`
 */
export function patternOf(group: TopicGroup, leaves: readonly string[], isBare = false): SuggestedPattern {
  const above = group.shape === '' ? [] : group.shape.split('/');
  const isLeafDevice = !isBare && (leaves.length > 1 || leaves[0] === '+');
  const open = above.flatMap((level, index) => (level === '+' ? [index] : []));
  // Without a level that differs, the last one above names the device, unless that would take in the whole broker.
  const device = isLeafDevice
    ? undefined
    : (open.at(-1) ?? (above.length > 1 ? above.length - 1 : undefined));
  const levels = above.map((level, index) => {
    if (index === device) return '{device}';
    return level === '+' ? `{level${String(index + 1)}}` : level;
  });
  const last = isLeafDevice ? '{device}' : isBare ? `{value=${leaves.join('|')}}` : (leaves[0] ?? '+');
  const named = isLeafDevice || device !== undefined;
  const others = open.filter((index) => index !== device).map((index) => `{level${String(index + 1)}}`);
  const fixed = slugify(above.at(-1) ?? leaves[0] ?? '') ?? 'device';
  return { topic: [...levels, last].join('/'), meter: named ? [...others, '{device}'].join('-') : fixed };
}

export function profileName(group: TopicGroup): string {
  const words = group.shape.split('/').filter((level) => level !== '+');
  const base =
    words.length > 0 && words.join('') !== '' ? words.slice(0, 2).join('-') : (group.leaves[0]?.name ?? '');
  return `${slugify(base) ?? 'device'}`.slice(0, 55) + '-own';
}
