/** A suggested profile as the text of its file: to be read, changed and saved by a person. */
import { Document, isMap, isSeq, stringify, visit } from 'yaml';
import { decodeSample } from '../../decode/sample.ts';
import { parseProfile } from '../../decode/profile-load.ts';
import type { TopicSample } from '../topic-group.ts';
import type { SuggestedField } from './decide.ts';

export interface Layout {
  readonly topic: string;
  readonly meter: string;
  readonly time: { readonly path: string; readonly format: 'unix-s' | 'unix-ms' | 'rfc3339' } | undefined;
  readonly fields: readonly Readonly<Record<string, unknown>>[];
}

export function layoutYaml(parts: {
  readonly topic: string;
  readonly meter: string;
  readonly time: Layout['time'];
  readonly fields: readonly SuggestedField[];
  readonly isBare?: boolean;
}): Layout {
  const { topic, meter, time } = parts;
  return {
    topic,
    meter,
    time,
    fields: parts.fields.map((field) => writtenField(field, parts.isBare === true)),
  };
}

function writtenField(
  { places, to, unit, isSum, register }: SuggestedField,
  isBare: boolean,
): Record<string, unknown> {
  const [first] = places;
  const source = isBare
    ? { when: { value: first?.path } }
    : isSum && places.length > 1
      ? { sum: places.map(({ path }) => ({ path })) }
      : { path: first?.path, ...(isSum && { array: 'sum' }) };
  return {
    ...source,
    to,
    ...(unit !== undefined && { unit }),
    ...(first?.suffix !== undefined && { suffix: first.suffix }),
    ...(register !== undefined && { register }),
  };
}

interface ProfileParts {
  readonly name: string;
  readonly format: 'json' | 'scalar' | 'senml' | 'influx';
  readonly layouts: readonly Layout[];
  readonly samples: readonly TopicSample[];
}

/** The file, its samples with what the profile makes of them. */
export function profileYaml(parts: ProfileParts): string {
  const bare = {
    ...documentOf(parts),
    samples: parts.samples.map((sample) => ({ ...written(sample), expect: [] })),
  };
  const parsed = parseProfile(stringify(bare), parts.name);
  const samples = parsed.ok
    ? parsed.profile.samples.map((sample, index) => {
        const { readings, rejections } = decodeSample(parsed.profile, sample);
        const told = parts.samples[index];
        return {
          ...(told === undefined ? {} : written(told)),
          expect: readings.map(({ meter, at, values }) => ({
            meter: meter.meter,
            at: new Date(at).toISOString(),
            ...values,
          })),
          ...(rejections.length > 0 && { reject: rejections.map(({ reason }) => reason) }),
        };
      })
    : bare.samples;
  return inOneLine({ ...documentOf(parts), samples });
}

function documentOf({ name, format, layouts }: ProfileParts): Record<string, unknown> {
  const messages = layouts.map(({ topic, meter, time, fields }) => ({
    match: { topic },
    meter,
    ...(time !== undefined && { time }),
    fields,
  }));
  const [only] = messages;
  return { profile: name, format, ...(messages.length === 1 ? only : { messages }) };
}

function written({ topic, receivedAt, retain, content }: TopicSample): Record<string, unknown> {
  const payload = content.kind === 'json' ? content.value : content.kind === 'text' ? content.text : '';
  return { topic, receivedAt: new Date(receivedAt).toISOString(), ...(retain && { retain }), payload };
}

/** Fields, matches and what is expected in one line each, as people write profiles. */
function inOneLine(value: Record<string, unknown>): string {
  const document = new Document(value);
  visit(document, {
    Pair(_, { key, value: node }) {
      const name = String(key);
      if (['match', 'time', 'payload'].includes(name) && (isMap(node) || isSeq(node))) node.flow = true;
      if (['fields', 'expect'].includes(name) && isSeq(node)) {
        for (const item of node.items) if (isMap(item)) item.flow = true;
        if (node.items.length === 0) node.flow = true;
      }
    },
  });
  return document.toString({ lineWidth: 110 });
}
