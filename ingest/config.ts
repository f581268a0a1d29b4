/** The worker's configuration: the one place on this side that reads the environment. */
import { describeProblems } from '#lib/server/settings-problems.ts';
import { readSettings, type Settings } from '#lib/server/settings.ts';

/** All settings, or one text that tells every problem at once. */
export function workerSettings(): { ok: true; settings: Settings } | { ok: false; text: string } {
  const result = readSettings(process.env);
  return result.ok ? result : { ok: false, text: describeProblems(result.problems) };
}
