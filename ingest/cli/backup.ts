/** `npm run backup`: a copy of all that is ours, made while everything runs; `npm run restore` puts one back. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { AppError } from '#lib/server/errors.ts';
import { makeBackup, pruneBackups, type BackupOptions } from '../backup/backup.ts';
import { knownSettings, Refused, runCommand } from '../history/opened.ts';

const USAGE = `Usage: npm run backup -- [--into backups] [--keep N]
  --into FOLDER  where backups are put, each into a folder of its own; outside DATA_DIR, best on another disk
  --keep N       afterwards remove all but the newest N backups in there`;

const OPTIONS = { into: { type: 'string', default: 'backups' }, keep: { type: 'string' } } as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function parse(args: string[]): { into: string; keep: number | undefined } {
  try {
    const { into, keep } = parseArgs({ args, options: OPTIONS }).values;
    const kept = keep === undefined ? undefined : Number(keep);
    if (kept === undefined || (Number.isSafeInteger(kept) && kept > 0)) return { into, keep: kept };
    throw new Error(`--keep: expected a number above 0, received ${keep ?? ''}`);
  } catch (error) {
    throw new Refused(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 2);
  }
}

function versionHere(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function make(options: BackupOptions): Promise<string> {
  try {
    return await makeBackup(options);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new Refused(`No backup was made: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function main(args: string[]): Promise<number> {
  const { into, keep } = parse(args);
  const settings = knownSettings();
  say(`Backed up to ${await make({ settings, into, version: versionHere(), now: Date.now() })}`);
  if (settings.influx)
    say('Readings and accounts are in InfluxDB: back it up too (influxd backup -portable -db …).');
  if (keep !== undefined) for (const removed of pruneBackups(into, keep)) say(`Removed ${removed}`);
  return 0;
}

await runCommand(main);
