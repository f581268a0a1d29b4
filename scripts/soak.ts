/**
 * `npm run soak -- [--minutes 10] [--from 1000] [--mutants]`: a million hostile messages through the decoders, then
 * further seeds of the fault tests until the time is up, with what `npm test` starts already; with `--mutants`, all workers that are broken on purpose instead. Ends
 * with 1 at the first seed that fails, or the first mutant that is not caught; the test says how to play it again.
 */
import { parseArgs } from 'node:util';
import { run } from './run.ts';
import { ensureServices } from './services.ts';

/** Played over one start of the servers, in every fault test. */
const SEEDS_A_ROUND = 10;
const MINUTE_MS = 60_000;
const USAGE = 'Usage: npm run soak -- [--minutes 10] [--from 1000] [--mutants]\n';

function fail(why: string): never {
  process.stderr.write(`${why}\n${USAGE}`);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        minutes: { type: 'string', default: '10' },
        from: { type: 'string', default: '1000' },
        mutants: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const values = readArguments();
const minutes = Number(values.minutes);
const first = Number(values.from);
if (!(minutes > 0)) fail(`--minutes: expected a number above 0, received ${values.minutes}`);
if (!Number.isSafeInteger(first) || first < 0)
  fail(`--from: expected a seed, a whole number from 0, received ${values.from}`);

await ensureServices();
if (values.mutants) {
  process.env['BLUEWATT_MUTANTS'] = 'all';
  process.exit(run('vitest', ['run', 'tests/fault/mutants.test.ts']));
}

process.env['BLUEWATT_FUZZ'] = 'whole';
const fuzz = run('vitest', ['run', 'tests/ingest/decode/million.test.ts']);
if (fuzz !== 0) process.exit(fuzz);
const endsAt = Date.now() + minutes * MINUTE_MS;
let seed = first;
while (Date.now() < endsAt) {
  const seeds = `${String(seed)}..${String(seed + SEEDS_A_ROUND - 1)}`;
  process.stdout.write(`\nSeeds ${seeds}\n`);
  process.env['BLUEWATT_SEED'] = seeds;
  const code = run('vitest', ['run', 'tests/fault', '--exclude', 'tests/fault/mutants.test.ts']);
  if (code !== 0) {
    process.stderr.write(`\nsoak: a seed of ${seeds} failed; above it says how to play it again.\n`);
    process.exit(code);
  }
  seed += SEEDS_A_ROUND;
}
process.stdout.write(`\nsoak: seeds ${String(first)} to ${String(seed - 1)} passed in every fault test.\n`);
