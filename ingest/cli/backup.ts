/** `npm run backup`: a copy of all that is ours, made while everything runs; `npm run restore` puts one back. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { AppError } from '#lib/server/errors.ts';
import { makeBackup, pruneBackups } from '../backup/backup.ts';
import { workerSettings } from '../config.ts';

const USAGE = `Usage: npm run backup -- [--into backups] [--keep N]
  --into FOLDER  where backups are put, each into a folder of its own; outside DATA_DIR, best on another disk
  --keep N       afterwards remove all but the newest N backups in there`;

function fail(text: string, code = 1): never {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

function readArguments() {
  try {
    return parseArgs({
      options: { into: { type: 'string', default: 'backups' }, keep: { type: 'string' } },
    }).values;
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 2);
  }
}

const { into, keep } = readArguments();
const kept = keep === undefined ? undefined : Number(keep);
if (kept !== undefined && !(Number.isSafeInteger(kept) && kept > 0))
  fail(`--keep: expected a number above 0, received ${keep ?? ''}\n${USAGE}`, 2);
const result = workerSettings();
if (!result.ok) fail(result.text, 2);
const manifest = new URL('../../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };

try {
  const { settings } = result;
  const folder = await makeBackup({ settings, into, version, now: Date.now() });
  process.stdout.write(`Backed up to ${folder}\n`);
  if (settings.influx)
    process.stdout.write(
      'Readings and accounts are in InfluxDB: back it up too (influxd backup -portable -db …).\n',
    );
  if (kept !== undefined)
    for (const removed of pruneBackups(into, kept)) process.stdout.write(`Removed ${removed}\n`);
} catch (error) {
  if (error instanceof AppError) fail(`${error.code}: ${error.message}`);
  fail(`No backup was made: ${error instanceof Error ? error.message : String(error)}`);
}
