/** The time that a device tells in its messages, where that is plain: by its name and by being about now. */
import { parseRfc3339 } from '../../decode/rfc3339.ts';
import type { TopicLeaf } from '../topic-group.ts';
import type { Layout } from './profile-text.ts';

const TIME_NAMES = new Set('ts time timestamp datetime date at t epoch time_stamp utc last_seen'.split(' '));
const TIME_OFF_MAX_MS = 86_400_000;

/** A time of the device's that every sample tells, and that is about when the sample came. */
export function timeOf({ samples }: TopicLeaf): Layout['time'] {
  const objects = samples.flatMap(({ content, receivedAt, retain }) =>
    content.kind === 'json' && !Array.isArray(content.value) && !retain
      ? [{ receivedAt, value: content.value as Readonly<Record<string, unknown>> }]
      : [],
  );
  const [first] = objects;
  if (first === undefined) return undefined;
  for (const key of Object.keys(first.value)) {
    if (!TIME_NAMES.has(key.toLowerCase())) continue;
    for (const [format, read] of TIME_FORMS) {
      const isRight = objects.every(
        ({ value, receivedAt }) => Math.abs(read(value[key]) - receivedAt) < TIME_OFF_MAX_MS,
      );
      if (isRight) return { path: `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, format };
    }
  }
  return undefined;
}

const TIME_FORMS: readonly (readonly ['unix-s' | 'unix-ms' | 'rfc3339', (told: unknown) => number])[] = [
  ['unix-s', (told) => (typeof told === 'number' ? told * 1_000 : NaN)],
  ['unix-ms', (told) => (typeof told === 'number' ? told : NaN)],
  ['rfc3339', (told) => (typeof told === 'string' ? parseRfc3339(told) : NaN)],
];
