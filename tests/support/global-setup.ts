/** Once per test run: says which of the real servers are missing, before any test is skipped for it. */
import { installCommand, missingBinaries, PACKAGES, type Binary } from './binaries.ts';

export default function setup(): void {
  const missing = missingBinaries(Object.keys(PACKAGES) as Binary[]);
  if (missing.length === 0) return;
  console.warn(
    `\nTests that need ${missing.join(', ')} can't run here. Install by hand:\n  ${installCommand(missing)}\n`,
  );
}
