/**
 * Where numbers stand in recorded samples: JSON Pointers of a profile, with a capture where parts of a device have a key
 * each, or the last level of the topic for bare values.
 */
import type { TopicLeaf, TopicSample } from '../topic-group.ts';
import { meaningOf } from './meaning.ts';
import { isEmptyName, phaseOf, wordsOf } from './words.ts';

export interface Observed {
  readonly topic: string;
  /** epoch ms */
  readonly at: number;
  readonly value: number;
}

export interface Place {
  /** the profile's path; for a bare value the topic's last level */
  readonly path: string;
  /** names above and of the value that say something, the last first */
  readonly names: readonly string[];
  /** a list of so many numbers */
  readonly length?: number;
  /** text after the number, or what a key beside it says is its unit */
  readonly unitText?: string;
  readonly suffix?: string;
  readonly hasCapture: boolean;
  readonly observed: Observed[];
}

export const PLACES_MAX = 200;
export const PARTS_KEY = 'part';
/** How members that tell a list's entries apart are called. */
export const IDENTITIES = [
  'id',
  'name',
  'flag',
  'key',
  'serial',
  'slave',
  'device',
  'meter',
  'channel',
  'label',
  'tag',
  'address',
];
const UNIT_KEYS = ['unit', 'units', 'unit_of_measurement', 'uom', 'u'];
const NUMERIC = /^\s*([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*([a-zA-Z%°³/²0-9]{0,8})\s*$/;

/** The numbers in a leaf's JSON samples, by path. */
export function jsonPlaces(leaf: TopicLeaf): Place[] {
  const found = new Map<string, Place>();
  for (const sample of leaf.samples) {
    if (sample.content.kind === 'json')
      visit(sample.content.value, { sample, found, path: '', names: [], hasCapture: false });
  }
  return [...found.values()];
}

/** A bare value of a leaf's topics; undefined where they are no numbers. */
export function barePlace(leaf: TopicLeaf): Place | undefined {
  const read = leaf.samples.flatMap(({ topic, receivedAt, content }) => {
    const match = content.kind === 'text' ? NUMERIC.exec(content.text) : null;
    return match === null ? [] : [{ topic, at: receivedAt, value: Number(match[1]), suffix: match[2] ?? '' }];
  });
  const [first] = read;
  if (first === undefined || read.some(({ suffix }) => suffix !== first.suffix)) return undefined;
  const told = first.suffix === '' ? {} : { unitText: first.suffix, suffix: first.suffix };
  return { path: leaf.name, names: [leaf.name], hasCapture: false, observed: read, ...told };
}

interface Walk {
  readonly sample: TopicSample;
  readonly found: Map<string, Place>;
  readonly path: string;
  readonly names: readonly string[];
  readonly hasCapture: boolean;
}

function visit(node: unknown, walk: Walk): void {
  if (typeof node === 'number' || typeof node === 'string') return take(node, walk, undefined);
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) return visitList(node, walk);
  const object = node as Readonly<Record<string, unknown>>;
  const keys = Object.keys(object);
  const parts = partsOf(object);
  if (parts !== undefined && !walk.hasCapture) {
    const deeper = { ...walk, path: `${walk.path}/{${PARTS_KEY}}`, hasCapture: true };
    for (const key of parts) visit(object[key], deeper);
    return;
  }
  const unitKey = UNIT_KEYS.find((key) => typeof object[key] === 'string');
  for (const key of keys) {
    if (/[{}[\]=|]/.test(key)) continue;
    const names = isEmptyName(key) ? walk.names : [key, ...walk.names];
    const deeper = { ...walk, path: `${walk.path}/${escaped(key)}`, names };
    const inner = object[key];
    if (typeof inner === 'number' || typeof inner === 'string')
      take(inner, deeper, unitKey && String(object[unitKey]));
    else visit(inner, deeper);
  }
}

function visitList(items: readonly unknown[], walk: Walk): void {
  const numbers = items.filter((item) => typeof item === 'number');
  if (items.length > 0 && numbers.length === items.length) {
    for (const value of numbers) put(walk, value, { length: items.length });
    return;
  }
  const objects = items.filter((item) => typeof item === 'object' && item !== null) as Readonly<
    Record<string, unknown>
  >[];
  const member = IDENTITIES.find((key) => areTold(objects.map((object) => object[key])));
  if (member === undefined || objects.length < items.length || walk.hasCapture) return;
  const isNamed = objects.some((object) => isMeasured(String(object[member])));
  for (const object of objects) {
    const name = String(object[member]);
    if (/[{}[\]=|]/.test(name)) continue;
    // A list of named values, or of alike parts.
    const key = isNamed ? name : `{${PARTS_KEY}}`;
    const path = `${walk.path}/[${member}=${escaped(key)}]`;
    const names = isNamed ? [name, ...walk.names] : walk.names;
    visit(without(object, member), { ...walk, path, names, hasCapture: !isNamed });
  }
}

function areTold(values: readonly unknown[]): boolean {
  const told = values.filter((value) => typeof value === 'string' || typeof value === 'number');
  return told.length === values.length && values.length > 0 && new Set(told.map(String)).size === told.length;
}

function without(object: Readonly<Record<string, unknown>>, member: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== member));
}

/** Keys of an object that are parts of one device: two or more, alike within, and named for themselves. */
function partsOf(object: Readonly<Record<string, unknown>>): string[] | undefined {
  const entries = Object.entries(object);
  const inner = entries.flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [{ key, keys: Object.keys(value) }]
      : [],
  );
  const [first, ...others] = inner;
  if (first === undefined || inner.length !== entries.length || first.keys.length === 0) return undefined;
  if (others.length === 0 && !/^\d+$|^[0-9a-f]{6,}$/i.test(first.key)) return undefined;
  const areAlike = others.every(({ keys }) =>
    keys.some((key) => first.keys.includes(key) && !isEmptyName(key)),
  );
  const isNamed = inner.some(({ key }) => {
    const words = wordsOf(key);
    return isMeasured(key) || isPhase(words, inner.length);
  });
  return areAlike && !isNamed ? inner.map(({ key }) => key) : undefined;
}

/** A single letter names a part as well as a quantity. */
export function isMeasured(name: string): boolean {
  return name.length > 2 && meaningOf(wordsOf(name)) !== undefined;
}

/** `L1` is a phase; `a` is one beside `b` and `c`; a plain number may be anything. */
function isPhase(words: readonly string[], siblings: number): boolean {
  const isLetter = siblings === 3 && words.length === 1 && /^[abcrst]$/.test(words[0] ?? '');
  return isLetter || (words.length === 2 && phaseOf(words)?.rest.length === 0);
}

function take(raw: number | string, walk: Walk, unitText: string | undefined): void {
  if (typeof raw === 'number') return put(walk, raw, unitText === undefined ? {} : { unitText });
  const match = raw.length > 40 ? null : NUMERIC.exec(raw);
  if (match === null) return;
  const suffix = match[2] ?? '';
  const told = suffix === '' ? {} : { suffix };
  const unit = suffix === '' ? unitText : suffix;
  put(walk, Number(match[1]), { ...told, ...(unit !== undefined && { unitText: unit }) });
}

function put(walk: Walk, value: number, told: Pick<Place, 'length' | 'unitText' | 'suffix'>): void {
  const { sample, found, path, names, hasCapture } = walk;
  let place = found.get(path);
  if (place === undefined) {
    if (found.size >= PLACES_MAX) return;
    place = { path, names, hasCapture, observed: [], ...told };
    found.set(path, place);
  }
  place.observed.push({ topic: sample.topic, at: sample.receivedAt, value });
}

export function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
