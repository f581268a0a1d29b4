/**
 * `node scripts/soak.ts --minutes 60 [--from 1000]`: plays further seeds of the fault tests until the time is
 * up, with what `npm test` starts already. Ends with 1 at the first seed that fails; the test says which it was
 * and how to play it again.
 */
import { parseArgs } from 'node:util';
import { run } from './run.ts';
import { ensureServices } from './services.ts';

/** Played over one start of the servers, in every fault test. */
const SEEDS_A_ROUND = 10;
const MINUTE_MS = 60_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, from: { type: 'string', default: '1000' } },
});
const minutes = Number(values.minutes);
let seed = Number(values.from);
if (!(minutes > 0) || !Number.isSafeInteger(seed) || seed < 0) {
  process.stderr.write('Usage: node scripts/soak.ts [--minutes 10] [--from 1000]\n');
  process.exit(2);
}

await ensureServices();
const endsAt = Date.now() + minutes * MINUTE_MS;
const first = seed;
while (Date.now() < endsAt) {
  const seeds = `${String(seed)}..${String(seed + SEEDS_A_ROUND - 1)}`;
  process.stdout.write(`\nSeeds ${seeds}\n`);
  process.env['BLUEWATT_SEED'] = seeds;
  const code = run('vitest', ['run', 'tests/fault']);
  if (code !== 0) {
    process.stderr.write(`\nsoak: a seed of ${seeds} failed; above it says how to play it again.\n`);
    process.exit(code);
  }
  seed += SEEDS_A_ROUND;
}
process.stdout.write(`\nsoak: seeds ${String(first)} to ${String(seed - 1)} passed in every fault test.\n`);
