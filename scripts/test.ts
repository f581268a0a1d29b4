/** `npm test`: brings the servers the tests speak to, builds what the browser tests open, runs all tests. */
import { ensureBuild } from './build.ts';
import { run } from './run.ts';
import { ensureServices } from './services.ts';

await ensureServices();
await ensureBuild();
process.exit(run('vitest', ['run', ...process.argv.slice(2)]));
