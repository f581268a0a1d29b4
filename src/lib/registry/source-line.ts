/**
 * The topic of a line of the registry's `sources`, as everybody reads it: it covers all that lies below it, braces
 * (`camp-b/{name}`) are a `+` with a name, and of two lines that cover a topic the more specific one comes first. Pure.
 */

/** A level such as `{name}`. */
export function isNamedLevel(level: string): boolean {
  return level.length > 2 && level.startsWith('{') && level.endsWith('}');
}

/** A level that stands for any: `+` or `{name}`. */
export function isWildLevel(level: string): boolean {
  return level === '+' || isNamedLevel(level);
}

/** Sorts lines by how much they say, level by level: fixed before any before all the rest; the greater text comes first. */
export function lineSpecificity(levels: readonly string[]): string {
  return levels.map((level) => (level === '#' ? '1' : isWildLevel(level) ? '2' : '3')).join('');
}

/** The MQTT filter of all topics that a line covers. */
export function lineFilter(levels: readonly string[]): string {
  const plain = levels.map((level) => (isNamedLevel(level) ? '+' : level));
  return plain.at(-1) === '#' ? plain.join('/') : [...plain, '#'].join('/');
}
