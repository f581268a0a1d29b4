/** What the worker opens at its start: its files, the store, and the source of messages. */
import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, translateSqliteError } from '#lib/server/database.ts';
import { openCorrectionStore, type CorrectionStore } from '#lib/server/registry/correction-store.ts';
import { openRegistryStore, type RegistryStore } from '#lib/server/registry/registry-store.ts';
import { openSilenceStore, type SilenceStore } from '#lib/server/registry/silence-store.ts';
import { openCredentialStore, type CredentialStore } from '#lib/server/broker/credential-store.ts';
import { ownLogin } from '#lib/server/broker/own-login.ts';
import { WORKER_USER } from '#lib/server/broker/service-users.ts';
import { brokerUrl, type Settings } from '#lib/server/settings.ts';
import { openStore } from '#lib/server/store/open.ts';
import type { Store } from '#lib/server/store/store.ts';
import { createDeadLetters, type DeadLetters } from './deliver/dead-letters.ts';
import { DELIVERY_LIMITS } from './deliver/delivery.ts';
import { createSpool, type Spool } from './deliver/spool.ts';
import { openJournal } from './journal.ts';
import { announced } from './sources/host-announcement.ts';
import type { BrokerAccess } from './sources/broker-access.ts';
import { createEmbeddedBroker } from './sources/embedded-broker.ts';
import { createMqttSource } from './sources/mqtt-source.ts';
import type { Receive, Source, SourceEvent } from './sources/source.ts';
import { createSubscriptions, sessionName } from './subscriptions.ts';

const DEAD_LETTER_BYTES_PER_REASON = 256_000_000;

export interface WorkerFiles {
  readonly registryStore: RegistryStore;
  readonly correctionStore: CorrectionStore;
  readonly silenceStore: SilenceStore;
  /** of the embedded broker */
  readonly credentials: CredentialStore;
  readonly journal: DatabaseSync;
  readonly store: Store;
  readonly letters: DeadLetters;
  readonly spool: Spool;
  /** Runs `work` in one synced transaction of the journal. @throws AppError */
  readonly inJournal: (work: () => void) => void;
}

/** @throws AppError */
export async function openFiles(settings: Settings): Promise<WorkerFiles> {
  const registryStore = openRegistryStore(settings.dataDir);
  const correctionStore = openCorrectionStore(settings.dataDir);
  const silenceStore = openSilenceStore(settings.dataDir);
  const credentials = openCredentialStore(settings.dataDir);
  const journal = openJournal(settings.dataDir);
  const store = await openStore({
    dataDir: settings.dataDir,
    ...(settings.influx && { influxUrl: settings.influx.url }),
    ...(settings.influx?.token !== undefined && { influxToken: settings.influx.token }),
  });
  const spool = createSpool(journal, settings.spoolMaxBytes);
  return {
    registryStore,
    correctionStore,
    silenceStore,
    credentials,
    journal,
    store,
    letters: createDeadLetters(journal, DEAD_LETTER_BYTES_PER_REASON),
    spool,
    inJournal(work) {
      try {
        inTransaction(journal, work);
      } catch (error) {
        spool.recount();
        throw translateSqliteError(error, 'worker.db');
      }
    },
  };
}

/**
 * The broker that the settings name, or the embedded one; with the state of a Sparkplug host announced where the settings
 * name one. @throws AppError
 */
export async function openSource(
  settings: Pick<Settings, 'mqtt' | 'broker'>,
  { journal, credentials }: Pick<WorkerFiles, 'journal' | 'credentials'>,
  hooks: SourceHooks,
): Promise<Source> {
  const { sparkplugHostId: hostId, clientId } = settings.mqtt;
  if (hostId === undefined) return openPlainSource(settings, journal, hooks);
  const listeners: (() => void)[] = [];
  const plain = await openPlainSource(settings, journal, {
    ...hooks,
    onEvent: (event) => {
      hooks.onEvent(event);
      for (const listener of listeners) listener();
    },
  });
  const { source, noteSource } = announced(plain, {
    url: brokerUrl(settings),
    hostId,
    clientId,
    ...ownLogin(settings, WORKER_USER, () => credentials.serviceSecret()),
  });
  listeners.push(noteSource);
  return source;
}

interface SourceHooks {
  readonly receive: Receive;
  readonly onEvent: (event: SourceEvent) => void;
  /** who gets in at the embedded broker; absent: everybody */
  readonly access?: BrokerAccess;
}

async function openPlainSource(
  { mqtt, broker }: Pick<Settings, 'mqtt' | 'broker'>,
  journal: DatabaseSync,
  hooks: SourceHooks,
): Promise<Source> {
  if (mqtt.url === undefined) {
    const { host, port, tls } = broker;
    return createEmbeddedBroker({ host, port, ...(tls && { tls }), ...hooks });
  }
  const { url, clientId, username, password, caFile } = mqtt;
  return createMqttSource({
    url,
    clientId,
    receiveMaximum: DELIVERY_LIMITS.receiveMaximum,
    subscriptions: createSubscriptions(journal, sessionName(url, clientId)),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(caFile !== undefined && { caFile }),
    ...hooks,
  });
}
