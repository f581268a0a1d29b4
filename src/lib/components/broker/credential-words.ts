/** What was refused at the broker, and why a form was not taken, in the reader's language. */
import { m } from '#lib/paraglide/messages.js';

export interface ShownCredential {
  readonly id: number;
  readonly username: string;
  readonly author: string;
  readonly reason: string;
  /** epoch ms */
  readonly madeAt: number;
  readonly revoked: { readonly author: string; readonly reason: string; readonly madeAt: number } | null;
  /** epoch ms; null: never, as far as is known */
  readonly usedAt: number | null;
}

export interface ShownRefusal {
  readonly what:
    | 'credentials-needed'
    | 'credentials-wrong'
    | 'guesses-too-often'
    | 'revoked'
    | 'publish'
    | 'subscribe'
    | 'will';
  readonly guest: string;
  readonly topic: string | null;
  readonly count: number;
  /** epoch ms */
  readonly lastAt: number;
}

const REFUSED: Readonly<Record<ShownRefusal['what'], () => string>> = {
  'credentials-needed': m.refused_needed,
  'credentials-wrong': m.refused_wrong,
  'guesses-too-often': m.refused_too_often,
  revoked: m.refused_revoked,
  publish: m.refused_publish,
  subscribe: m.refused_subscribe,
  will: m.refused_will,
};

export function refusalWord(what: ShownRefusal['what']): string {
  return REFUSED[what]();
}

export function faultWords(code: string): string {
  return code === 'CREDENTIAL_INVALID' ? m.credential_gone() : m.credential_fault({ code });
}
