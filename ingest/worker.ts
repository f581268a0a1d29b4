/** The worker: the rooms wired together, in the order a message goes through them. */
import { pino, type Logger } from 'pino';
import type { Settings } from '#lib/server/settings.ts';
import type { Accountant } from './account/accountant.ts';
import { openAccounting } from './accounting.ts';
import { openBrokerRoom, type BrokerRoom } from './broker-room.ts';
import type { InboundMessage } from './decode/message.ts';
import { profileBook, profileRulesOf } from './decode/profile-rules.ts';
import type { Delivery } from './deliver/delivery.ts';
import { LetterReplay } from './deliver/replay.ts';
import { FollowedProfiles } from './followed-profiles.ts';
import { FollowedRegistry } from './followed-registry.ts';
import { createLivePublisher } from './live/live-publisher.ts';
import { OnboardingRoom } from './onboarding-room.ts';
import { openFiles, openSource, type WorkerFiles } from './opening.ts';
import { createRejectionLog } from './rejection-log.ts';
import type { RawRetention } from './retention/raw-retention.ts';
import { startRounds, type Rounds } from './rounds.ts';
import type { Receive, Source } from './sources/source.ts';
import type { StatusServer } from './status-server.ts';
import { stopInOrder } from './stopping.ts';
import { isLongerThan } from './time-limit.ts';
import { createWorkerDelivery } from './worker-delivery.ts';
import { WorkerEvents } from './worker-events.ts';
import { startWorkerStatus } from './worker-status.ts';

/** How long the start waits for the store to say where the accounts stood; they go on without. */
const CATCH_UP_MS = 2_000;

export interface Worker {
  /** Ends within 12 s whatever is away; what was not stored by then stays unacknowledged. */
  stop(): Promise<void>;
}

/** Starts everything; resolves when messages are being taken. @throws AppError */
export async function startWorker(
  settings: Settings,
  log: Logger = pino({ level: settings.logLevel }),
): Promise<Worker> {
  const files = await openFiles(settings);
  const worker = new RunningWorker(settings, files, log);
  try {
    await worker.start();
  } catch (error) {
    // A port in use must not leave the files locked for whoever tries again.
    await worker.stop();
    throw error;
  }
  return worker;
}

class RunningWorker implements Worker {
  readonly #settings: Settings;
  readonly #files: WorkerFiles;
  readonly #log: Logger;
  readonly #events: WorkerEvents;
  readonly #profiles: FollowedProfiles;
  readonly #registry: FollowedRegistry;
  readonly #onboarding: OnboardingRoom;
  readonly #broker: BrokerRoom;
  readonly #rejections = createRejectionLog();
  readonly #retention: RawRetention;
  readonly #accounts: Accountant;
  readonly #delivery: Delivery;
  readonly #live = createLivePublisher(
    (topic, payload) => this.#source?.publish(topic, payload, { retain: true }),
    (meter) => this.#registry.isInverted(meter),
  );
  #source: Source | undefined;
  #status: StatusServer | undefined;
  #rounds: Rounds | undefined;

  constructor(settings: Settings, files: WorkerFiles, log: Logger) {
    this.#settings = settings;
    this.#files = files;
    this.#log = log;
    this.#events = new WorkerEvents(log);
    this.#profiles = new FollowedProfiles({ folder: settings.profilesDir, journal: files.journal, log });
    const profiles = () => this.#profiles.current;
    this.#registry = new FollowedRegistry({ ...files, profiles, log });
    this.#onboarding = new OnboardingRoom({
      ...{ settings, files, log, profiles },
      decoder: () => this.#registry.decoder,
      filters: () => this.#filters(),
    });
    this.#broker = openBrokerRoom({
      ...{ settings, credentials: files.credentials, profiles, log },
      registry: () => this.#registry.registry,
    });
    const { accounts, bookmarks, retention } = openAccounting({
      ...{ settings, files, registry: this.#registry.registry },
      ...{ profiles: profileBook(profiles()), profileRulesOf },
      onFault: this.#events.noteAccounts,
    });
    this.#accounts = accounts;
    this.#retention = retention;
    this.#delivery = createWorkerDelivery({
      ...{ files, accounts, live: this.#live, events: this.#events, marks: bookmarks },
      decode: (message) => this.#decode(message),
    });
  }

  async start(): Promise<void> {
    const isEmbedded = this.#settings.mqtt.url === undefined;
    const receive: Receive = (message, settled) => {
      this.#delivery.receive(message, settled);
    };
    const source = await openSource(this.#settings, this.#files, {
      ...(this.#broker.access && { access: this.#broker.access }),
      receive,
      onEvent: (event) => {
        this.#events.noteSource(event, Date.now());
        this.#registry.noteSource(event);
        if (event.kind === 'connected' && event.sessionPresent && !isEmbedded)
          this.#delivery.expectRedelivery();
      },
    });
    this.#source = source;
    this.#status = await this.#startStatus(source);
    await isLongerThan(CATCH_UP_MS, this.#accounts.start());
    source.subscribe(this.#filters());
    await source.start();
    this.#onboarding.start(receive);
    const replay = new LetterReplay(this.#files);
    this.#rounds = startRounds({
      live: this.#live,
      askDevices: (now) => {
        this.#registry.askDevices(source, now);
      },
      accounts: this.#accounts,
      isDraining: () => !this.#files.spool.isEmpty(),
      followRegistry: () => {
        this.#followRegistry(source);
      },
      replayLetters: () => {
        this.#onboarding.round(Date.now());
        replay.round(receive);
      },
      onAccounted: () => {
        this.#events.noteAccounted();
      },
      sweepReadings: (now) => {
        this.#retention.round(now);
      },
      onFault: this.#events.noteAccounts,
    });
    const broker = isEmbedded ? 'embedded' : 'external';
    this.#log.info({ event: 'started', store: this.#files.store.kind, broker });
  }

  async stop(): Promise<void> {
    await stopInOrder({
      rounds: this.#rounds,
      source: this.#source,
      onboarding: this.#onboarding,
      delivery: this.#delivery,
      retention: this.#retention,
      accounts: this.#accounts,
      status: this.#status,
      files: this.#files,
      log: this.#log,
    });
  }

  #decode(message: InboundMessage) {
    const decoded = this.#retention.withoutTooOld(this.#registry.decoder.decode(message));
    for (const rejection of this.#onboarding.note(message, decoded)) {
      if (this.#rejections.note(message, rejection)) {
        this.#log.warn({ event: 'rejected', topic: message.topic, ...rejection });
      }
    }
    return decoded;
  }

  #filters(): readonly string[] {
    return this.#settings.mqtt.topics ?? this.#registry.decoder.filters;
  }

  #followRegistry(source: Source): void {
    this.#accounts.useCorrections(this.#files.correctionStore.current());
    this.#profiles.follow();
    if (!this.#registry.follow()) return;
    source.subscribe(this.#filters());
    this.#accounts.useRegistry(this.#registry.registry, profileBook(this.#profiles.current));
    this.#onboarding.recheck();
  }

  #startStatus(source: Source): Promise<StatusServer> {
    return startWorkerStatus(this.#settings, {
      source,
      delivery: this.#delivery,
      files: this.#files,
      accounts: this.#accounts,
      live: this.#live,
      events: this.#events,
      rejections: this.#rejections,
      profiles: this.#profiles,
      onboarding: this.#onboarding,
      registry: this.#registry,
      refusals: this.#broker.refusals,
    });
  }
}
