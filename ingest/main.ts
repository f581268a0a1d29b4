/** The worker's entry: checks the settings, starts, and stops cleanly on a signal. Nothing else. */
import { AppError } from '#lib/server/errors.ts';
import { workerSettings } from './config.ts';
import { startWorker } from './worker.ts';

const EXIT_CONFIGURATION = 2;

const result = workerSettings();
if (!result.ok) {
  process.stderr.write(`${result.text}\n`);
  process.exit(EXIT_CONFIGURATION);
}

try {
  const worker = await startWorker(result.settings);
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    void worker.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exit(1);
}
