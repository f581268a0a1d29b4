/** What the log and the terminal are told at the start: who gets in, and how the first administrator does. */
import type { Settings } from '../settings.ts';
import { originOf, plainTextWarning, type AccessSystem } from './system.ts';

/** `system` is asked for only where people sign in: elsewhere it may have no file yet. @throws AppError */
export function tellWhoGetsIn(settings: Settings, system: () => AccessSystem): void {
  const { access } = settings;
  const warning = plainTextWarning(settings);
  if (warning !== undefined) console.warn(JSON.stringify({ level: 'warn', message: warning }));
  const message =
    access === 'open'
      ? 'Access is open: whoever reaches this address may read and change everything (ACCESS=accounts ends that).'
      : 'Access by accounts: people sign in, scripts send a token.';
  console.warn(JSON.stringify({ level: 'info', message, access }));
  if (access === 'open') return;
  const { people } = system();
  if (people.hasAdministrator()) return;
  const link = `${originOf(settings)}/sign-in/${people.makeLink(undefined, 'first start')}`;
  process.stdout.write(
    `\n  Nobody administers this installation yet. Whoever opens this link first, within a day, does:\n  ${link}\n\n`,
  );
}
