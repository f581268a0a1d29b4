/**
 * The registry's `sources` as the decoder asks them: which lines cover a topic, what their topic captures, and
 * which meter a device's captures name. A line's topic covers everything below it, so that `camp-b/shelly/+`
 * takes in all that those devices publish; braces (`camp-b/{name}`) are a `+` with a name.
 */
import { missionOf } from '#lib/registry/lookup.ts';
import type { DeviceSource, Registry } from '#lib/registry/types.ts';
import { covers, meet } from '#lib/registry/mqtt-filter.ts';
import { isNamedLevel, lineFilter, lineSpecificity } from '#lib/registry/source-line.ts';
import type { ScopeRef } from './device-state.ts';
import { scopeOf } from './presence.ts';
import { installedValues, type InstalledValues } from './installed-values.ts';
import type { Condition, Profile, ProfileMessage } from './profile.ts';
import {
  filtersOf,
  matchTopic,
  SUBSCRIBED_DEPTH,
  type Captures,
  type TopicPattern,
} from './topic-pattern.ts';

/** A line that needs more filters than this is subscribed to as a whole; what nobody reads is then ignored. */
const NARROW_FILTERS_MAX = 32;

export interface CompiledSource {
  readonly source: DeviceSource;
  /** undefined: the registry names a profile that does not exist */
  readonly profile: Profile | undefined;
  readonly levels: readonly string[];
  readonly specificity: string;
  /** the source's own zone, else the mission's */
  readonly zone: string | undefined;
  readonly missionZone: string;
  /** undefined: the values are as the device tells them */
  readonly asInstalled: InstalledValues | undefined;
}

/** All sources, the most specific topic first; of equals, the first in the registry. */
export function compileSources(registry: Registry, profiles: ReadonlyMap<string, Profile>): CompiledSource[] {
  const compiled = registry.sources.map((source) => {
    const levels = source.topic.split('/');
    return {
      source,
      profile: profiles.get(source.profile),
      levels,
      specificity: lineSpecificity(levels),
      zone: source.zone,
      missionZone: missionOf(registry, source.mission)?.zone ?? 'UTC',
      asInstalled: installedValues(source),
    };
  });
  return compiled.sort((a, b) =>
    a.specificity < b.specificity ? 1 : a.specificity > b.specificity ? -1 : 0,
  );
}

/** What the source's topic captures of `topic`; undefined when it does not cover it. */
export function matchSource(source: CompiledSource, topic: readonly string[]): Captures | undefined {
  const captures = new Map<string, string>();
  for (const [place, level] of source.levels.entries()) {
    if (level === '#') return captures;
    const found = topic[place];
    if (found === undefined) return undefined;
    if (isNamedLevel(level)) captures.set(level.slice(1, -1), found);
    else if (level !== '+' && level !== found) return undefined;
  }
  return captures;
}

/** Whether a source's line covers anything its profile reads. A line of an unknown profile never does. */
export function isUseful(source: CompiledSource): boolean {
  return narrowed(source).length > 0;
}

/**
 * What to subscribe to for a source: its profile's topics as far as the line covers them, where that takes a
 * few filters beyond the `subscribed` ones, else the line's whole topic.
 */
export function sourceFilters(source: CompiledSource, subscribed: readonly string[]): string[] {
  const missing = narrowed(source).filter((filter) => !subscribed.some((other) => covers(other, filter)));
  if (source.levels.at(-1) === '#') return [lineFilter(source.levels)];
  if (missing.length === 0 && isUseful(source)) return [];
  return missing.length > 0 && missing.length <= NARROW_FILTERS_MAX ? missing : [lineFilter(source.levels)];
}

function narrowed(source: CompiledSource): string[] {
  const whole = lineFilter(source.levels);
  const { messages = [], presence = [] } = source.profile ?? {};
  const conditions = messages.flatMap(({ condition }) => condition ?? []);
  const patterns = [...messages, ...presence, ...conditions].flatMap((each) => each.patterns);
  const depth = Math.max(SUBSCRIBED_DEPTH, source.levels.length - 1);
  return patterns
    .flatMap((pattern) => filtersOf(pattern, depth))
    .flatMap((filter) => meet(whole, filter) ?? []);
}

/** The presence topic of `profile` that `topic` is, and whom it speaks for. */
export function presenceFor(profile: Profile, topic: readonly string[]): ScopeRef | undefined {
  for (const rule of profile.presence) {
    for (const pattern of rule.patterns) {
      const captures = matchTopic(pattern, topic);
      if (captures !== undefined) return { id: scopeOf(rule, captures), rule };
    }
  }
  return undefined;
}

/** The conditions of `profile` whose topic `topic` is, with what it captures. */
export function conditionsFor(
  profile: Profile,
  topic: readonly string[],
): { readonly condition: Condition; readonly captures: Captures }[] {
  return profile.messages.flatMap(({ condition }) =>
    (condition?.patterns ?? []).flatMap((pattern) => {
      const captures = matchTopic(pattern, topic);
      return condition === undefined || captures === undefined ? [] : [{ condition, captures }];
    }),
  );
}

export interface Layout {
  readonly message: ProfileMessage;
  readonly pattern: TopicPattern;
  readonly captures: Captures;
}

/** The layout whose most specific pattern matches `topic`. */
export function layoutFor(messages: readonly ProfileMessage[], topic: readonly string[]): Layout | undefined {
  let best: Layout | undefined;
  for (const message of messages) {
    for (const pattern of message.patterns) {
      if (best !== undefined && pattern.specificity <= best.pattern.specificity) continue;
      const captures = matchTopic(pattern, topic);
      if (captures !== undefined) best = { message, pattern, captures };
    }
  }
  return best;
}
