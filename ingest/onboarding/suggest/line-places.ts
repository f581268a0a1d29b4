/**
 * Where numbers stand in line protocol: by measurement, tags and field key. A tag that says which device it is, or that
 * differs without saying what is measured, is captured; one that says what is measured (`phase=total`) stays as it is.
 */
import { readLines } from '../../decode/line-protocol.ts';
import type { TopicLeaf, TopicSample } from '../topic-group.ts';
import { escaped, IDENTITIES, isMeasured, PARTS_KEY, PLACES_MAX, type Place } from './places.ts';
import { isEmptyName, phaseOf, wordsOf } from './words.ts';

/** Tags that name a machine, beside those that name a part anywhere. */
const OWNERS: ReadonlySet<string> = new Set([...IDENTITIES, 'host', 'hostname', 'node', 'inverter', 'unit']);
/** What a path of a profile cannot hold. */
const UNWRITABLE = /[,{}|[\]=]/;

interface Told {
  readonly topic: string;
  readonly at: number;
  readonly measurement: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly field: string;
  readonly value: number;
}

export function isLineProtocol(content: TopicSample['content']): boolean {
  return content.kind === 'text' && toldIn({ topic: '', receivedAt: 0, content }).length > 0;
}

/** The numbers in a leaf's lines, by path. */
export function linePlaces({ samples }: TopicLeaf): Place[] {
  const told = samples.flatMap(toldIn);
  const series = ({ measurement, tags, field }: Told): string =>
    JSON.stringify([measurement, [...tags.keys()].sort(), field]);
  const found = new Map<string, Place>();
  for (const alike of Map.groupBy(told, series).values()) {
    const open = openTags(alike);
    for (const each of alike) {
      const place = placeOf(each, open);
      const known = found.get(place.path) ?? place;
      if (found.size >= PLACES_MAX && known === place) continue;
      found.set(known.path, known);
      known.observed.push({ topic: each.topic, at: each.at, value: each.value });
    }
  }
  return [...found.values()];
}

/** None when a line of it is no line protocol: a text with an equals sign is not yet one. */
function toldIn({
  topic,
  receivedAt,
  content,
}: Pick<TopicSample, 'topic' | 'receivedAt' | 'content'>): Told[] {
  if (content.kind !== 'text') return [];
  // Of a text that was cut the last line is not whole.
  const text = content.isCut ? content.text.slice(0, content.text.lastIndexOf('\n') + 1) : content.text;
  const told: Told[] = [];
  let isFaulty = false;
  readLines(
    text,
    ({ measurement, tags, fields }) => {
      for (const [field, value] of Object.entries(fields)) {
        if (typeof value !== 'number') continue;
        const words = [measurement, field, ...[...tags].flat()];
        if (words.some((word) => UNWRITABLE.test(word))) continue;
        told.push({ topic, at: receivedAt, measurement, tags, field, value });
      }
    },
    () => {
      isFaulty = true;
    },
  );
  return isFaulty ? [] : told;
}

/** The tags to capture: first those that differ within one topic, which tell its parts apart. */
function openTags(alike: readonly Told[]): { readonly key: string; readonly isPart: boolean }[] {
  const [first] = alike;
  const open = [...(first?.tags.keys() ?? [])].sort().flatMap((key) => {
    const values = new Set(alike.map(({ tags }) => tags.get(key) ?? ''));
    if (!OWNERS.has(key.toLowerCase()) && (values.size < 2 || [...values].some(saysWhat))) return [];
    const byTopic = Map.groupBy(alike, ({ topic }) => topic).values();
    const isPart = byTopic.some((of) => new Set(of.map(({ tags }) => tags.get(key))).size > 1);
    return [{ key, isPart }];
  });
  return open.sort((a, b) => Number(b.isPart) - Number(a.isPart));
}

function saysWhat(value: string): boolean {
  return isMeasured(value) || phaseOf(wordsOf(value)) !== undefined || /^(total|import|export)$/i.test(value);
}

function placeOf(told: Told, open: ReturnType<typeof openTags>): Place {
  const { measurement, tags, field } = told;
  const keys = open.map(({ key }) => key);
  const fixed = [...tags].filter(([key]) => !keys.includes(key)).sort();
  const conditions = [
    ...fixed.map(([key, value]) => `,${key}=${escaped(value)}`),
    ...keys.map((key, index) => `,${key}={${PARTS_KEY}${index === 0 ? '' : String(index + 1)}}`),
  ];
  const names = [field, ...fixed.map(([, value]) => value), measurement];
  return {
    path: `/${escaped(measurement)}${conditions.join('')}/${escaped(field)}`,
    names: isEmptyName(field) ? names.slice(1) : names,
    hasCapture: open.some(({ isPart }) => isPart),
    observed: [],
  };
}
