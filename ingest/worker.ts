/** The worker: the rooms wired together, in the order a message goes through them. */
import { pino, type Logger } from 'pino';
import { inTransaction, translateSqliteError } from '#lib/server/database.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import type { Settings } from '#lib/server/settings.ts';
import { openStore } from '#lib/server/store/open.ts';
import { createAccountant } from './account/accountant.ts';
import { createBookmarks } from './account/bookmarks.ts';
import { createDecoder, type DeviceDecoder } from './decode/decoder.ts';
import type { InboundMessage } from './decode/message.ts';
import { loadProfiles } from './decode/profile-load.ts';
import { profileRegisterDefaults } from './decode/register-defaults.ts';
import { systemClock } from './deliver/clock.ts';
import { createDeadLetters } from './deliver/dead-letters.ts';
import { createDelivery, DELIVERY_LIMITS, type DeliveryFault } from './deliver/delivery.ts';
import { createSpool } from './deliver/spool.ts';
import { healthReport } from './health.ts';
import { openJournal } from './journal.ts';
import { createLivePublisher } from './live/live-publisher.ts';
import { createMetrics } from './metrics.ts';
import { createRejectionLog } from './rejection-log.ts';
import { createEmbeddedBroker } from './sources/embedded-broker.ts';
import { createMqttSource } from './sources/mqtt-source.ts';
import type { Source, SourceEvent } from './sources/source.ts';
import { startStatusServer } from './status-server.ts';
import { startRounds } from './rounds.ts';

const DEAD_LETTER_BYTES_PER_REASON = 256_000_000;
const FLUSH_ON_STOP_MS = 8_000;

export interface Worker {
  stop(): Promise<void>;
}

