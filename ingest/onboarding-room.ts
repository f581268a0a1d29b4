/**
 * Onboarding beside the messages' way: what arrives for nobody is noted, a broker elsewhere is listened to for more of
 * it, and what was kept is replayed once a profile and a line of the registry read it. Nothing is metered by itself.
 */
import type { Logger } from 'pino';
import type { Settings } from '#lib/server/settings.ts';
import type { DeviceDecoder } from './decode/decoder.ts';
import type { Decoded, InboundMessage } from './decode/message.ts';
import type { Profile } from './decode/profile.ts';
import { LettersNowRead } from './deliver/letters-now-read.ts';
import { answerOnboarding } from './onboarding/answers.ts';
import { Discovery } from './onboarding/discovery.ts';
import { createGroupFile } from './onboarding/group-file.ts';
import type { WorkerFiles } from './opening.ts';
import { ByteBudget } from './sources/byte-budget.ts';
import { Listener } from './sources/listener.ts';
import type { Receive } from './sources/source.ts';
import { messageOf } from './worker-events.ts';

/** What is overheard is kept up to this rate, beyond it counted only: some 700 MB a day at the very most, of which the dead letters hold 256 MB. */
const KEPT_BYTES = { perS: 8_192, max: 4_000_000 };
/** What the worker itself publishes. */
const OWN_PREFIX = 'bluewatt/live/';

export interface OnboardingParts {
  readonly settings: Pick<Settings, 'mqtt' | 'discoveryTopics'>;
  readonly files: Pick<WorkerFiles, 'journal'>;
  readonly decoder: () => DeviceDecoder;
  readonly profiles: () => readonly Profile[];
  /** what the worker's session is subscribed to */
  readonly filters: () => readonly string[];
  readonly log: Logger;
}

export class OnboardingRoom {
  readonly #parts: OnboardingParts;
  readonly #discovery: Discovery;
  readonly #letters: LettersNowRead;
  readonly #budget = new ByteBudget({ ...KEPT_BYTES, now: Date.now() });
  #listener: Listener | undefined;
  #isOverhearing = false;

  constructor(parts: OnboardingParts) {
    this.#parts = parts;
    const standingOf = (topic: string) => parts.decoder().standingOf(topic);
    this.#discovery = new Discovery({
      file: createGroupFile(parts.files.journal),
      standingOf,
      profileOf: (topic) => parts.decoder().profileOf(topic),
    });
    this.#letters = new LettersNowRead({
      journal: parts.files.journal,
      isRead: (topic) => standingOf(topic) === 'read',
    });
  }

  /** What is known of devices nobody has told of, as JSON; undefined for an address that is another's. */
  answer(request: Parameters<typeof answerOnboarding>[1]): unknown {
    const { discoveryTopics, mqtt } = this.#parts.settings;
    const hearing = () => {
      if (mqtt.url === undefined) return 'all';
      if (discoveryTopics.length === 0) return 'off';
      return this.#listener?.isRefused === true ? 'refused' : 'listening';
    };
    return answerOnboarding({ discovery: this.#discovery, profiles: this.#parts.profiles, hearing }, request);
  }

  /** Begins to listen for topics that the worker has not subscribed to, where the broker is somebody else's. */
  start(receive: Receive): void {
    const { mqtt, discoveryTopics } = this.#parts.settings;
    if (mqtt.url === undefined || discoveryTopics.length === 0) return;
    const { url, clientId, username, password, caFile } = mqtt;
    this.#listener = new Listener({
      connection: {
        url,
        clientId: `${clientId}-listener`,
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password }),
        ...(caFile !== undefined && { caFile }),
      },
      filters: discoveryTopics,
      taken: this.#parts.filters,
      overheard: (message) => {
        this.#overhear(message, receive);
      },
    });
    this.#listener.start();
  }

  /** Takes note of a decoded message. What was not taken of it and is worth a line in the log comes back. */
  note(message: InboundMessage, decoded: Decoded): Decoded['rejections'] {
    if (decoded.rejections.length === 0) return decoded.rejections;
    const isNew = this.#discovery.noteDecoded(message, decoded);
    if (isNew) this.#parts.log.info({ event: 'unknown-topic', topic: message.topic.slice(0, 200) });
    return this.#isOverhearing ? [] : decoded.rejections;
  }

  /** To be called after the registry or profiles changed. */
  recheck(): void {
    this.#discovery.recheck();
    this.#letters.begin();
  }

  /** To be called every second or so. */
  round(now: number): void {
    this.#listener?.round(now);
    this.#discovery.round(now);
    try {
      const replayed = this.#letters.round();
      if (replayed > 0) this.#parts.log.info({ event: 'letters-now-read', letters: replayed });
    } catch (error) {
      this.#parts.log.warn({ event: 'letters-now-read-failed', error: messageOf(error) });
    }
  }

  async close(): Promise<void> {
    this.#discovery.round(Date.now(), true);
    await this.#listener?.close();
  }

  #overhear(message: InboundMessage, receive: Receive): void {
    if (message.topic.startsWith(OWN_PREFIX) || this.#parts.decoder().standingOf(message.topic) !== 'unknown')
      return;
    // A retained message is a state of some time: it is shown, and never becomes a reading.
    if (
      message.retain ||
      !this.#budget.take(message.payload.length + message.topic.length, message.receivedAt)
    ) {
      this.#discovery.noteUnkept(message);
      return;
    }
    this.#isOverhearing = true;
    try {
      receive(message, () => undefined);
    } finally {
      this.#isOverhearing = false;
    }
  }
}
