/**
 * Format `influx`: InfluxDB line protocol, as Telegraf and others publish it. A field names a measurement, tags
 * and a field key, `/power,phase=total,meter={meter}/active_w`: only what is named is read. Each line is of its
 * own instant.
 */
import { InstantDrafts, RECORDS_MAX } from './drafts.ts';
import { fieldReader } from './field-value.ts';
import { quoted } from './found.ts';
import { parseJsonPath, walk, type JsonPath } from './json-path.ts';
import { readLines, type Line } from './line-protocol.ts';
import { readText } from './payload.ts';
import type { Format, RecordInstant } from './profile.ts';
import { RejectionList } from './rejection-list.ts';
import { checkSingleValue } from './single-value.ts';
import type { Captures } from './topic-pattern.ts';

/** A path's parts: the tags, each as a path of one segment, and measurement and field key as one of two. */
interface SeriesPath {
  readonly tags: readonly { readonly key: string; readonly value: JsonPath }[];
  readonly place: JsonPath;
}

export const influxFormat: Format = {
  name: 'influx',
  hasOwnTime: true,
  check(field) {
    const problems = checkSingleValue(field, {
      refused: ['sum', 'spread', 'array', 'when'],
      advice: 'a line has one value of a field: name it in the path',
    });
    const path = parseSeriesPath(field.path ?? '');
    if (typeof path === 'string') problems.push({ path: ['path'], message: path });
    return problems;
  },
  captures(field) {
    const path = parseSeriesPath(field.path ?? '');
    return typeof path === 'string'
      ? []
      : [...path.tags.flatMap(({ value }) => value.names), ...path.place.names];
  },
  extractor(fields) {
    const readers = fields.map((field) => ({ path: compiled(field.path ?? ''), read: fieldReader(field) }));
    return (payload, captures) => {
      const rejections = new RejectionList();
      const text = readText(payload);
      if (!text.ok) {
        rejections.add(text.rejection.reason, () => text.rejection.detail);
        return { records: [], rejections };
      }
      const all = new InstantDrafts(rejections);
      const take = (line: Line): void => {
        const instant = instantOf(line.timestamp);
        if (instant === 'no instant') {
          const told = quoted(line.timestamp ?? '');
          rejections.add(
            'time-invalid',
            () => `the timestamp ${told} is no time of this century in s, ms, µs or ns`,
          );
          return;
        }
        const drafts = all.at(instant);
        const root = Object.fromEntries([[line.measurement, line.fields]]);
        for (const { path, read } of readers) {
          const found = matchTags(path, line, captures);
          if (found === undefined) continue;
          walk(path.place, root, found, (raw, names) => {
            const draft = drafts.of(names);
            if (draft !== undefined) read(raw, path.place.text, draft);
          });
        }
        if (drafts.isFull) {
          rejections.add('payload-wrong-shape', () => `more than ${RECORDS_MAX} series at one instant`);
        }
      };
      readLines(text.value, take, (number, why) => {
        rejections.add('payload-wrong-shape', () => `line ${number} is no line protocol: ${why}`);
      });
      return { records: all.records(), rejections };
    };
  },
};

/** `/measurement,tag=value/field`, or a sentence saying what is wrong with it. */
function parseSeriesPath(text: string): SeriesPath | string {
  const expected = `found "${text}"; expected /measurement/field or /measurement,tag={name}/field`;
  const [before, series, field, ...others] = text.split('/');
  if (before !== '' || !series || !field || others.length > 0) return expected;
  const [measurement = '', ...conditions] = series.split(',');
  const place = parseJsonPath(`/${measurement}/${field}`);
  if (typeof place === 'string') return place;
  const tags: { key: string; value: JsonPath }[] = [];
  for (const condition of conditions) {
    const [, key, pattern] = /^([^={}]+)=(.+)$/.exec(condition) ?? [];
    const value = pattern === undefined ? expected : parseJsonPath(`/${pattern}`);
    if (typeof value === 'string') return value;
    tags.push({ key: key ?? '', value });
  }
  return { tags, place };
}

function compiled(text: string): SeriesPath {
  const path = parseSeriesPath(text);
  if (typeof path === 'string') throw new Error(`${path}: the profile was not checked`);
  return path;
}

/** What the line's tags capture; undefined when they are not those of the path. */
function matchTags(path: SeriesPath, line: Line, captures: Captures): Captures | undefined {
  let found: Captures = captures;
  for (const { key, value } of path.tags) {
    const told = line.tags.get(key);
    if (told === undefined) return undefined;
    const matches: Captures[] = [];
    walk(value, Object.fromEntries([[told, true]]), found, (_, names) => matches.push(names));
    const [match] = matches;
    if (match === undefined) return undefined;
    found = match;
  }
  return found;
}

/**
 * The unit of a timestamp shows in its length: from 2001 to 2286 seconds have 10 digits, milliseconds 13,
 * microseconds 16 and nanoseconds 19.
 */
function instantOf(timestamp: string | undefined): RecordInstant | undefined | 'no instant' {
  if (timestamp === undefined) return undefined;
  if (![10, 13, 16, 19].includes(timestamp.length) || timestamp.startsWith('-')) return 'no instant';
  return { kind: 'at', ms: Number(timestamp.padEnd(13, '0').slice(0, 13)) };
}
