/** `npm run restore -- FOLDER`: puts a backup back into DATA_DIR, with worker and dashboard stopped. */
import { parseArgs } from 'node:util';
import { restoreBackup } from '../backup/restore.ts';
import { workerSettings } from '../config.ts';

const USAGE = `Usage: npm run restore -- FOLDER [--replace]
  FOLDER     one backup, such as backups/bluewatt-2026-01-31T02-00-00Z
  --replace  move what is in DATA_DIR into a folder beside; without it DATA_DIR must be empty`;

function fail(text: string, code = 1): never {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { replace: { type: 'boolean', default: false } },
    });
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 2);
  }
}

const { values, positionals } = readArguments();
const [folder, ...more] = positionals;
if (folder === undefined || more.length > 0) fail(USAGE, 2);
const result = workerSettings();
if (!result.ok) fail(result.text, 2);

try {
  const { settings } = result;
  const { manifest, aside } = await restoreBackup({
    settings,
    folder,
    mayReplace: values.replace,
    now: Date.now(),
  });
  process.stdout.write(
    `Restored ${String(manifest.files.length)} files of ${manifest.madeAt} to ${settings.dataDir}.\n`,
  );
  if (aside !== undefined) process.stdout.write(`What was there before is in ${aside}.\n`);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
