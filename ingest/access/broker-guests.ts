/**
 * Who gets in at the embedded broker, by the credentials that were issued and not revoked, and what each may do there by the
 * registry in force. A password is worked out once: a device that comes back is known by it at once, and whoever guesses
 * waits longer each time, by name and address, so that nobody shuts out a device by failing in its name from elsewhere.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Logger } from 'pino';
import { mayPublish } from '#lib/registry/camp-topics.ts';
import type { Registry } from '#lib/registry/types.ts';
import { createAttempts } from '#lib/server/auth/attempts.ts';
import type { Credential, CredentialStore } from '#lib/server/broker/credential-store.ts';
import { isPassword } from '#lib/server/broker/password.ts';
import type { Profile } from '../decode/profile.ts';
import { TopicCache } from '../decode/topic-cache.ts';
import type { Admission, BrokerAccess, Guest, Knock, Refusal } from '../sources/broker-access.ts';
import { campRights, mayHear, type CampRights } from './camp-rights.ts';
import { ANONYMOUS_GUEST, serviceGuests } from './own-guests.ts';

/** Topics whose answer is remembered, of one camp. */
const CACHED = { entriesMax: 10_000, keyCharsMax: 256 };
/** To the minute is near enough, and a write a minute is none. */
const NOTE_USES_MS = 60_000;

export interface BrokerGuestsOptions {
  /** `open`: who says no name gets in too, and may do everything */
  readonly mode: 'open' | 'credentials';
  readonly store: CredentialStore;
  /** as of this moment; a new object when it changes */
  readonly registry: () => Registry;
  readonly profiles: () => readonly Profile[];
  readonly noteRefused: (refusal: Refusal) => void;
  readonly log: Pick<Logger, 'warn'>;
  readonly now?: () => number;
}

interface CampAnswers {
  readonly rights: CampRights;
  readonly publish: TopicCache<boolean>;
}

export function createBrokerGuests(options: BrokerGuestsOptions): BrokerAccess {
  return new BrokerGuests(options);
}

class BrokerGuests implements BrokerAccess {
  readonly #options: BrokerGuestsOptions;
  readonly #now: () => number;
  readonly #attempts = createAttempts();
  /** of passwords that were right: not what they are, and nothing that outlasts this process */
  readonly #key = randomBytes(32);
  readonly #known = new Map<number, Buffer>();
  readonly #services: ReadonlyMap<string, { readonly guest: Guest; readonly password: string }>;
  readonly #ids = new WeakMap<Guest, number>();
  #credentials: readonly Credential[] = [];
  #byName = new Map<string, Credential>();
  #answers = new Map<string, CampAnswers>();
  #madeOf: { registry: Registry; profiles: readonly Profile[] } | undefined;
  #uses = new Map<number, number>();
  #usesNotedAt = -Infinity;
  /** told once */
  #fault: string | undefined;

  constructor(options: BrokerGuestsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#services = serviceGuests(options.store.serviceSecret());
    this.#follow();
  }

  async admit({ username, password, address }: Knock): Promise<Admission> {
    const isOpen = this.#options.mode === 'open';
    if (username === undefined)
      return isOpen ? { ok: true, guest: ANONYMOUS_GUEST } : { ok: false, why: 'credentials-needed' };
    const service = this.#services.get(username);
    if (service !== undefined) {
      const isRight = this.#isSame(password, Buffer.from(service.password));
      return isRight ? { ok: true, guest: service.guest } : { ok: false, why: 'credentials-wrong' };
    }
    this.#follow();
    const credential = this.#byName.get(username);
    // Where no name is needed, one that was never issued keeps nobody out.
    if (credential === undefined && isOpen) return { ok: true, guest: ANONYMOUS_GUEST };
    if (credential === undefined || credential.revoked !== null || password === undefined)
      return { ok: false, why: 'credentials-wrong' };
    return this.#check(credential, password, address);
  }

  noteRefused(refusal: Refusal): void {
    this.#options.noteRefused(refusal);
  }

  round(guests: Iterable<Guest>): void {
    try {
      this.#follow();
      const now = this.#now();
      if (now - this.#usesNotedAt >= NOTE_USES_MS) {
        for (const guest of guests) this.#noteUse(guest);
        this.#usesNotedAt = now;
      }
      if (this.#uses.size > 0) this.#options.store.noteUses(this.#uses);
      this.#uses = new Map();
      this.#fault = undefined;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== this.#fault) this.#options.log.warn({ event: 'broker-credentials-unread', problem });
      this.#fault = problem;
    }
  }

  async #check(credential: Credential, password: Uint8Array, address: string): Promise<Admission> {
    const account = `${address} ${credential.username}`;
    const known = this.#known.get(credential.id);
    let isRight = known !== undefined && timingSafeEqual(this.#digest(password), known);
    if (!isRight) {
      if (this.#attempts.waitMs(account, this.#now()) > 0) return { ok: false, why: 'guesses-too-often' };
      isRight = await isPassword(password, credential.passwordHash);
    }
    if (!isRight) {
      this.#attempts.failed(account, this.#now());
      return { ok: false, why: 'credentials-wrong' };
    }
    this.#attempts.succeeded(account);
    this.#known.set(credential.id, this.#digest(password));
    const guest = this.#guestOf(credential);
    this.#noteUse(guest);
    return { ok: true, guest };
  }

  #guestOf({ id, username, mission, camp }: Credential): Guest {
    const isWelcome = (): boolean => this.#byName.get(username)?.revoked === null;
    const guest: Guest = {
      name: username,
      isWelcome,
      mayPublish: (topic) => isWelcome() && this.#mayPublish({ mission, camp }, topic),
      mayHear: (filter) => isWelcome() && mayHear(this.#answersOf({ mission, camp }).rights, filter),
    };
    this.#ids.set(guest, id);
    return guest;
  }

  #mayPublish(camp: { mission: string; camp: string }, topic: string): boolean {
    const { rights, publish } = this.#answersOf(camp);
    const known = publish.get(topic);
    if (known !== undefined) return known;
    const answer = mayPublish(rights, topic);
    publish.set(topic, answer);
    return answer;
  }

  /** Worked out anew when the registry or a profile changed. */
  #answersOf(ref: { mission: string; camp: string }): CampAnswers {
    const [registry, profiles] = [this.#options.registry(), this.#options.profiles()];
    if (this.#madeOf?.registry !== registry || this.#madeOf.profiles !== profiles) {
      this.#madeOf = { registry, profiles };
      this.#answers = new Map();
    }
    const key = `${ref.mission}/${ref.camp}`;
    let answers = this.#answers.get(key);
    if (answers === undefined) {
      answers = { rights: campRights(registry, profiles, ref), publish: new TopicCache(CACHED) };
      this.#answers.set(key, answers);
    }
    return answers;
  }

  /** @throws AppError */
  #follow(): void {
    const all = this.#options.store.all();
    if (all === this.#credentials) return;
    this.#credentials = all;
    this.#byName = new Map(all.map((each) => [each.username, each]));
  }

  #noteUse(guest: Guest): void {
    const id = this.#ids.get(guest);
    if (id !== undefined) this.#uses.set(id, this.#now());
  }

  #digest(password: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(password).digest();
  }

  #isSame(told: Uint8Array | undefined, expected: Uint8Array): boolean {
    return told !== undefined && timingSafeEqual(this.#digest(told), this.#digest(expected));
  }
}
