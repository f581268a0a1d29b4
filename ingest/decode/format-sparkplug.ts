/**
 * Format `sparkplug`: metrics of Sparkplug B messages, resolved by the host. A field's path is one segment, matched
 * against the metric's whole name: `/Ac~1Power` is the metric `Ac/Power`.
 */
import { InstantDrafts, RECORDS_MAX } from './drafts.ts';
import { fieldReader, type FieldReader } from './field-value.ts';
import { walk } from './json-path.ts';
import { compiledName, nameOf } from './named-field.ts';
import type { Format } from './profile.ts';
import type { FieldSpec } from './profile-schema.ts';
import { RejectionList } from './rejection-list.ts';
import { checkSingleValue } from './single-value.ts';
import type { Captures } from './topic-pattern.ts';

interface Match {
  readonly read: FieldReader;
  readonly captures: Captures;
}

/** Names remembered a topic; a node invents no more. */
const NAMES_MAX = 10_000;

export const sparkplugFormat: Format = {
  name: 'sparkplug',
  hasOwnTime: true,
  isFollowed: true,
  check(field) {
    const problems = checkSingleValue(field, {
      refused: ['sum', 'spread', 'array', 'when'],
      advice: 'a Sparkplug metric has one value: name it in the path',
    });
    const path = nameOf(field, 'Sparkplug');
    if (typeof path === 'string') problems.push({ path: ['path'], message: path });
    return problems;
  },
  captures(field) {
    const path = nameOf(field, 'Sparkplug');
    return typeof path === 'string' ? [] : path.names;
  },
  extractor(fields) {
    const matching = matcher(fields);
    return (payload, captures, { sparkplug, receivedAt }) => {
      const rejections = new RejectionList();
      const all = new InstantDrafts(rejections);
      const matches = matching(captures);
      for (const { name, value, at } of sparkplug.resolve({ payload, captures, receivedAt }, rejections)) {
        const found = matches(name);
        if (found.length === 0) continue;
        const drafts = all.at(at === undefined ? undefined : { kind: 'at', ms: at });
        for (const each of found) {
          const draft = drafts.of(each.captures);
          if (draft !== undefined) each.read(value, name, draft);
        }
        if (drafts.isFull)
          rejections.add('payload-wrong-shape', () => `more than ${RECORDS_MAX} parts at one instant`);
      }
      return { records: all.records(), rejections };
    };
  },
};

/** Which fields a metric's name means, worked out once a topic and name. */
function matcher(fields: readonly FieldSpec[]): (captures: Captures) => (name: string) => readonly Match[] {
  const readers = fields.map((field) => ({
    path: compiledName(field, 'Sparkplug'),
    read: fieldReader(field),
  }));
  const byTopic = new WeakMap<Captures, Map<string, readonly Match[]>>();
  return (captures) => {
    const known = byTopic.get(captures) ?? new Map<string, readonly Match[]>();
    byTopic.set(captures, known);
    return (name) => {
      const found = known.get(name);
      if (found !== undefined) return found;
      const matches: Match[] = [];
      for (const { path, read } of readers) {
        walk(path, Object.fromEntries([[name, true]]), captures, (_, names) =>
          matches.push({ read, captures: names }),
        );
      }
      if (known.size < NAMES_MAX) known.set(name, matches);
      return matches;
    };
  };
}
