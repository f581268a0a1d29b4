/**
 * The installation's own users of its embedded broker: the dashboard, which hears live readings, and the worker's
 * announcement of a Sparkplug host. Nobody types their passwords: each follows from a secret in `broker.db`.
 */
import { createHmac } from 'node:crypto';

/** As they are called in the files for Mosquitto. */
export const WORKER_USER = 'bluewatt-worker';
export const WEB_USER = 'bluewatt-web';
export type ServiceUser = typeof WORKER_USER | typeof WEB_USER;

export function servicePassword(secret: string, user: ServiceUser): string {
  return createHmac('sha256', secret).update(user).digest('base64url');
}