/** Starts everything; resolves when messages are being taken. @throws AppError */
export async function startWorker(
  settings: Settings,
  log: Logger = pino({ level: settings.logLevel }),
): Promise<Worker> {
  const registryStore = openRegistryStore(settings.dataDir);
  const journal = openJournal(settings.dataDir);
  const store = await openStore({
    dataDir: settings.dataDir,
    ...(settings.influx && { influxUrl: settings.influx.url }),
    ...(settings.influx?.token !== undefined && { influxToken: settings.influx.token }),
  });
  const profiles = loadProfiles();
  const letters = createDeadLetters(journal, DEAD_LETTER_BYTES_PER_REASON);
  const spool = createSpool(journal, settings.spoolMaxBytes);
  const bookmarks = createBookmarks(journal);
  const rejections = createRejectionLog();
  const state = workerState();

  let { registry, version } = registryStore.current();
  let decoder = newDecoder();
  const accounts = createAccountant({
    store,
    bookmarks,
    registry,
    registerDefaults: profileRegisterDefaults({ registry, profiles }),
    onFault(error) {
      state.accountsFailing = messageOf(error);
      log.error({ event: 'accounts-failed', error: messageOf(error) });
    },
  });
  const live = createLivePublisher((topic, payload) => {
    source.publish(topic, payload, { retain: true });
  });
  const delivery = createDelivery({
    decode,
    writeReadings: (readings) => store.writeReadings(readings),
    inJournal,
    letters,
    spool,
    marks: bookmarks,
    onStored: (readings) => {
      accounts.take(readings);
    },
    onDecoded: (readings) => {
      live.note(readings);
    },
    onFault,
    clock: systemClock,
    limits: DELIVERY_LIMITS,
  });
  const source = await openSource();
  const status = await startStatusServer({
    ...settings.worker,
    health,
    metrics: createMetrics({
      delivery,
      spool,
      letters,
      accounts,
      live,
      connections: state.connections,
      isConnected: () => source.isConnected(),
      now: Date.now,
    }),
  });
  await accounts.start().catch((error: unknown) => {
    // The store may be away at start: messages are taken all the same, the accounts catch up.
    state.accountsFailing = messageOf(error);
    state.mustRestartAccounts = true;
    log.warn({ event: 'accounts-wait', error: messageOf(error) });
  });
  source.subscribe(filters());
  await source.start();
  const rounds = startRounds({ live, accounts, followRegistry, restartAccounts, log });
  log.info({
    event: 'started',
    store: store.kind,
    broker: settings.mqtt.url === undefined ? 'embedded' : 'external',
  });

  function newDecoder(): DeviceDecoder {
    const created = createDecoder({ registry, profiles });
    for (const problem of created.problems) log.warn({ event: 'source-line', problem });
    return created;
  }

  function decode(message: InboundMessage) {
    const decoded = decoder.decode(message);
    for (const rejection of decoded.rejections) {
      if (rejections.note(message, rejection)) {
        log.warn({ event: 'rejected', topic: message.topic, ...rejection });
      }
    }
    return decoded;
  }

  function inJournal(work: () => void): void {
    try {
      inTransaction(journal, work);
    } catch (error) {
      spool.recount();
      throw translateSqliteError(error, 'worker.db');
    }
  }

  function openSource(): Promise<Source> | Source {
    const common = {
      receive: (message: InboundMessage, settled: () => void) => {
        delivery.receive(message, settled);
      },
      onEvent,
    };
    if (settings.mqtt.url === undefined) return createEmbeddedBroker({ ...settings.broker, ...common });
    const { url, clientId, username, password, caFile } = settings.mqtt;
    return createMqttSource({
      url,
      clientId,
      receiveMaximum: DELIVERY_LIMITS.receiveMaximum,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(caFile !== undefined && { caFile }),
      ...common,
    });
  }

  function filters(): readonly string[] {
    return settings.mqtt.topics ?? decoder.filters;
  }

  function onEvent(event: SourceEvent): void {
    if (event.kind === 'connected') state.connections.connected += 1;
    if (event.kind === 'disconnected') state.connections.lost += 1;
    if (event.kind === 'session-lost') state.sessionLostAt = Date.now();
    if (event.kind === 'subscription-refused') state.refusedFilters = event.filters;
    const level = event.kind === 'connected' ? 'info' : 'warn';
    log[level]({ event: `broker-${event.kind}`, ...event, kind: undefined });
  }

  function onFault(fault: DeliveryFault): void {
    // One line when the fault changes, not one a retry.
    const isNews = state.lastFault?.message !== fault.message || state.lastFault.state !== fault.state;
    state.lastFault = fault;
    if (isNews) log.error({ event: 'delivery-fault', ...fault });
  }

  function health() {
    return healthReport({
      now: Date.now(),
      isConnected: source.isConnected(),
      isEmbedded: settings.mqtt.url === undefined,
      delivery: delivery.status(),
      spool: { ...spool.status(), isFull: spool.isFull() },
      lastFault: state.lastFault,
      sessionLostAt: state.sessionLostAt,
      accountsFailing: state.accountsFailing,
      refusedFilters: state.refusedFilters,
      rejections: rejections.newest(100),
    });
  }

  async function followRegistry(): Promise<void> {
    const current = registryStore.current();
    if (current.version === version) return;
    ({ registry, version } = current);
    log.info({ event: 'registry', version });
    decoder = newDecoder();
    source.subscribe(filters());
    await accounts.useRegistry(registry, profileRegisterDefaults({ registry, profiles }));
  }

  async function restartAccounts(): Promise<void> {
    if (state.mustRestartAccounts) {
      await accounts.start();
      state.mustRestartAccounts = false;
    }
    state.accountsFailing = null;
  }

  return {
    async stop() {
      await source.pause();
      await rounds.stop();
      const isWhole = await delivery.flush(FLUSH_ON_STOP_MS);
      delivery.stop();
      if (!isWhole) log.warn({ event: 'stopped-early', unacknowledged: delivery.status().unacknowledged });
      await accounts.flush();
      await source.close();
      await status.close();
      await store.close();
      journal.close();
      registryStore.close();
      log.info({ event: 'stopped' });
    },
  };
}

function workerState() {
  return {
    connections: { connected: 0, lost: 0 },
    sessionLostAt: null as number | null,
    refusedFilters: [] as readonly string[],
    lastFault: null as DeliveryFault | null,
    accountsFailing: null as string | null,
    mustRestartAccounts: false,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
