/**
 * Turns the program that is about to start into a mutant: the one edit is made in memory, while Node loads the file.
 *
 *     node --import 'data:text/javascript,import {sabotage} from "…/sabotage.ts"; sabotage("skips the journal")' ingest/main.ts
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MUTANTS, type Mutant, type MutantName } from './mutants.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The changed text of each file of a mutant, by the file's URL. @throws Error when an edit no longer fits the code */
export function mutatedFiles(name: MutantName): Map<string, string> {
  const texts = new Map<string, string>();
  const { edits }: Mutant = MUTANTS[name];
  for (const { file, from, to } of edits) {
    const path = join(ROOT, file);
    const url = pathToFileURL(path).href;
    const before = texts.get(url) ?? readFileSync(path, 'utf8');
    const parts = before.split(from);
    if (parts.length !== 2) {
      throw new Error(
        `${file} holds ${JSON.stringify(from)} ${String(parts.length - 1)} times instead of once: bring the mutant “${name}” up to date`,
      );
    }
    texts.set(url, parts.join(to));
  }
  return texts;
}

export function sabotage(name: MutantName): void {
  const texts = mutatedFiles(name);
  registerHooks({
    load(url, context, nextLoad) {
      const source = texts.get(url);
      const loaded = nextLoad(url, context);
      return source === undefined ? loaded : { ...loaded, source };
    },
  });
}

/** Arguments for Node that make the program after them a mutant. */
export function sabotageArguments(name: MutantName): string[] {
  const hook = JSON.stringify(pathToFileURL(import.meta.filename).href);
  const script = `import {sabotage} from ${hook}; sabotage(${JSON.stringify(name)})`;
  return ['--import', `data:text/javascript,${encodeURIComponent(script)}`];
}
