/**
 * Test groups that need real servers. Where one is missing the group is skipped, loudly, with what to install;
 * under CI=true that is a failure, because nobody reads a warning there.
 */
import { describe, it } from 'vitest';
import { installCommand, missingBinaries, type Binary } from './binaries.ts';

/** `describe`, but only where all of `binaries` are installed. */
export function describeWith(binaries: readonly Binary[], name: string, tests: () => void): void {
  const missing = missingBinaries(binaries);
  if (missing.length === 0) {
    describe(name, tests);
    return;
  }
  const problem = `${missing.join(', ')} not installed. Install by hand: ${installCommand(missing)}`;
  if (process.env['CI'] === 'true') {
    describe(name, () => {
      it(`has ${missing.join(', ')}`, () => {
        throw new Error(problem);
      });
    });
    return;
  }
  console.warn(`\nSKIPPED: ${name}\n  ${problem}\n`);
  describe.skip(`${name} (SKIPPED: ${missing.join(', ')} not installed)`, tests);
}
