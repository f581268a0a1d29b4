/**
 * The shape of a topic nobody reads: its levels but the last, with `+` where a level names one device among others.
 * What devices of one kind publish has one shape; the last level says which of their messages it is.
 */

/** Deeper topics have the shape of their first levels. */
const LEVELS_MAX = 12;
const LEVEL_CHARS_MAX = 40;

export interface TopicShape {
  /** the levels above the last, `/` between them; empty for a topic of one level */
  readonly above: string;
  /** the last level; `+` where it names one device among others */
  readonly leaf: string;
}

export function shapeOf(topic: string): TopicShape {
  const levels = topic.split('/');
  const leaf = levels.pop() ?? '';
  const above = levels.slice(0, LEVELS_MAX).map((level) => (isVariable(level) ? '+' : level));
  if (levels.length > LEVELS_MAX) above.push('+');
  return { above: above.join('/'), leaf: isSerial(leaf) || isPrivate(leaf) ? '+' : leaf };
}

/** Whether a level tells devices apart: it holds a number, as `meter-3`, `7c9ebd` and `10.0.0.7` do; `v2` and `spBv1.0` are versions. */
function isVariable(level: string): boolean {
  return (
    (/\d/.test(level) && !/^(spB)?v\d{1,2}(\.\d)?$/i.test(level)) ||
    isPrivate(level) ||
    level === '+' ||
    level === '#'
  );
}

/** A last level with a number in it is often a quantity (`voltage1`): only a serial number or an address tells devices apart. */
function isSerial(level: string): boolean {
  const bare = level.replace(/[-_:.]/g, '');
  return (
    /^\d+$/.test(bare) ||
    (/^[0-9a-f]{6,}$/i.test(bare) && /\d/.test(bare)) ||
    /^[A-Za-z]{0,4}\d{6,}$/.test(bare)
  );
}

/** Nobody but its owner should read it, or nobody can: an e-mail address, a token. */
export function isPrivate(level: string): boolean {
  return level.includes('@') || level.length > LEVEL_CHARS_MAX;
}

/** `topic` as it may be shown: levels that are private are masked. */
export function shownTopic(topic: string, mask: string): string {
  return topic
    .split('/', LEVELS_MAX + 1)
    .map((level) => (isPrivate(level) ? mask : level))
    .join('/');
}

/** Whether a topic's levels above the last are of `shape`. */
export function isOfShape(shape: string, above: string): boolean {
  const [a, b] = [shape.split('/'), above.split('/')];
  return a.length === b.length && a.every((level, index) => level === '+' || level === b[index]);
}

/** `shape` with all levels but the first `kept` open. */
export function widened(shape: string, kept: number): string {
  return shape
    .split('/')
    .map((level, index) => (index < kept ? level : '+'))
    .join('/');
}
