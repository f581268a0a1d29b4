/**
 * What another topic of the same device says about what its messages mean: a tank's level is fuel only while its fluid
 * is diesel. Until that is told the newest message of each topic waits; told otherwise, they are no reading, and what
 * was remembered of them no longer holds.
 *
 * It outlasts a change of registry or profiles: what a device is does not change with either.
 */
import { firstAt, parseJsonPath } from './json-path.ts';
import type { InboundMessage } from './message.ts';
import { readJson, readText } from './payload.ts';
import { scopeOf } from './presence.ts';
import type { Condition, SpecProblem } from './profile.ts';
import type { MessageSpec } from './profile-schema.ts';
import { captureNames, parseTopicPattern, type Captures, type TopicPattern } from './topic-pattern.ts';

/** Whoever names devices at random must not fill the memory. */
const SCOPES_MAX = 10_000;
const TOPICS_MAX = 32;
/** What waited for longer may have changed unheard. */
const WAIT_MAX_MS = 60_000;

interface Scope {
  /** the newest word; undefined when none was told, or it was taken back */
  word: string | undefined;
  /** topics that wait, with their newest message, or were read */
  readonly topics: Map<string, InboundMessage | undefined>;
}

/** What follows from a word: messages to read now, and topics whose values no longer hold. */
export interface Consequence {
  readonly read: readonly InboundMessage[];
  readonly forget: readonly string[];
}

export class Conditions {
  readonly #scopes = new Map<string, Scope>();

  /** Whether a message of a layout with this condition is to be read now. One that has to wait is remembered. */
  holds(condition: Condition, captures: Captures, message: InboundMessage): boolean {
    const scope = this.#scopeOf(scopeOf(condition, captures));
    if (scope === undefined) return false;
    const isKnown = scope.topics.has(message.topic) || scope.topics.size < TOPICS_MAX;
    // A retained message says nothing of now, whatever the condition turns out to be.
    const waits = scope.word === undefined && !message.retain ? message : undefined;
    if (isKnown) scope.topics.set(message.topic, waits);
    return scope.word !== undefined && condition.words.has(scope.word);
  }

  /** A message of the condition's own topic; a retained one is as good: it is a state. */
  note(condition: Condition, captures: Captures, message: InboundMessage): Consequence {
    const scope = this.#scopeOf(scopeOf(condition, captures));
    if (scope === undefined) return { read: [], forget: [] };
    scope.word = condition.wordIn(message.payload);
    if (scope.word === undefined) return { read: [], forget: [] };
    const topics = [...scope.topics];
    if (!condition.words.has(scope.word)) {
      scope.topics.clear();
      return { read: [], forget: topics.map(([topic]) => topic) };
    }
    const waiting = topics.flatMap(([, waits]) => waits ?? []);
    for (const { topic } of waiting) scope.topics.set(topic, undefined);
    const isRecent = ({ receivedAt }: InboundMessage): boolean =>
      Math.abs(message.receivedAt - receivedAt) <= WAIT_MAX_MS;
    return { read: waiting.filter(isRecent), forget: [] };
  }

  #scopeOf(id: string): Scope | undefined {
    const known = this.#scopes.get(id);
    if (known !== undefined || this.#scopes.size >= SCOPES_MAX) return known;
    const scope: Scope = { word: undefined, topics: new Map() };
    this.#scopes.set(id, scope);
    return scope;
  }
}

type ConditionSpec = NonNullable<MessageSpec['only']>;

/** @param id tells this condition from all others of all profiles */
export function compileCondition(id: string, { topic, path, is }: ConditionSpec): Condition {
  const patterns = patternsIn(topic);
  const place = path === undefined ? undefined : parseJsonPath(path);
  return {
    id,
    patterns,
    names: [...new Set(patterns.flatMap(captureNames))].sort(),
    words: new Set(is.map(String)),
    wordIn(payload) {
      const read = typeof place === 'object' ? readJson(payload) : readText(payload);
      if (!read.ok) return undefined;
      const word = typeof place === 'object' ? firstAt(place, read.value, new Map()) : read.value;
      return typeof word === 'string' || typeof word === 'number' ? String(word).trim() : undefined;
    },
  };
}

/** What the schema cannot see; paths are from the message's top. @param captured names that all of its topics capture */
export function checkCondition(spec: ConditionSpec, captured: ReadonlySet<string>): SpecProblem[] {
  const parsed = parseTopicPattern(spec.topic);
  if (typeof parsed === 'string')
    return [{ path: ['only', 'topic'], message: `found "${spec.topic}": ${parsed}` }];
  const unknown = parsed.flatMap(captureNames).find((name) => !captured.has(name));
  if (unknown !== undefined)
    return [{ path: ['only', 'topic'], message: `the message's topic captures no {${unknown}}` }];
  const path = spec.path === undefined ? undefined : parseJsonPath(spec.path);
  return typeof path === 'string' ? [{ path: ['only', 'path'], message: path }] : [];
}

function patternsIn(topic: string): TopicPattern[] {
  const parsed = parseTopicPattern(topic);
  return typeof parsed === 'string' ? [] : parsed;
}
