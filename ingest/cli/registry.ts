/**
 * `npm run registry -- import my.yaml` and `npm run registry -- export [my.yaml]`: the registry file in and
 * out; `--dry-run` tells what an import would restate. A running system notices the change by itself within a second.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { factorSetsWith, firstDateOfOtherFactors } from '#lib/energy/factors.ts';
import { parseRegistry } from '#lib/registry/parse.ts';
import { versionProblems } from '#lib/registry/parse-factors.ts';
import { stringifyRegistry } from '#lib/registry/stringify.ts';
import { untoldRatioChanges } from '#lib/registry/ratio-change.ts';
import type { Registry } from '#lib/registry/types.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import type { Settings } from '#lib/server/settings.ts';
import { currentUser, knownSettings, Refused, runCommand } from '../history/opened.ts';
import { describePreview, previewRegistry } from '../history/registry-preview.ts';

const USAGE = `Usage:
  npm run registry -- import my.yaml            check the file and put it in force
  npm run registry -- import my.yaml --dry-run  tell which months it would restate, and change nothing
  npm run registry -- check my.yaml             check the file only
  npm run registry -- export [my.yaml]          write the registry in force to a file, or to the terminal`;

/** @throws Refused when it cannot be read, or is no registry */
function read(file: string): Registry {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Refused(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = parseRegistry(text);
  if (!parsed.ok) {
    const lines = parsed.problems.map(
      ({ line, column, path, message, hint }) =>
        `  ${file}:${String(line)}:${String(column)}: ${path}: ${message}${hint === undefined ? '' : ` ${hint}`}`,
    );
    throw new Refused(
      `The registry was not imported; ${String(lines.length)} things to mend:\n${lines.join('\n')}`,
    );
  }
  for (const { line, path, message } of parsed.warnings) {
    process.stderr.write(`  ${file}:${String(line)}: ${path}: ${message} (warning)\n`);
  }
  return parsed.registry;
}

function summary(registry: Registry): string {
  const camps = Object.values(registry.missions).flatMap(({ camps: all }) => Object.values(all));
  const meters = camps.reduce((sum, camp) => sum + Object.keys(camp.meters).length, 0);
  return `${String(Object.keys(registry.missions).length)} missions, ${String(camps.length)} camps, ${String(meters)} meters`;
}

/** @throws Refused when a version of emission factors that is in use gets other values */
function assertVersionsKept(before: Registry, after: Registry): void {
  const lines = versionProblems(before, after).map(
    ({ path, message, hint }) => `  ${path}: ${message} ${hint}`,
  );
  if (lines.length > 0) throw new Refused(`The registry was not imported:\n${lines.join('\n')}`);
}

async function tellWhatWouldChange(after: Registry, settings: Settings): Promise<void> {
  const store = openRegistryStore(settings.dataDir);
  const { registry: before, version } = store.current();
  store.close();
  assertVersionsKept(before, after);
  const preview = await previewRegistry(before, after, settings);
  process.stdout.write(`Against version ${String(version)}, in force now:\n${describePreview(preview)}\n`);
  const from = firstDateOfOtherFactors(factorSetsWith(before.factors), factorSetsWith(after.factors));
  if (from !== undefined)
    process.stdout.write(`Emissions of all missions counted with other factors from ${from} on.\n`);
  for (const topic of untoldRatioChanges(before, after))
    process.stdout.write(
      `The ctRatio of ${topic} changes and no meter has a new event ct-change: the jump of its register would count as energy.\n`,
    );
  process.stdout.write('Nothing was written. Import it without --dry-run to put it in force.\n');
}

function putInForce(file: string, settings: Settings): void {
  const registry = read(file);
  const store = openRegistryStore(settings.dataDir);
  const { registry: inForce, version: before } = store.current();
  try {
    assertVersionsKept(inForce, registry);
  } catch (cause) {
    store.close();
    throw cause;
  }
  const { version } = store.save(registry, {
    author: currentUser(),
    reason: `imported ${file}`,
    savedAt: Date.now(),
  });
  store.close();
  const what = version === before ? 'Nothing changed; still in force is' : 'Now in force is';
  process.stdout.write(`${what} version ${String(version)}: ${summary(registry)}.\n`);
}

function exportTo(file: string | undefined, settings: Settings): void {
  const store = openRegistryStore(settings.dataDir);
  const text = stringifyRegistry(store.current().registry);
  store.close();
  if (file === undefined) process.stdout.write(text);
  else writeFileSync(file, text);
}

async function main(args: string[]): Promise<number> {
  const settings = knownSettings();
  const isDryRun = args.includes('--dry-run');
  const [command, file, ...more] = args.filter((arg) => arg !== '--dry-run');
  if (more.length > 0 || (isDryRun && command !== 'import')) throw new Refused(USAGE, 2);
  if (command === 'export') exportTo(file, settings);
  else if (command === 'check' && file !== undefined)
    process.stdout.write(`${file} is fine: ${summary(read(file))}.\n`);
  else if (command === 'import' && file !== undefined) {
    if (isDryRun) await tellWhatWouldChange(read(file), settings);
    else putInForce(file, settings);
  } else throw new Refused(USAGE, 2);
  return 0;
}

await runCommand(main);
