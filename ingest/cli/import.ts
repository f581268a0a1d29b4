/**
 * `npm run import -- FILE`: history from a table: what meters said, published as they would have, and what people
 * know and sign. The same file twice changes nothing; `--dry-run` tells line by line what would happen, and writes nothing.
 */
import { parseArgs } from 'node:util';
import type { Registry } from '#lib/registry/types.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { inspectCsv, readRows, type CsvForm, type DecimalMark } from '../history/import/csv-file.ts';
import { importRegisters } from '../history/import/import-registers.ts';
import { takeSigned } from '../history/import/signed-kinds.ts';
import { connectPublisher } from '../history/import/register-publisher.ts';
import { longRows, wideRows } from '../history/import/register-rows.ts';
import { ImportReport } from '../history/import/report.ts';
import { isSigned, kindOf, KINDS, type Kind } from '../history/import/table.ts';
import { currentUser, knownSettings, openToRead, Refused, runCommand } from '../history/opened.ts';

const USAGE = `Usage:
  npm run import -- FILE [--dry-run] [--kind ${KINDS.join(' | ')}] [--decimal point | comma]
                         [--reason "..." [--author NAME]]

The names of the columns tell the kind (docs/import.md):
  registers   at, mission, camp, meter, quantity, value
  wide        at, then a column for each "mission/camp/meter quantity"
  monthly     month, mission, camp, meter, kWh       meters read off by hand, as corrections
  headcount   from, mission, camp, people            into the registry
  deliveries  date, mission, camp, litres, reference fuel that came
  stock       at, mission, camp, litres              fuel that was in all of a camp's tanks
What people know needs a --reason, and is signed by --author (default: you).`;

const OPTIONS = {
  'dry-run': { type: 'boolean' },
  kind: { type: 'string' },
  decimal: { type: 'string' },
  author: { type: 'string' },
  reason: { type: 'string' },
} as const;

interface Import {
  readonly file: string;
  readonly form: CsvForm;
  readonly kind: Kind;
  readonly isDryRun: boolean;
  readonly author: string;
  readonly reason: string;
  readonly report: ImportReport;
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw new Refused(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 2);
  }
}
type Values = ReturnType<typeof parse>['values'];

function markOf(decimal: string | undefined): DecimalMark | undefined {
  if (decimal === undefined) return undefined;
  if (decimal === 'point') return '.';
  if (decimal === 'comma') return ',';
  throw new Refused(`--decimal is point or comma, not ${decimal}.`, 2);
}

/** Who answers for the lines, where somebody has to. */
function signatureOf(kind: Kind, { author, reason }: Values): { author: string; reason: string } {
  if (!isSigned(kind)) {
    if (author === undefined && reason === undefined) return { author: '', reason: '' };
    throw new Refused('What meters said is not signed: leave out --author and --reason.', 2);
  }
  const signed = { author: author ?? currentUser(), reason: reason ?? '' };
  if (signed.author.trim() !== '' && signed.reason.trim() !== '') return signed;
  throw new Refused(
    `Somebody has to answer for these lines: add --reason "...", how they are known, such as "meter book of UN House"${author === undefined ? '' : ', and an --author'}.`,
    2,
  );
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new Refused(USAGE, 2);
  const form = inspectCsv(file, markOf(values.decimal));
  const kind = kindOf(form, values.kind);
  const signed = signatureOf(kind, values);
  const isDryRun = values['dry-run'] === true;
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const report = new ImportReport({ file, form, isDryRun, canChange: isSigned(kind), say });
  try {
    await run({ file, form, kind, isDryRun, report, ...signed });
  } catch (error) {
    report.finish();
    throw error;
  } finally {
    report.close();
  }
  return report.finish();
}

async function run(asked: Import): Promise<void> {
  const settings = knownSettings();
  const { kind, form, file, report, isDryRun, author, reason } = asked;
  if (isSigned(kind)) {
    const signature = { author, reason, madeAt: Date.now() };
    return takeSigned(kind, { settings, rows: readRows(file, form), report, form, isDryRun, signature });
  }
  const registry = registryIn(settings.dataDir);
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

function registryIn(dataDir: string): Registry {
  const registryStore = openRegistryStore(dataDir);
  const { registry } = registryStore.current();
  registryStore.close();
  return registry;
}

await runCommand(main);
