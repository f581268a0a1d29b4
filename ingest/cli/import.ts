/**
 * `npm run import -- FILE`: history from a table of registers. The same file
 * twice changes nothing; `--dry-run` tells line by line what would happen, and writes nothing.
 */
import { parseArgs } from 'node:util';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { inspectCsv, readRows, type CsvForm, type DecimalMark } from '../history/import/csv-file.ts';
import { importRegisters } from '../history/import/import-registers.ts';
import { connectPublisher } from '../history/import/register-publisher.ts';
import { longRows, wideRows } from '../history/import/register-rows.ts';
import { ImportReport } from '../history/import/report.ts';
import { kindOf, KINDS, type Kind } from '../history/import/table.ts';
import { knownSettings, openToRead, Refused, runCommand } from '../history/opened.ts';

const USAGE = `Usage:
  npm run import -- FILE [--dry-run] [--kind ${KINDS.join(' | ')}] [--decimal point | comma]

The names of the columns tell the kind (docs/import.md):
  registers  at, mission, camp, meter, quantity, value
  wide       at, then a column for each "mission/camp/meter quantity"`;

const OPTIONS = {
  'dry-run': { type: 'boolean' },
  kind: { type: 'string' },
  decimal: { type: 'string' },
} as const;

interface Import {
  readonly file: string;
  readonly form: CsvForm;
  readonly kind: Kind;
  readonly isDryRun: boolean;
  readonly report: ImportReport;
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw new Refused(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 2);
  }
}

function markOf(decimal: string | undefined): DecimalMark | undefined {
  if (decimal === undefined) return undefined;
  if (decimal === 'point') return '.';
  if (decimal === 'comma') return ',';
  throw new Refused(`--decimal is point or comma, not ${decimal}.`, 2);
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new Refused(USAGE, 2);
  const form = inspectCsv(file, markOf(values.decimal));
  const kind = kindOf(form, values.kind);
  const isDryRun = values['dry-run'] === true;
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const report = new ImportReport({ file, form, isDryRun, say });
  try {
    await run({ file, form, kind, isDryRun, report });
  } catch (error) {
    report.finish();
    throw error;
  } finally {
    report.close();
  }
  return report.finish();
}

async function run({ file, form, kind, isDryRun, report }: Import): Promise<void> {
  const settings = knownSettings();
  const registryStore = openRegistryStore(settings.dataDir);
  const { registry } = registryStore.current();
  registryStore.close();
  const readRow = (kind === 'wide' ? wideRows : longRows)({ form, registry, now: Date.now() });
  const store = await openToRead(settings);
  try {
    const publisher = isDryRun ? undefined : await connectPublisher(settings);
    try {
      await importRegisters({ rows: readRows(file, form), readRow, store, publisher, report });
    } finally {
      await publisher?.close();
    }
  } finally {
    await store.close();
  }
}

await runCommand(main);
