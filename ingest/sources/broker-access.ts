/** Who gets in at the embedded broker and what they may do there, as the broker asks it. `ingest/access` answers. */

/** Somebody who was let in. */
export interface Guest {
  /** their user name, or `anonymous`: for the log and for people */
  readonly name: string;
  /** whether they may publish to a topic */
  mayPublish(topic: string): boolean;
  /** whether they may hear all that a filter brings; a topic is the filter of itself */
  mayHear(filter: string): boolean;
  /** no more once they were revoked */
  isWelcome(): boolean;
}

export interface Knock {
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
  /** where they come from */
  readonly address: string;
}

/** Why somebody was not let in: nobody without a user name is, what they said is wrong, or they guess too often. */
export type KnockRefusal = 'credentials-needed' | 'credentials-wrong' | 'guesses-too-often';

export type Admission =
  { readonly ok: true; readonly guest: Guest } | { readonly ok: false; readonly why: KnockRefusal };

/** What was refused to whom. `topic` is null where it is about getting in. */
export interface Refusal {
  readonly what: KnockRefusal | 'revoked' | 'publish' | 'subscribe' | 'will';
  /** as they call themselves */
  readonly guest: string;
  readonly topic: string | null;
}

export interface BrokerAccess {
  admit(knock: Knock): Promise<Admission>;
  noteRefused(refusal: Refusal): void;
  /** To be called every second or so, with all who are there: takes in what was issued and revoked. */
  round(guests: Iterable<Guest>): void;
}
