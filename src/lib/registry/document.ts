/**
 * A YAML text as a tree whose every node knows its line: the first step of reading a registry file. It
 * refuses what a registry never needs and an attacker might send (anchors, aliases, tags, several documents,
 * very large or very deep texts), and never throws for anything a text may contain.
 */
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { Document } from 'yaml';

/** One thing wrong in a file: where it is, what was found, what to do. */
export interface RegistryProblem {
  /** e.g. `missions.unmiss.camps.juba.meters.pv-1.ratedW`; '' for the file as a whole */
  readonly path: string;
  /** from 1 */
  readonly line: number;
  /** from 1 */
  readonly column: number;
  readonly message: string;
  readonly hint: string;
}

/** Characters; about 10,000 meters. */
export const MAX_REGISTRY_LENGTH = 2_000_000;
/** Levels of nesting; a registry has eight. */
const MAX_DEPTH = 32;
/** More problems than anybody reads at once. */
export const MAX_PROBLEMS = 200;

/** A place in the file, with what stands there. */
export interface Entry {
  readonly path: string;
  /** a YAML node, or null where nothing was written */
  readonly node: unknown;
  /** character offset, for the line and column of a problem */
  readonly offset: number;
  /** where its key stands, when it has one */
  readonly keyOffset?: number;
}

/** The place of an entry's key rather than of its value. */
export function keyPlace({ path, offset, keyOffset }: Entry): { path: string; offset: number } {
  return { path, offset: keyOffset ?? offset };
}

/** Collects problems and warnings with their line and column. */
export class Report {
  readonly problems: RegistryProblem[] = [];
  readonly warnings: RegistryProblem[] = [];
  readonly #lines: LineCounter;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  problem(at: Pick<Entry, 'path' | 'offset'>, message: string, hint: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(this.#locate(at, message, hint));
  }

  warning(at: Pick<Entry, 'path' | 'offset'>, message: string, hint: string): void {
    if (this.warnings.length < MAX_PROBLEMS) this.warnings.push(this.#locate(at, message, hint));
  }

  #locate({ path, offset }: Pick<Entry, 'path' | 'offset'>, message: string, hint: string): RegistryProblem {
    const { line, col } = this.#lines.linePos(offset);
    return { path, line: Math.max(1, line), column: Math.max(1, col), message, hint };
  }
}

/** The tree of a text, or undefined after the report has been told why there is none. */
export function readDocument(text: string): { root: Entry | undefined; report: Report } {
  const lines = new LineCounter();
  const report = new Report(lines);
  const start = { path: '', offset: 0 };
  if (text.length > MAX_REGISTRY_LENGTH) {
    report.problem(
      start,
      `The file has ${text.length} characters; at most ${MAX_REGISTRY_LENGTH} are read.`,
      'Split it by mission.',
    );
    return { root: undefined, report };
  }
  if (isTooDeep(text)) {
    report.problem(
      start,
      `The file is nested deeper than ${MAX_DEPTH} levels.`,
      'Remove the extra brackets.',
    );
    return { root: undefined, report };
  }
  const document = parseSafely(text, lines, report);
  if (!document || report.problems.length > 0) return { root: undefined, report };
  return { root: { path: '', node: document.contents, offset: offsetOf(document.contents, 0) }, report };
}

/** Duplicate keys are looked for later: the library's own check takes quadratic time. */
function parseSafely(text: string, lines: LineCounter, report: Report): Document | undefined {
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      uniqueKeys: false,
      prettyErrors: false,
      version: '1.2',
      schema: 'core',
      stringKeys: false,
    });
    for (const { pos, message } of [...document.errors, ...document.warnings]) {
      report.problem(
        { path: '', offset: pos[0] },
        `This is not valid YAML: ${firstLine(message)}`,
        YAML_HINT,
      );
    }
    if (report.problems.length === 0) refuseCleverness(document, report);
    return document;
  } catch (error) {
    const reason = error instanceof Error ? firstLine(error.message) : 'unknown';
    report.problem({ path: '', offset: 0 }, `The file cannot be read as YAML: ${reason}`, YAML_HINT);
    return undefined;
  }
}

const YAML_HINT = 'Check indentation (spaces, not tabs), brackets, quotes and the colon after each key.';

/** Anchors and aliases make one part of a file stand for another, a thousandfold if one wants harm; tags change types. */
function refuseCleverness(document: Document, report: Report): void {
  visit(document, (_, node) => {
    if (isAlias(node)) {
      report.problem(place(node), `The alias \`*${node.source}\` is not allowed.`, 'Write the values out.');
    } else if ((isScalar(node) || isCollection(node)) && node.anchor !== undefined) {
      report.problem(place(node), `The anchor \`&${node.anchor}\` is not allowed.`, 'Remove it.');
    } else if (isNode(node) && !isAlias(node) && node.tag !== undefined) {
      report.problem(place(node), `The tag \`${node.tag}\` is not allowed.`, 'Remove it.');
    }
  });
}

/** Counts brackets and indentation; quoted brackets count too, which a limit this generous forgives. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x5b || code === 0x7b) depth++;
    else if (code === 0x5d || code === 0x7d) depth = Math.max(0, depth - 1);
    else if (code === 0x0a) depth = Math.min(depth, MAX_DEPTH);
    if (depth > MAX_DEPTH) return true;
  }
  return /^ {400}|^[ ]*(?:[-?:] ){33}/m.test(text);
}

function place(node: unknown): { path: string; offset: number } {
  return { path: '', offset: offsetOf(node, 0) };
}

/** Where a node begins in the text; `otherwise` for what was not written. */
export function offsetOf(node: unknown, otherwise: number): number {
  return isNode(node) && node.range ? node.range[0] : otherwise;
}

/** What a node is, in the words of a message. */
export function describe(node: unknown): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null) return 'nothing';
  const text = node.source ?? 'something';
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return typeof node.value === 'string' ? `the text "${shown}"` : `\`${shown}\``;
}

function firstLine(text: string): string {
  return text.split(/[\n;]/, 1)[0] ?? text;
}
