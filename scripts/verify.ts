/**
 * `npm run verify`: everything that CI runs, cheapest first; stops at the first failure.
 * With `--static`: all but the tests.
 */
import { run } from './run.ts';

const STEPS: readonly (readonly [string, string, readonly string[]])[] = [
  ['formatting', 'npm', ['run', '--silent', 'format:check']],
  ['types', 'npm', ['run', '--silent', 'check']],
  ['lint', 'npm', ['run', '--silent', 'lint']],
  ['unused code', 'npm', ['run', '--silent', 'unused']],
  ['tests', 'npm', ['test']],
];

const isStatic = process.argv.includes('--static');

for (const [name, command, args] of STEPS) {
  if (isStatic && name === 'tests') continue;
  process.stdout.write(`\n— ${name}\n`);
  const code = run(command, args);
  if (code !== 0) {
    process.stderr.write(`\nverify: ${name} failed.\n`);
    process.exit(code);
  }
}
process.stdout.write('\nverify: all is well.\n');
