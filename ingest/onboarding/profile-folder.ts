/**
 * An installation's own profiles: files beside the bundled ones, followed while the worker runs. One of the same name
 * takes a bundled one's place. A file that cannot be used is told with line and place, and what it said before stays in
 * force, over a restart too: a slip in an editor must not stop a meter.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadProfiles, parseProfile, PROFILE_FILE } from '../decode/profile-load.ts';
import type { Profile } from '../decode/profile.ts';

/** A bundled profile has some 10 kB; what is larger is no profile, and would hold up the messages while it is read. */
export const PROFILE_BYTES_MAX = 256 * 1024;
const FILES_MAX = 200;

/** The texts that are in force, by file name, kept over a restart. */
export interface LastGood {
  read(): ReadonlyMap<string, string>;
  write(texts: ReadonlyMap<string, string>): void;
}

interface Good {
  readonly text: string;
  readonly profile: Profile;
}

export class ProfileFolder {
  readonly folder: string;
  readonly #bundled: readonly Profile[];
  readonly #lastGood: LastGood;
  /** by file name; what each said when it could last be used */
  #good: ReadonlyMap<string, Good>;
  #listed: string | undefined;
  #problems: readonly string[] = [];
  #profiles: readonly Profile[];

  constructor(parts: { folder: string; lastGood: LastGood; bundled?: readonly Profile[] }) {
    this.folder = parts.folder;
    this.#bundled = parts.bundled ?? loadProfiles();
    this.#lastGood = parts.lastGood;
    this.#good = new Map([...parts.lastGood.read()].flatMap(([file, text]) => usable(file, text)));
    this.#profiles = this.#inForce();
    this.follow();
  }

  /** In force: the bundled ones, and in the place of those of the same name one's own. */
  get profiles(): readonly Profile[] {
    return this.#profiles;
  }

  /** What is wrong with the files as they stand, one sentence each, with file, line and place; empty when all is well. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Names of the bundled profiles that one of the installation's own has taken the place of. */
  get replaced(): readonly string[] {
    const bundled = new Set(this.#bundled.map(({ name }) => name));
    return [...this.#good.values()].map(({ profile }) => profile.name).filter((name) => bundled.has(name));
  }

  /** Takes over what was saved since. Returns whether profiles or problems are others than before. Never throws. */
  follow(): boolean {
    const listing = listFolder(this.folder);
    if (listing.signature === this.#listed) return false;
    this.#listed = listing.signature;
    const read = readAll(listing, this.#good);
    const isOther = !isSame(read.good, this.#good);
    const isNews = isOther || read.problems.join('\n') !== this.#problems.join('\n');
    this.#problems = read.problems;
    if (!isOther) return isNews;
    this.#good = read.good;
    this.#profiles = this.#inForce();
    this.#lastGood.write(new Map([...read.good].map(([file, { text }]) => [file, text])));
    return true;
  }

  #inForce(): readonly Profile[] {
    const byName = new Map(this.#bundled.map((profile) => [profile.name, profile]));
    for (const { profile } of this.#good.values()) byName.set(profile.name, profile);
    return [...byName.values()];
  }
}

interface Listing {
  /** paths by file name, in order */
  readonly files: ReadonlyMap<string, string>;
  /** changes when any file does */
  readonly signature: string;
  /** the folder is there and cannot be listed: what was in force stays */
  readonly problem?: string;
}

function listFolder(folder: string): Listing {
  try {
    // An editor's own copies (.#meter.yaml) begin with a dot.
    const names = readdirSync(folder).filter((name) => PROFILE_FILE.test(name) && !name.startsWith('.'));
    const files = new Map(names.sort().map((name) => [name, join(folder, name)]));
    const marks = [...files].slice(0, FILES_MAX + 1).map(([name, path]) => `${name} ${markOf(path)}`);
    return { files, signature: marks.join('\n') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { files: new Map(), signature: '' };
    const problem = `${folder} cannot be read: ${messageOf(error)}; the profiles in force stay`;
    return { files: new Map(), signature: problem, problem };
  }
}

function markOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 'gone' : `${String(stat.mtimeMs)} ${String(stat.size)} ${String(stat.ino)}`;
}

function readAll(
  { files, problem }: Listing,
  before: ReadonlyMap<string, Good>,
): { good: ReadonlyMap<string, Good>; problems: string[] } {
  if (problem !== undefined) return { good: before, problems: [problem] };
  const problems: string[] = [];
  const found: [string, Good][] = [];
  for (const [name, path] of [...files].slice(0, FILES_MAX)) {
    const known = before.get(name);
    const read = readOne(path, known);
    if (read.good !== undefined) found.push([name, read.good]);
    const standing = known === undefined ? '' : ' (what the file said before stays in force)';
    problems.push(...read.problems.map((each) => each + standing));
  }
  if (files.size > FILES_MAX)
    problems.push(`there are ${String(files.size)} profiles; the first ${String(FILES_MAX)} are read`);
  return { good: withoutTwins(found, before, problems), problems };
}

function readOne(
  path: string,
  known: Good | undefined,
): { good: Good | undefined; problems: readonly string[] } {
  try {
    const { size } = statSync(path);
    if (size > PROFILE_BYTES_MAX) {
      const limit = `has ${String(size)} bytes; a profile has at most ${String(PROFILE_BYTES_MAX)}`;
      return { good: known, problems: [`${path}: ${limit}`] };
    }
    const text = readFileSync(path, 'utf8');
    if (text === known?.text) return { good: known, problems: [] };
    const parsed = parseProfile(text, path);
    return parsed.ok
      ? { good: { text, profile: parsed.profile }, problems: [] }
      : { good: known, problems: parsed.problems };
  } catch (error) {
    return { good: known, problems: [`${path}: cannot be read: ${messageOf(error)}`] };
  }
}

/** Of two files with one profile's name, the one that had it first counts. */
function withoutTwins(
  found: readonly (readonly [string, Good])[],
  before: ReadonlyMap<string, Good>,
  problems: string[],
): ReadonlyMap<string, Good> {
  const hadIt = ([file, { profile }]: readonly [string, Good]): boolean =>
    before.get(file)?.profile.name === profile.name;
  const owners = new Map<string, string>();
  for (const each of [...found.filter(hadIt), ...found.filter((one) => !hadIt(one))]) {
    const [file, { profile }] = each;
    const owner = owners.get(profile.name);
    if (owner === undefined) owners.set(profile.name, file);
    else problems.push(`${file}: profile ${profile.name} is already in ${owner}; that one counts`);
  }
  return new Map(found.filter(([file, { profile }]) => owners.get(profile.name) === file));
}

function usable(file: string, text: string): [string, Good][] {
  const parsed = parseProfile(text, file);
  return parsed.ok ? [[file, { text, profile: parsed.profile }]] : [];
}

function isSame(left: ReadonlyMap<string, Good>, right: ReadonlyMap<string, Good>): boolean {
  return left.size === right.size && [...left].every(([file, good]) => right.get(file)?.text === good.text);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
