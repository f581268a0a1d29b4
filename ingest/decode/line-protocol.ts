/**
 * InfluxDB line protocol → lines: `measurement,tag=value field=1.5,other=2i 1772442902000000000`, with escapes,
 * strings over several lines and comments. A line that does not follow it is told and passed over; the others
 * are read. Source: InfluxDB v1 documentation, "Line protocol reference".
 */

export interface Line {
  readonly measurement: string;
  readonly tags: ReadonlyMap<string, string>;
  /** numbers, booleans and texts, as they were told */
  readonly fields: Readonly<Record<string, unknown>>;
  /** its digits; undefined when the line has none */
  readonly timestamp: string | undefined;
}

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?\d+[iu]$/;
const BOOLEAN: Readonly<Record<string, boolean>> = {
  ...{ t: true, T: true, true: true, True: true, TRUE: true },
  ...{ f: false, F: false, false: false, False: false, FALSE: false },
};
/** Longer numbers and timestamps are nothing that a meter says. */
const WORD_CHARS_MAX = 64;

/** Calls `take` for every line and `fault` for every one that is none, with its number (from 1) and why. */
export function readLines(
  text: string,
  take: (line: Line) => void,
  fault: (number: number, why: string) => void,
): void {
  const scanner = new Scanner(text);
  for (let number = 1; !scanner.isAtEnd; number += 1) {
    if (scanner.skipEmptyOrComment()) continue;
    const line = readLine(scanner);
    if (typeof line === 'string') fault(number, line);
    else take(line);
    number += scanner.skipLine(typeof line === 'string');
  }
}

function readLine(scanner: Scanner): Line | string {
  const measurement = scanner.word(', \n');
  if (measurement === '') return 'it has no measurement';
  const tags = new Map<string, string>();
  while (scanner.take(',')) {
    const key = scanner.word('=, \n');
    if (key === '' || !scanner.take('=')) return 'a tag is not key=value';
    tags.set(key, scanner.word(', \n'));
  }
  if (!scanner.take(' ')) return 'it has no fields';
  const fields: [string, unknown][] = [];
  do {
    scanner.skipBlanks();
    const key = scanner.word('=, \n');
    if (key === '' || !scanner.take('=')) return 'a field is not key=value';
    const value = scanner.take('"') ? scanner.quoted() : bareValue(scanner.word(', \n'));
    if (value === undefined) return 'a field has a value that is no number, boolean or closed text';
    fields.push([key, value]);
  } while (scanner.take(','));
  scanner.skipBlanks();
  const timestamp = scanner.word(' \n');
  scanner.skipBlanks();
  if (timestamp !== '' && (timestamp.length > WORD_CHARS_MAX || !/^-?\d+$/.test(timestamp))) {
    return 'its timestamp is no whole number';
  }
  if (!scanner.isAtLineEnd) return 'something follows its timestamp';
  return {
    measurement,
    tags,
    fields: Object.fromEntries(fields),
    timestamp: timestamp === '' ? undefined : timestamp,
  };
}

function bareValue(word: string): number | boolean | undefined {
  if (word.length > WORD_CHARS_MAX) return undefined;
  if (INTEGER.test(word)) return Number(word.slice(0, -1));
  if (FLOAT.test(word)) return Number(word);
  return Object.hasOwn(BOOLEAN, word) ? BOOLEAN[word] : undefined;
}

class Scanner {
  readonly #text: string;
  #place = 0;
  /** line ends within quoted texts, since the line began */
  #innerEnds = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#place >= this.#text.length;
  }

  get isAtLineEnd(): boolean {
    return this.isAtEnd || this.#text[this.#place] === '\n';
  }

  take(char: string): boolean {
    if (this.#text[this.#place] !== char) return false;
    this.#place += 1;
    return true;
  }

  /** Blanks, and the carriage return before a line's end. */
  skipBlanks(): void {
    while (this.take(' ') || this.take('\r'));
  }

  skipEmptyOrComment(): boolean {
    this.skipBlanks();
    if (!this.isAtLineEnd && this.#text[this.#place] !== '#') return false;
    this.#toLineEnd();
    return true;
  }

  /** Everything up to one of `stops`; a backslash takes the meaning from a comma, an equals sign or a blank. */
  word(stops: string): string {
    let word = '';
    for (; this.#place < this.#text.length; this.#place += 1) {
      let char = this.#text[this.#place] ?? '';
      if (stops.includes(char)) break;
      const next = this.#text[this.#place + 1];
      if (char === '\\' && next !== undefined && ', ='.includes(next)) {
        char = next;
        this.#place += 1;
      }
      word += char;
    }
    return word.endsWith('\r') ? word.slice(0, -1) : word;
  }

  /** What stands before the closing quotation mark; undefined when there is none. */
  quoted(): string | undefined {
    let text = '';
    for (; this.#place < this.#text.length; this.#place += 1) {
      let char = this.#text[this.#place] ?? '';
      if (char === '"') {
        this.#place += 1;
        return text;
      }
      const next = this.#text[this.#place + 1];
      if (char === '\\' && (next === '"' || next === '\\')) {
        char = next;
        this.#place += 1;
      } else if (char === '\n') this.#innerEnds += 1;
      text += char;
    }
    return undefined;
  }

  /** Goes on to the next line and says how many line ends were within this one's texts. */
  skipLine(isFaulty: boolean): number {
    const inner = this.#innerEnds;
    this.#innerEnds = 0;
    if (isFaulty || this.isAtLineEnd) this.#toLineEnd();
    return inner;
  }

  #toLineEnd(): void {
    const end = this.#text.indexOf('\n', this.#place);
    this.#place = end < 0 ? this.#text.length : end + 1;
  }
}
