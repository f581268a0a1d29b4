/** How a value found in a message is shown to a person: short, quoted, never the whole payload. */
const SHOWN_CHARS = 60;

/** One line naming what was found, at most some 80 characters: `the text "unknown"`, `true`, `an array of 3`. */
export function describeFound(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `the text ${quoted(value)}`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** `text` in double quotes with control characters escaped, clipped. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text);
}
