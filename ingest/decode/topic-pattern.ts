/**
 * Topic patterns of profiles: levels that are fixed, `{name}` for one level, `{name+}` for one or more (once
 * in a pattern), and `em1:{channel=0|1|2}` for a level that lists its values. A listing pattern stands for one
 * pattern a value, so matching stays level by level and subscriptions stay narrow.
 */

type Level =
  | { readonly kind: 'fixed'; readonly text: string }
  | { readonly kind: 'one'; readonly name: string }
  | { readonly kind: 'rest'; readonly name: string };

export type Captures = ReadonlyMap<string, string>;

export interface TopicPattern {
  readonly text: string;
  readonly levels: readonly Level[];
  /** captures that a listed value has fixed */
  readonly fixed: Captures;
  /** patterns sort by it, the most specific first */
  readonly specificity: string;
}

/** How many levels `{name+}` stands for in a default subscription when it is not the pattern's end. */
export const SUBSCRIBED_DEPTH = 2;
const LISTED = /^([^{}]*)\{([a-z][a-zA-Z0-9]*)=([^{}]+)\}([^{}]*)$/;
const WHOLE = /^\{([a-z][a-zA-Z0-9]*)(\+?)\}$/;

/** The patterns `text` stands for, or a sentence saying what is wrong with it. */
export function parseTopicPattern(text: string): TopicPattern[] | string {
  let drafts: { levels: Level[]; fixed: Map<string, string> }[] = [{ levels: [], fixed: new Map() }];
  for (const part of text.split('/')) {
    const whole = WHOLE.exec(part);
    const listed = LISTED.exec(part);
    if (whole !== null) {
      const level: Level = { kind: whole[2] === '+' ? 'rest' : 'one', name: whole[1] ?? '' };
      for (const draft of drafts) draft.levels.push(level);
    } else if (listed !== null) {
      const [, before = '', name = '', values = '', after = ''] = listed;
      drafts = drafts.flatMap((draft) =>
        values.split('|').map((value) => ({
          levels: [...draft.levels, { kind: 'fixed' as const, text: before + value + after }],
          fixed: new Map([...draft.fixed, [name, value]]),
        })),
      );
    } else if (/[{}+#]/.test(part)) {
      return `"${part}" is neither a fixed level, {name}, {name+} nor text{name=a|b}`;
    } else {
      for (const draft of drafts) draft.levels.push({ kind: 'fixed', text: part });
    }
  }
  const rests = drafts[0]?.levels.filter((level) => level.kind === 'rest').length ?? 0;
  if (rests > 1) return '{name+} may stand only once in a topic';
  return drafts.map(({ levels, fixed }) => ({ text, levels, fixed, specificity: specificityOf(levels) }));
}

/** Fixed before `{name}` before `{name+}`, level by level from the left; for equal beginnings the longer one. */
function specificityOf(levels: readonly Level[]): string {
  return levels.map(({ kind }) => (kind === 'fixed' ? '3' : kind === 'one' ? '2' : '1')).join('');
}

/** The names a pattern captures. */
export function captureNames(pattern: TopicPattern): string[] {
  const names = pattern.levels.flatMap((level) => (level.kind === 'fixed' ? [] : [level.name]));
  return [...names, ...pattern.fixed.keys()];
}

/** What `pattern` captures from a topic's levels; undefined when it does not match. `{name+}` keeps its slashes. */
export function matchTopic(pattern: TopicPattern, topic: readonly string[]): Captures | undefined {
  const { levels } = pattern;
  const restLength = topic.length - levels.length + 1;
  const captures = new Map(pattern.fixed);
  let place = 0;
  for (const level of levels) {
    if (level.kind === 'rest') {
      if (restLength < 1) return undefined;
      captures.set(level.name, topic.slice(place, place + restLength).join('/'));
      place += restLength;
      continue;
    }
    const found = topic[place++];
    if (found === undefined) return undefined;
    if (level.kind === 'one') captures.set(level.name, found);
    else if (level.text !== found) return undefined;
  }
  return place === topic.length ? captures : undefined;
}

/** The MQTT filters that bring a pattern's messages; `{name+}` before the end stands for one to `depth` levels. */
export function filtersOf(pattern: TopicPattern, depth: number): string[] {
  const place = pattern.levels.findIndex((level) => level.kind === 'rest');
  const wild = pattern.levels.map((level) => (level.kind === 'fixed' ? level.text : '+'));
  if (place < 0) return [wild.join('/')];
  if (place === wild.length - 1) return [[...wild, '#'].join('/')];
  return Array.from({ length: depth }, (_, more) =>
    [...wild.slice(0, place), ...Array<string>(more + 1).fill('+'), ...wild.slice(place + 1)].join('/'),
  );
}
