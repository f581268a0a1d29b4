/**
 * Topics that say nothing of energy and all about whether somebody is there: last wills, availability, heartbeats.
 * A profile lists them under `presence`; their captures say whom they speak for: every meter whose topic has the
 * same names.
 */
import { firstAt, parseJsonPath, type JsonPath } from './json-path.ts';
import { readJson, readText } from './payload.ts';
import { durationMs, type PresenceSpec } from './presence-schema.ts';
import type { PresenceRule, SpecProblem } from './profile.ts';
import { captureNames, parseTopicPattern, type Captures, type TopicPattern } from './topic-pattern.ts';

export function compilePresence(profile: string, specs: readonly PresenceSpec[]): PresenceRule[] {
  return specs.map((spec, index) => {
    const patterns = patternsOf(spec);
    const { heartbeat } = spec;
    return {
      id: `${profile} ${index}`,
      patterns,
      names: [...new Set(patterns.flatMap(captureNames))].sort(),
      heartbeat: heartbeat && {
        lostAfterMs: durationMs(heartbeat.lostAfter),
        rereadEveryMs: durationMs(heartbeat.rereadEvery),
      },
      isGone: heartbeat === undefined ? goneReader(spec) : () => false,
    };
  });
}

function patternsOf({ topic }: PresenceSpec): TopicPattern[] {
  return [topic].flat().flatMap((text) => {
    const parsed = parseTopicPattern(text);
    return typeof parsed === 'string' ? [] : parsed;
  });
}

function goneReader({ path, gone = [] }: PresenceSpec): PresenceRule['isGone'] {
  const words = new Set(gone);
  const parsed: JsonPath | string | undefined = path === undefined ? undefined : parseJsonPath(path);
  return (payload) => {
    const read = typeof parsed === 'object' ? readJson(payload) : readText(payload);
    if (!read.ok) return undefined;
    const word = typeof parsed === 'object' ? firstAt(parsed, read.value, new Map()) : read.value;
    if (typeof word === 'string') return words.has(word.trim());
    return typeof word === 'number' || typeof word === 'boolean' ? words.has(String(word)) : undefined;
  };
}

/** Whom a message of `rule`, or one of a device with these captures, speaks for: one text for one scope. */
export function scopeOf({ id, names }: Pick<PresenceRule, 'id' | 'names'>, captures: Captures): string {
  return `${id} ${JSON.stringify(names.map((name) => captures.get(name) ?? ''))}`;
}

/** What the schema cannot see. Paths are from the profile's top. */
export function checkPresence(specs: readonly PresenceSpec[]): SpecProblem[] {
  return specs.flatMap((spec, index) => {
    const topics = [spec.topic].flat().flatMap((text): SpecProblem[] => {
      const parsed = parseTopicPattern(text);
      if (typeof parsed !== 'string') return [];
      return [{ path: ['presence', index, 'topic'], message: `found "${text}": ${parsed}` }];
    });
    const path = spec.path === undefined ? undefined : parseJsonPath(spec.path);
    if (typeof path !== 'string') return topics;
    return [...topics, { path: ['presence', index, 'path'], message: path }];
  });
}
