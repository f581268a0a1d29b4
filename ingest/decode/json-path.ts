/**
 * JSON Pointer (RFC 6901) with captures: `/params/em1:{channel}/voltage` walks every key `em1:…` and captures
 * what follows. `{name=a|b}` takes only the listed values. A name the topic has captured already, or that an
 * earlier segment of the same path has, is that value and no longer a wildcard.
 */
import type { Captures } from './topic-pattern.ts';

type Segment =
  | { readonly kind: 'key'; readonly key: string }
  | {
      readonly kind: 'capture';
      readonly name: string;
      readonly before: string;
      readonly after: string;
      readonly listed: ReadonlySet<string> | undefined;
    };

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

const CAPTURE = /^([^{}]*)\{([a-z][a-zA-Z0-9]*)(?:=([^{}]+))?\}([^{}]*)$/;

/** The compiled path, or a sentence saying what is wrong with it. The empty text is the whole document. */
export function parseJsonPath(text: string): JsonPath | string {
  if (text !== '' && !text.startsWith('/')) return 'a path begins with / (JSON Pointer)';
  const segments: Segment[] = [];
  for (const part of text.split('/').slice(1)) {
    const raw = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const capture = CAPTURE.exec(raw);
    if (capture === null && /[{}]/.test(raw)) return `"${raw}" is neither a key nor text{name}text`;
    if (capture === null) {
      segments.push({ kind: 'key', key: raw });
    } else {
      const [, before = '', name = '', values, after = ''] = capture;
      const listed = values === undefined ? undefined : new Set(values.split('|'));
      segments.push({ kind: 'capture', name, before, after, listed });
    }
  }
  const names = segments.flatMap((segment) => (segment.kind === 'capture' ? [segment.name] : []));
  return { text, segments, names: [...new Set(names)] };
}

/**
 * Calls `visit` for every place of `root` that `path` leads to, in the document's order, with all captures.
 * False when a part was left out, because an object has more than {@link CAPTURED_KEYS_MAX} keys.
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
  const object = node as Readonly<Record<string, unknown>>;
  const known = segment.kind === 'capture' ? captures.get(segment.name) : undefined;
  if (segment.kind === 'key' || known !== undefined) {
    const key = segment.kind === 'key' ? segment.key : segment.before + known + segment.after;
    // Own properties only: a path through `constructor` finds what the device sent, or nothing.
    return !Object.hasOwn(object, key) || walkFrom(segments, place + 1, object[key], captures, visit);
  }
  const keys = Object.keys(object);
  if (keys.length > CAPTURED_KEYS_MAX) return false;
  let isWhole = true;
  for (const key of keys) {
    const value = capturedIn(segment, key);
    if (value === undefined) continue;
    const found = new Map([...captures, [segment.name, value]]);
    isWhole = walkFrom(segments, place + 1, object[key], found, visit) && isWhole;
  }
  return isWhole;
}

function capturedIn(segment: Extract<Segment, { kind: 'capture' }>, key: string): string | undefined {
  const { before, after, listed } = segment;
  if (key.length <= before.length + after.length) return undefined;
  if (!key.startsWith(before) || !key.endsWith(after)) return undefined;
  const value = key.slice(before.length, key.length - after.length);
  return listed === undefined || listed.has(value) ? value : undefined;
}
