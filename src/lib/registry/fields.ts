/**
 * Reading one map of a registry file field by field: each method checks one kind of value, reports what is
 * wrong with its line, and goes on, so that a person sees all problems of a file at once. A value that
 * could not be read comes back as undefined; the file as a whole is refused, so nothing half-read is kept.
 */
import { isMap, isScalar, isSeq } from 'yaml';
import { describe, keyPlace, offsetOf, type Entry, type Report } from './document.ts';
import { nearestWord } from './nearest.ts';

const MAX_TEXT_LENGTH = 300;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
/** Control characters, line and paragraph separators: they break logs and exports. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/u;

export interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
  readonly hint: string;
}

export interface TextForm {
  readonly matches: (text: string) => boolean;
  /** completes "Expected …" */
  readonly expected: string;
  readonly hint: string | ((text: string) => string);
}

/** The entries of a map by key, duplicates reported; undefined (and reported) when `entry` is no map. */
export function readEntries(entry: Entry, report: Report): Map<string, Entry> | undefined {
  if (!isMap(entry.node)) {
    report.problem(
      entry,
      `Expected a map of keys and values, found ${describe(entry.node)}.`,
      'See docs/registry.md.',
    );
    return undefined;
  }
  const entries = new Map<string, Entry>();
  for (const { key, value } of entry.node.items) {
    const name = keyText(key);
    const offset = offsetOf(key, entry.offset);
    const path = entry.path === '' ? name : `${entry.path}.${name}`;
    if (entries.has(name)) {
      report.problem({ path, offset }, `The key \`${name}\` stands here twice.`, 'Keep one of the two.');
    } else {
      entries.set(name, { path, node: value, offset: offsetOf(value, offset), keyOffset: offset });
    }
  }
  return entries;
}

/** The key as it was written: `0123` and `1e3` are slugs, not numbers. */
function keyText(key: unknown): string {
  if (!isScalar(key)) return '?';
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

export class Fields {
  readonly entry: Entry;
  readonly #entries: Map<string, Entry>;
  readonly #report: Report;

  constructor(place: Entry, known: readonly string[], report: Report) {
    this.entry = place;
    this.#report = report;
    this.#entries = readEntries(place, report) ?? new Map<string, Entry>();
    for (const [name, entry] of this.#entries) {
      if (known.includes(name)) continue;
      const meant = nearestWord(name, known);
      const hint = meant === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean \`${meant}\`?`;
      report.problem(keyPlace(entry), `Unknown key \`${name}\`.`, hint);
    }
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Where a problem with `key` belongs, whether it was written or not. */
  place(key: string): Entry {
    const path = this.entry.path === '' ? key : `${this.entry.path}.${key}`;
    return this.#entries.get(key) ?? { path, node: null, offset: this.entry.offset };
  }

  /** Reports a missing required key. */
  required(key: string, hint: string): void {
    if (isMap(this.entry.node) && !this.has(key))
      this.#report.problem(this.place(key), `\`${key}\` is missing.`, hint);
  }

  /** One line of text, trimmed, not empty. */
  text(key: string): string | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    const value = isScalar(entry.node) ? entry.node.value : undefined;
    if (typeof value !== 'string') {
      const hint =
        typeof value === 'number' || typeof value === 'boolean' ? 'Put it in quotes.' : 'Write a text.';
      return this.#wrong(entry, `Expected a text, found ${describe(entry.node)}.`, hint);
    }
    const text = value.trim();
    if (text === '') return this.#wrong(entry, 'The text is empty.', 'Write it, or remove the key.');
    if (text.length > MAX_TEXT_LENGTH) {
      const message = `The text has ${text.length} characters; at most ${MAX_TEXT_LENGTH} are kept.`;
      return this.#wrong(entry, message, 'Shorten it.');
    }
    if (CONTROL.test(text))
      return this.#wrong(entry, 'The text holds control characters.', 'Keep it to one line.');
    return text;
  }

  /** A text of a given form. */
  textLike(key: string, form: TextForm): string | undefined {
    const text = this.text(key);
    if (text === undefined || form.matches(text)) return text;
    const hint = typeof form.hint === 'string' ? form.hint : form.hint(text);
    return this.#wrong(this.place(key), `Expected ${form.expected}, found "${text}".`, hint);
  }

  number(key: string, rule: NumberRule): number | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    const value = isScalar(entry.node) ? entry.node.value : undefined;
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      return this.#wrong(entry, `Expected a number, found ${describe(entry.node)}.`, rule.hint);
    }
    if (value < rule.min || value > rule.max || (rule.integer === true && !Number.isInteger(value))) {
      const kind = rule.integer === true ? 'a whole number' : 'a number';
      const message = `Expected ${kind} from ${rule.min} to ${rule.max}, found ${value}.`;
      return this.#wrong(entry, message, rule.hint);
    }
    return value === 0 ? 0 : value;
  }

  boolean(key: string): boolean | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    const value = isScalar(entry.node) ? entry.node.value : undefined;
    if (typeof value === 'boolean') return value;
    return this.#wrong(entry, `Expected true or false, found ${describe(entry.node)}.`, 'Without quotes.');
  }

  choice<T extends string>(key: string, options: readonly T[]): T | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const found = options.find((option) => option === text);
    if (found !== undefined) return found;
    const meant = nearestWord(text, options);
    const hint = meant === undefined ? `One of: ${options.join(', ')}.` : `Did you mean \`${meant}\`?`;
    return this.#wrong(this.place(key), `\`${text}\` is not one of the values allowed here.`, hint);
  }

  /** A local date that exists in the calendar, `YYYY-MM-DD`. */
  date(key: string): string | undefined {
    return this.textLike(key, {
      matches: isRealDate,
      expected: 'a date that exists, YYYY-MM-DD',
      hint: 'For example 2026-01-31.',
    });
  }

  /** Each item of a list; [] when the key is absent or no list. */
  list(key: string): readonly Entry[] {
    const entry = this.#entries.get(key);
    if (!entry) return [];
    if (!isSeq(entry.node)) {
      this.#report.problem(
        entry,
        `Expected a list, found ${describe(entry.node)}.`,
        'Begin each item with "- ".',
      );
      return [];
    }
    return entry.node.items.map((node, index) => ({
      path: `${entry.path}[${index}]`,
      node,
      offset: offsetOf(node, entry.offset),
    }));
  }

  /** The entries of an inner map by key; none when the key is absent. */
  map(key: string): ReadonlyMap<string, Entry> {
    const entry = this.#entries.get(key);
    return (entry && readEntries(entry, this.#report)) ?? new Map<string, Entry>();
  }

  #wrong(at: Entry, message: string, hint: string): undefined {
    this.#report.problem(at, message, hint);
    return undefined;
  }
}

/** Whether `text` is `YYYY-MM-DD` and stands in the (proleptic Gregorian) calendar. */
export function isRealDate(text: string): boolean {
  const match = DATE.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
