/**
 * The door of the embedded broker: lets guests in by name and password, and holds every one of them to what they may hear.
 * Whom the broker's owner revokes is shown out within a second.
 *
 * MQTT 3.1.1 has no answer that says no to one message. Closing the connection would have a device that publishes one topic
 * too many (a discovery message, say) come back for ever and never deliver its readings; so a message that is not allowed is
 * acknowledged and dropped, as Mosquitto does it, and counted and told (docs/decisions/0021).
 */
import type { AedesOptions, Client, PublishPacket } from 'aedes';
import type { BrokerAccess, Guest, KnockRefusal } from './broker-access.ts';

type Hooks = Required<
  Pick<AedesOptions, 'preConnect' | 'authenticate' | 'authorizeSubscribe' | 'authorizeForward'>
>;

/** CONNACK of MQTT 3.1.1, section 3.2.2.3 */
const RETURN_CODES: Readonly<Record<KnockRefusal | 'will', number>> = {
  'guesses-too-often': 3,
  'credentials-wrong': 4,
  'credentials-needed': 5,
  will: 5,
};
/** Where dropped messages go: the broker's own part, which no guest may hear. */
const NOWHERE = '$SYS/dropped';
/** Longer names are told by their beginning. */
const SHOWN_NAME = 140;

export class BrokerDoor {
  readonly #access: BrokerAccess;
  /** those who are there */
  readonly #seated = new Set<Client>();
  /** who they are, also when a last will of theirs is published after they have gone */
  readonly #guests = new WeakMap<Client, Guest>();
  readonly #willTopics = new WeakMap<Client, string>();

  constructor(access: BrokerAccess) {
    this.#access = access;
  }

  /** What Aedes asks us. */
  readonly hooks: Hooks = {
    preConnect: (client, packet, done) => {
      if (packet.will !== undefined) this.#willTopics.set(client, packet.will.topic);
      done(null, true);
    },
    authenticate: (client, username, password, done) => {
      const refuse = (what: KnockRefusal | 'will', guest: string, topic: string | null): void => {
        this.#access.noteRefused({ what, guest: shown(guest), topic });
        done(Object.assign(new Error(what), { returnCode: RETURN_CODES[what] }), false);
      };
      void this.#access
        .admit({ username, password, address: addressOf(client) })
        .then((admission) => {
          if (!admission.ok) {
            refuse(admission.why, username ?? 'anonymous', null);
            return;
          }
          const { guest } = admission;
          const will = this.#willTopics.get(client);
          if (will !== undefined && !guest.mayPublish(will)) {
            refuse('will', guest.name, will);
            return;
          }
          this.#seat(client, guest);
          done(null, true);
        })
        .catch((error: unknown) => {
          // A file that cannot be read lets nobody in, and does not end the broker.
          const cause = error instanceof Error ? error : new Error(String(error));
          done(Object.assign(cause, { returnCode: RETURN_CODES['guesses-too-often'] }), false);
        });
    },
    authorizeSubscribe: (client, subscription, done) => {
      const guest = this.#guests.get(client);
      if (guest?.mayHear(subscription.topic) === true) {
        done(null, subscription);
        return;
      }
      this.#access.noteRefused({
        what: 'subscribe',
        guest: guest?.name ?? '?',
        topic: subscription.topic,
      });
      done(null, null);
    },
    // A session of before may be subscribed to what its user may not hear any more.
    authorizeForward: (client, packet) =>
      this.#guests.get(client)?.mayHear(packet.topic) === true ? packet : null,
  };

  /** Whether `client` may publish `packet`. If not, what is left of it says nothing to anybody, and may be acknowledged. */
  lets(client: Client, packet: PublishPacket): boolean {
    const guest = this.#guests.get(client);
    if (guest?.mayPublish(packet.topic) === true) return true;
    this.#access.noteRefused({ what: 'publish', guest: guest?.name ?? '?', topic: packet.topic });
    packet.topic = NOWHERE;
    // Empty, it is not even remembered where it says it should be.
    packet.payload = Buffer.alloc(0);
    return false;
  }

  /** Shows out who is not welcome any more. */
  round(): void {
    const present = [...this.#seated].flatMap((client) => {
      const guest = this.#guests.get(client);
      return guest === undefined ? [] : [{ client, guest }];
    });
    this.#access.round(present.map(({ guest }) => guest));
    for (const { client, guest } of present) {
      if (guest.isWelcome()) continue;
      this.#access.noteRefused({ what: 'revoked', guest: guest.name, topic: null });
      client.close();
    }
  }

  #seat(client: Client, guest: Guest): void {
    if (client.closed) return;
    this.#guests.set(client, guest);
    this.#seated.add(client);
    client.conn.once('close', () => this.#seated.delete(client));
    // A session is found by its client id: with the user's name in it, nobody takes over another user's.
    Object.assign(client, { id: `${guest.name}/${client.id}` });
  }
}

function addressOf(client: Client): string {
  return 'remoteAddress' in client.conn ? (client.conn.remoteAddress ?? '?') : '?';
}

function shown(name: string): string {
  return name.length <= SHOWN_NAME ? name : `${name.slice(0, SHOWN_NAME)}…`;
}
