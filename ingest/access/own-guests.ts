/** Guests of the embedded broker that no credential was issued to: whoever comes where no name is needed, and our own processes. */
import { covers } from '#lib/registry/mqtt-filter.ts';
import {
  servicePassword,
  WEB_USER,
  WORKER_USER,
  type ServiceUser,
} from '#lib/server/broker/service-users.ts';
import type { Guest } from '../sources/broker-access.ts';
import { HOST_STATES } from './camp-rights.ts';

/** Whatever comes to a broker that is open; what is Bluewatt's own, the broker keeps from everybody. */
export const ANONYMOUS_GUEST: Guest = {
  name: 'anonymous',
  mayPublish: () => true,
  mayHear: () => true,
  isWelcome: () => true,
};

/** What each of our processes needs, and no more. Readings are taken in by the broker itself: none of them publishes any. */
const MAY: Readonly<
  Record<ServiceUser, { readonly says: readonly string[]; readonly hears: readonly string[] }>
> = {
  [WEB_USER]: { says: [], hears: ['bluewatt/live/#'] },
  [WORKER_USER]: { says: HOST_STATES, hears: HOST_STATES },
};

export function serviceGuests(secret: string): ReadonlyMap<string, { guest: Guest; password: string }> {
  return new Map(
    ([WEB_USER, WORKER_USER] as const).map((name) => {
      const { says, hears } = MAY[name];
      const guest: Guest = {
        name,
        mayPublish: (topic) => says.some((filter) => covers(filter, topic)),
        mayHear: (filter) => hears.some((wide) => covers(wide, filter)),
        isWelcome: () => true,
      };
      return [name, { guest, password: servicePassword(secret, name) }];
    }),
  );
}
