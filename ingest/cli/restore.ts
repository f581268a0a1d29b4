/** `npm run restore -- FOLDER`: puts a backup back into DATA_DIR, with worker and dashboard stopped. */
import { parseArgs } from 'node:util';
import { restoreBackup, type Restored, type RestoreOptions } from '../backup/restore.ts';
import { knownSettings, Refused, runCommand } from '../history/opened.ts';

const USAGE = `Usage: npm run restore -- FOLDER [--replace]
  FOLDER     one backup, such as backups/bluewatt-2026-01-31T02-00-00Z
  --replace  move what is in DATA_DIR into a folder beside; without it DATA_DIR must be empty`;

const OPTIONS = { replace: { type: 'boolean', default: false } } as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function parse(args: string[]): { folder: string; mayReplace: boolean } {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
    const [folder, ...more] = positionals;
    if (folder !== undefined && more.length === 0) return { folder, mayReplace: values.replace };
    throw new Error('Name one backup.');
  } catch (error) {
    throw new Refused(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 2);
  }
}

async function restore(options: RestoreOptions): Promise<Restored> {
  try {
    return await restoreBackup(options);
  } catch (error) {
    throw new Refused(error instanceof Error ? error.message : String(error));
  }
}

async function main(args: string[]): Promise<number> {
  const asked = parse(args);
  const settings = knownSettings();
  const { manifest, aside } = await restore({ ...asked, settings, now: Date.now() });
  say(`Restored ${String(manifest.files.length)} files of ${manifest.madeAt} to ${settings.dataDir}.`);
  if (aside !== undefined) say(`What was there before is in ${aside}.`);
  return 0;
}

await runCommand(main);
