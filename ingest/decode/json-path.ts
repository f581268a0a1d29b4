/**
 * JSON Pointer (RFC 6901) with captures: `/params/em1:{channel}/voltage` walks every key `em1:…` and captures
 * what follows. `{name=a|b}` takes only the listed values. A name the topic has captured already, or that an
 * earlier segment of the same path has, is that value and no longer a wildcard. `/data/[flag=AIN1]/value` goes
 * to the entry of an array whose `flag` is `AIN1`; a capture may stand there too.
 */
import type { Captures } from './topic-pattern.ts';

type KeySegment =
  | { readonly kind: 'key'; readonly key: string }
  | {
      readonly kind: 'capture';
      readonly name: string;
      readonly before: string;
      readonly after: string;
      readonly listed: ReadonlySet<string> | undefined;
    };
/** `member` of an array's entry takes the place of a key */
type Segment = KeySegment | { readonly kind: 'item'; readonly member: string; readonly is: KeySegment };

export interface JsonPath {
  readonly text: string;
  readonly segments: readonly Segment[];
  /** captured names, in order */
  readonly names: readonly string[];
}

export type Visit = (value: unknown, captures: Captures) => void;

/**
 * A capture walks over at most so many keys of one object: more than any gateway has meters. A payload with
 * a hundred thousand would hold up everybody else's messages for seconds.
 */
export const CAPTURED_KEYS_MAX = 1000;

const ITEM = /^\[([^=[\]{}]+)=(.+)\]$/;
const CAPTURE = /^([^{}]*)\{([a-z][a-zA-Z0-9]*)(?:=([^{}]+))?\}([^{}]*)$/;

/** The compiled path, or a sentence saying what is wrong with it. The empty text is the whole document. */
export function parseJsonPath(text: string): JsonPath | string {
  if (text !== '' && !text.startsWith('/')) return 'a path begins with / (JSON Pointer)';
  const segments: Segment[] = [];
  for (const part of text.split('/').slice(1)) {
    const raw = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const item = ITEM.exec(raw);
    const key = parseKey(item?.[2] ?? raw);
    if (typeof key === 'string') return key;
    segments.push(item === null ? key : { kind: 'item', member: item[1] ?? '', is: key });
  }
  const names = segments.flatMap((segment) => {
    const key = segment.kind === 'item' ? segment.is : segment;
    return key.kind === 'capture' ? [key.name] : [];
  });
  return { text, segments, names: [...new Set(names)] };
}

function parseKey(raw: string): KeySegment | string {
  const capture = CAPTURE.exec(raw);
  if (capture === null) {
    return /[{}]/.test(raw) ? `"${raw}" is neither a key nor text{name}text` : { kind: 'key', key: raw };
  }
  const [, before = '', name = '', values, after = ''] = capture;
  const listed = values === undefined ? undefined : new Set(values.split('|'));
  return { kind: 'capture', name, before, after, listed };
}

/**
 * Calls `visit` for every place of `root` that `path` leads to, in the document's order, with all captures.
 * False when a part was left out, because an object has more than {@link CAPTURED_KEYS_MAX} keys, or an array
 * that is searched so many entries.
 */
export function walk(path: JsonPath, root: unknown, captures: Captures, visit: Visit): boolean {
  return walkFrom(path.segments, 0, root, captures, visit);
}

/** The first value that `path` leads to under `captures`, or undefined. */
export function firstAt(path: JsonPath, root: unknown, captures: Captures): unknown {
  let first: unknown;
  walk(path, root, captures, (value) => (first ??= value));
  return first;
}

function walkFrom(
  segments: readonly Segment[],
  place: number,
  node: unknown,
  captures: Captures,
  visit: Visit,
): boolean {
  const segment = segments[place];
  if (segment === undefined) {
    visit(node, captures);
    return true;
  }
  if (typeof node !== 'object' || node === null) return true;
  const { is, entries } =
    segment.kind === 'item' ? itemsOf(segment, node) : { is: segment, entries: undefined };
  const key = fixedKey(is, captures);
  if (entries === undefined && key !== undefined) {
    const object = node as Readonly<Record<string, unknown>>;
    // Own properties only: a path through `constructor` finds what the device sent, or nothing.
    return !Object.hasOwn(object, key) || walkFrom(segments, place + 1, object[key], captures, visit);
  }
  const names = entries === undefined ? Object.keys(node) : [];
  if ((entries ?? names).length > CAPTURED_KEYS_MAX) return false;
  const keyed =
    entries ?? names.map((name) => [name, (node as Readonly<Record<string, unknown>>)[name]] as const);
  let isWhole = true;
  for (const [name, child] of keyed) {
    const found = key === undefined ? capturing(is, name, captures) : name === key ? captures : undefined;
    if (found === undefined) continue;
    isWhole = walkFrom(segments, place + 1, child, found, visit) && isWhole;
  }
  return isWhole;
}

/** The one key that `segment` can mean under `captures`; undefined when it has yet to capture. */
function fixedKey(segment: KeySegment, captures: Captures): string | undefined {
  if (segment.kind === 'key') return segment.key;
  const known = captures.get(segment.name);
  return known === undefined ? undefined : segment.before + known + segment.after;
}

type ItemSegment = Extract<Segment, { kind: 'item' }>;

/** An array's entries under what their `member` says; none when it is no array. */
function itemsOf(
  { member, is }: ItemSegment,
  node: object,
): { is: KeySegment; entries: [string, unknown][] } {
  const items: readonly unknown[] = Array.isArray(node) ? node : [];
  const entries = items.flatMap((item): [string, unknown][] => {
    if (typeof item !== 'object' || item === null || !Object.hasOwn(item, member)) return [];
    const name = (item as Readonly<Record<string, unknown>>)[member];
    return typeof name === 'string' || typeof name === 'number' ? [[String(name), item]] : [];
  });
  return { is, entries };
}

function capturing(segment: KeySegment, name: string, captures: Captures): Captures | undefined {
  const value = segment.kind === 'capture' ? capturedIn(segment, name) : undefined;
  return segment.kind !== 'capture' || value === undefined
    ? undefined
    : new Map([...captures, [segment.name, value]]);
}

function capturedIn(segment: Extract<KeySegment, { kind: 'capture' }>, key: string): string | undefined {
  const { before, after, listed } = segment;
  if (key.length <= before.length + after.length) return undefined;
  if (!key.startsWith(before) || !key.endsWith(after)) return undefined;
  const value = key.slice(before.length, key.length - after.length);
  return listed === undefined || listed.has(value) ? value : undefined;
}
