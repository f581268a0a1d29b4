/** The embedded broker's guests: who gets in by the credentials in force, and what was refused to whom. */
import type { Logger } from 'pino';
import type { Registry } from '#lib/registry/types.ts';
import type { CredentialStore } from '#lib/server/broker/credential-store.ts';
import { brokerWarnings } from '#lib/server/combined-settings.ts';
import type { Settings } from '#lib/server/settings.ts';
import { createBrokerGuests } from './access/broker-guests.ts';
import { createRefusalLog, type RefusalLog } from './access/refusal-log.ts';
import type { Profile } from './decode/profile.ts';
import type { BrokerAccess } from './sources/broker-access.ts';

export interface BrokerRoom {
  /** undefined: the broker is somebody else's, and so is who gets in there */
  readonly access: BrokerAccess | undefined;
  readonly refusals: RefusalLog;
}

export function openBrokerRoom(parts: {
  readonly settings: Pick<Settings, 'mqtt' | 'broker'>;
  readonly credentials: CredentialStore;
  readonly registry: () => Registry;
  readonly profiles: () => readonly Profile[];
  readonly log: Logger;
}): BrokerRoom {
  const { settings, credentials, registry, profiles, log } = parts;
  const refusals = createRefusalLog(log);
  if (settings.mqtt.url !== undefined) return { access: undefined, refusals };
  for (const warning of brokerWarnings(settings.broker)) log.warn({ event: 'broker-exposed', warning });
  const access = createBrokerGuests({
    ...{ mode: settings.broker.access, store: credentials, registry, profiles, log },
    noteRefused: (refusal) => {
      refusals.note(refusal);
    },
  });
  return { access, refusals };
}
