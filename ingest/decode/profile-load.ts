/**
 * Profile files → compiled profiles, once at start. All mistakes of all files come back together, each with
 * file, line, place, what was found and what is expected.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { AppError } from '#lib/server/errors.ts';
import { describeFound } from './found.ts';
import { checkProfile, compileProfile, FORMATS } from './profile-compile.ts';
import { profileSchema } from './profile-schema.ts';
import type { Profile } from './profile.ts';

/** The profiles that come with Bluewatt. */
export const BUNDLED_PROFILES = join(import.meta.dirname, 'profiles');
/** How the file of a profile is called. */
export const PROFILE_FILE = /\.ya?ml$/;

const [firstFormat = 'json', ...otherFormats] = FORMATS.keys();
const schema = profileSchema([firstFormat, ...otherFormats]);
/** Keys of a message layout, which may stand at the top of a file that has only one. */
const LAYOUT_KEYS = ['match', 'meter', 'defaults', 'time', 'fields'];

/**
 * Every `*.yaml` of the directories. A profile in a later directory replaces one of the same name.
 * @throws AppError PROFILE_INVALID naming every mistake
 */
export function loadProfiles(directories: readonly string[] = [BUNDLED_PROFILES]): Profile[] {
  const problems: string[] = [];
  const byName = new Map<string, Profile>();
  for (const directory of directories) {
    const seen = new Map<string, string>();
    for (const name of readdirSync(directory).sort()) {
      if (!PROFILE_FILE.test(name) || name.startsWith('.')) continue;
      const file = join(directory, name);
      const parsed = parseProfile(readFileSync(file, 'utf8'), file);
      if (!parsed.ok) {
        problems.push(...parsed.problems);
        continue;
      }
      const twin = seen.get(parsed.profile.name);
      if (twin !== undefined) problems.push(`${file}: profile ${parsed.profile.name} is already in ${twin}`);
      seen.set(parsed.profile.name, file);
      byName.set(parsed.profile.name, parsed.profile);
    }
  }
  if (problems.length > 0) {
    const message = `${problems.length} mistakes in device profiles:\n${problems.join('\n')}`;
    throw new AppError('PROFILE_INVALID', message, { retryable: false });
  }
  return [...byName.values()];
}

export type ParsedProfile =
  | { readonly ok: true; readonly profile: Profile }
  | {
      readonly ok: false;
      /** one line each, with the file's name */
      readonly problems: readonly string[];
      /** the same, for who shows the text beside them */
      readonly mistakes: readonly ProfileMistake[];
    };

/** Where in the text something is wrong, both from 1; null for the text as a whole. */
export interface ProfileMistake {
  readonly line: number | null;
  readonly column: number | null;
  readonly text: string;
}

/** The bundled profiles and those of an installation's own folder, if there is one. @throws AppError PROFILE_INVALID */
export function installationProfiles(folder: string): Profile[] {
  return loadProfiles([BUNDLED_PROFILES, ...(existsSync(folder) ? [folder] : [])]);
}

/** One profile's text. `file` is only what problems call it. */
export function parseProfile(text: string, file: string): ParsedProfile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  if (document.errors.length > 0) {
    const mistakes = document.errors.map(({ message, pos }) => {
      const { line, col } = lines.linePos(pos[0]);
      return { line, column: col, text: message.split('\n')[0] ?? '' };
    });
    return { ok: false, problems: mistakes.map((each) => `${file}: ${each.text}`), mistakes };
  }
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const why = error instanceof Error ? error.message : 'cannot be read';
    return {
      ok: false,
      problems: [`${file}: ${why}`],
      mistakes: [{ line: null, column: null, text: why }],
    };
  }
  const whole = hasKey(raw, 'fields') && !hasKey(raw, 'messages') ? withMessages(raw) : raw;
  const isSingle = whole !== raw;
  const refuse = (problems: readonly Problem[]): ParsedProfile => {
    const mistakes = problems.map(({ path, message }): ProfileMistake => {
      const own = isSingle && path[0] === 'messages' ? path.slice(2) : path;
      return { ...placeOf(document, lines, own), text: `/${own.map(String).join('/')}: ${message}` };
    });
    const told = mistakes.map(({ line, text: what }) => `${file}:${String(line)}: ${what}`);
    // One mistake in two forms of a choice is one.
    const isFirst = (_: unknown, index: number): boolean => told.indexOf(told[index] ?? '') === index;
    return { ok: false, problems: told.filter(isFirst), mistakes: mistakes.filter(isFirst) };
  };

  const parsed = schema.safeParse(whole);
  if (!parsed.success) return refuse(parsed.error.issues.flatMap((issue) => problemsOf(issue, [], whole)));
  const problems = checkProfile(parsed.data);
  return problems.length > 0 ? refuse(problems) : { ok: true, profile: compileProfile(parsed.data) };
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function hasKey(raw: unknown, key: string): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && Object.hasOwn(raw, key);
}

function withMessages(raw: Readonly<Record<string, unknown>>): unknown {
  const entries = Object.entries(raw);
  const layout = entries.filter(([key]) => LAYOUT_KEYS.includes(key));
  const others = entries.filter(([key]) => !LAYOUT_KEYS.includes(key));
  return { ...Object.fromEntries(others), messages: [Object.fromEntries(layout)] };
}

type Issue = z.core.$ZodIssue;

/** Of a choice between forms, the mistakes of the form that came closest are told: they say what to mend. */
function problemsOf(issue: Issue, above: readonly PropertyKey[], whole: unknown): Problem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const deeper = issue.errors.filter((issues) => issues.some((each) => each.path.length > 0));
    const closest = deeper.at(0);
    if (closest !== undefined) return closest.flatMap((each) => problemsOf(each, path, whole));
  }
  const found = describeFound(path.reduce<unknown>((node, key) => childOf(node, key), whole));
  return [{ path, message: `found ${found}: ${issue.message}` }];
}

function childOf(node: unknown, key: PropertyKey): unknown {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
  return (node as Readonly<Record<PropertyKey, unknown>>)[key];
}

/** Where the deepest node of `path` begins that the file has. */
function placeOf(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
): { line: number; column: number } {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (!isNode(node) || !node.range) continue;
    const { line, col } = lines.linePos(node.range[0]);
    return { line, column: col };
  }
  return { line: 1, column: 1 };
}
